"""Arrays in `.npz` files: a zip archive of `.npy` files, read a piece at a time and never unpickled."""

import contextlib
import errno
import struct
import tokenize
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from core import errors
from core.datasets import storing, wording
from core.datasets.limits import Limits

TOGETHER = ("x", "y")
APART = ("x_train", "y_train", "x_test", "y_test")
# Files in one archive; nobody means to send so many arrays.
MOST_MEMBERS = 1000
HEADER = 10_000
ENCRYPTED = 0x1
# What zipfile raises for damaged archives, sooner or later.
DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)
# What numpy's reader of headers, which are Python literals, raises for those that are none.
UNREADABLE = (
    ValueError,
    TypeError,
    SyntaxError,
    RecursionError,
    OverflowError,
    MemoryError,
    tokenize.TokenError,
)


@dataclass(frozen=True)
class Stored:
    """One array in the archive: its name, its shape with the rows first, and how to read it."""

    name: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    archive: zipfile.ZipFile
    # A file of its own for an array in Fortran's order, whose rows do not lie together.
    unpacked: NDArray[Any] | None = None

    def chunks(self) -> Iterator[NDArray[Any]]:
        """The rows, `(n, *shape[1:])` at a time; the same every time.

        Raises:
            errors.InvalidDataError: The archive is damaged.
        """
        row = self.dtype.itemsize
        for length in self.shape[1:]:
            row *= length
        step = max(1, storing.PIECE // max(row, 1))
        if self.unpacked is not None:
            for begin in range(0, self.shape[0], step):
                yield np.ascontiguousarray(self.unpacked[begin : begin + step])
            return
        with _damage(self.name), self.archive.open(f"{self.name}.npy") as file:
            _header(file, self.name)
            for begin in range(0, self.shape[0], step):
                count = min(step, self.shape[0] - begin)
                piece = _exactly(file, count * row, self.name)
                yield np.frombuffer(piece, self.dtype).reshape(count, *self.shape[1:])
            # Only at the end does the archive's checksum tell.
            file.read(1)


@dataclass(frozen=True)
class Arrays:
    """What a format of arrays gives; with `x_test` and `y_test` when the file keeps rows for the test."""

    x: Stored
    y: Stored
    x_test: Stored | None
    y_test: Stored | None
    warnings: tuple[str, ...]


@contextlib.contextmanager
def open_arrays(path: Path, into: Path, limits: Limits) -> Iterator[Arrays]:
    """The arrays in the file at `path`; what must be unpacked on the way is so in the folder `into`.

    Raises:
        errors.InvalidDataError: It is not such an archive, or would unpack to more than the limit.
    """
    # Opened here and not by the archive, which would keep it open for as long as someone reads from it.
    with path.open("rb") as file:
        try:
            archive = zipfile.ZipFile(file)
        except (OSError, *DAMAGED) as error:
            raise errors.InvalidDataError(
                f"It is not an .npz: it cannot be opened as a zip archive ({error})"
            ) from None
        names, extra = _names(archive, limits)
        found = {name: _stored(archive, name, into, limits) for name in names}
        yield _arrays(found, extra)


def _names(archive: zipfile.ZipFile, limits: Limits) -> tuple[tuple[str, ...], list[str]]:
    """The names of the arrays to read, and of others; all that the archive's directory tells is checked."""
    members = archive.infolist()
    if len(members) > MOST_MEMBERS:
        raise errors.InvalidDataError(
            f"It has {len(members):,} arrays, and at most {MOST_MEMBERS:,} are taken"
        )
    names = [member.filename.removesuffix(".npy") for member in members]
    for member, name in zip(members, names, strict=True):
        if name == member.filename or not name.isidentifier():
            raise errors.InvalidDataError(
                f"It is not an .npz: {wording.quote(member.filename)} is no array's name"
            )
        if member.flag_bits & ENCRYPTED:
            raise errors.InvalidDataError(f"{wording.quote(name)} is encrypted")
        if member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise errors.InvalidDataError(f"{wording.quote(name)} is packed in a way that numpy does not use")
    if len(set(names)) != len(names):
        raise errors.InvalidDataError("Two of its arrays have the same name")
    size = sum(member.file_size for member in members)
    if size > limits.max_unpacked_bytes:
        raise errors.InvalidDataError(
            f"It unpacks to {size:,} bytes, and at most {limits.max_unpacked_bytes:,} are taken "
            "(max_unpacked_bytes)"
        )
    wanted = _wanted(set(names))
    return wanted, [name for name in names if name not in wanted]


def _wanted(names: set[str]) -> tuple[str, ...]:
    apart = set(APART) & names
    if set(TOGETHER) <= names and not apart:
        return TOGETHER
    if "x" not in names and "y" not in names and apart in (set(APART), set(APART[:2])):
        return tuple(name for name in APART if name in apart)
    listed = wording.listing(sorted(names)) if names else "no array"
    raise errors.InvalidDataError(
        f"It has {listed}, where x and y, or x_train, y_train, x_test and y_test are expected"
    )


def _arrays(found: dict[str, Stored], extra: list[str]) -> Arrays:
    warnings = tuple(f"{wording.quote(name)[1:-1]}: not read" for name in extra)
    if "x" in found:
        return Arrays(found["x"], found["y"], None, None, warnings)
    return Arrays(found["x_train"], found["y_train"], found.get("x_test"), found.get("y_test"), warnings)


def _stored(archive: zipfile.ZipFile, name: str, into: Path, limits: Limits) -> Stored:
    """The array called `name`, whose header has been held against the size of its file."""
    with _damage(name), archive.open(f"{name}.npy") as file:
        shape, fortran, dtype = _header(file, name)
        told = archive.getinfo(f"{name}.npy").file_size - file.tell()
        size = dtype.itemsize
        for length in shape:
            size *= length
        if size != told:
            raise errors.InvalidDataError(
                f"{name}: shape {list(shape)} takes {size:,} bytes, and there are {told:,}"
            )
        if not shape:
            raise errors.InvalidDataError(f"{name} is a single value, where an array of rows is expected")
        if not shape[0]:
            raise errors.InvalidDataError(f"{name} has no rows")
        if not size:
            raise errors.InvalidDataError(f"{name} has rows of shape {list(shape[1:])}, with nothing in them")
        if size // shape[0] > limits.max_row_bytes:
            raise errors.InvalidDataError(
                f"A row of {name} has {size // shape[0]:,} bytes, "
                f"and at most {limits.max_row_bytes:,} are taken (max_row_bytes)"
            )
        unpacked = _unpack(file, into, shape, dtype) if fortran and len(shape) > 1 else None
    return Stored(name, shape, dtype, archive, unpacked)


def _unpack(file: IO[bytes], into: Path, shape: tuple[int, ...], dtype: np.dtype[Any]) -> NDArray[Any]:
    """An array in Fortran's order as a mapping of a file of its own, which is the only way to its rows."""
    path = into / storing.TEMPORARY
    path.unlink(missing_ok=True)
    with path.open("wb") as out:
        while piece := file.read(storing.PIECE):
            out.write(piece)
    # The file is gone with the mapping: the next array may take its name.
    mapped: NDArray[Any] = np.memmap(path, dtype, "r", shape=shape, order="F")
    path.unlink()
    return mapped


def _header(file: IO[bytes], name: str) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    """Shape, whether the order is Fortran's, and type, as the head of an `.npy` file tells them."""
    try:
        version = np.lib.format.read_magic(file)
        if version not in {(1, 0), (2, 0)}:
            raise errors.InvalidDataError(
                f"{name} is of a version of .npy that arrays of numbers do not need"
            )
        first = version == (1, 0)
        read = np.lib.format.read_array_header_1_0 if first else np.lib.format.read_array_header_2_0
        shape, fortran, dtype = read(file, max_header_size=HEADER)
    except UNREADABLE as error:
        reason = wording.quote(str(error).splitlines()[0] if str(error) else type(error).__name__)
        raise errors.InvalidDataError(f"{name} is not an array of numpy's: {reason}") from None
    if dtype.hasobject:
        raise errors.InvalidDataError(f"{name} holds pickled Python objects, which are never unpickled")
    if min(shape, default=0) < 0:
        raise errors.InvalidDataError(f"{name} has the shape {list(shape)}")
    return tuple(int(length) for length in shape), bool(fortran), dtype


def _exactly(file: IO[bytes], size: int, name: str) -> bytes:
    piece = file.read(size)
    if len(piece) != size:
        raise errors.InvalidDataError(f"{name} is damaged: it ends too early")
    return piece


@contextlib.contextmanager
def _damage(name: str) -> Iterator[None]:
    """What zip archives complain of, as a sentence."""
    try:
        yield
    except DAMAGED as error:
        raise errors.InvalidDataError(f"{name} is damaged: {wording.quote(str(error))}") from error
    except OSError as error:
        # A place before the file's beginning; anything else is this machine's fault.
        if error.errno != errno.EINVAL:
            raise
        raise errors.InvalidDataError(f"{name} is damaged: it lies nowhere in the archive") from error
