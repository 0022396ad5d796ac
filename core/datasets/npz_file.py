"""Arrays in `.npz` files: a zip archive of `.npy` files, read a piece at a time and never unpickled."""

import contextlib
import tokenize
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from core import errors
from core.datasets import arrays, naming, npz_names, storing, wording, zip_file
from core.datasets.arrays import Mapped, Part, Parts, Stored
from core.datasets.limits import Limits

# Files in one archive; nobody means to send so many arrays.
MOST_MEMBERS = 1000
HEADER = 10_000
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
class Member:
    """One array in the archive: its name, its shape with the rows first, and how to read it."""

    name: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    archive: zipfile.ZipFile

    def chunks(self) -> Iterator[NDArray[Any]]:
        """The rows, `(n, *shape[1:])` at a time; the same every time.

        Raises:
            errors.InvalidDataError: The archive is damaged.
        """
        step = arrays.step(self.shape, self.dtype)
        row = self.dtype.itemsize * int(np.prod(self.shape[1:], dtype=object))
        with zip_file.damage(self.name), self.archive.open(f"{self.name}.npy") as file:
            _header(file, self.name)
            for begin in range(0, self.shape[0], step):
                count = min(step, self.shape[0] - begin)
                piece = _exactly(file, count * row, self.name)
                yield np.frombuffer(piece, self.dtype).reshape(count, *self.shape[1:])
            # Only at the end does the archive's checksum tell.
            file.read(1)


@contextlib.contextmanager
def open_arrays(path: Path, into: Path, limits: Limits, *, targets: bool = True) -> Iterator[Parts]:
    """The arrays in the file at `path`; what must be unpacked on the way is so in the folder `into`.

    Unless there are to be `targets`, those in the file are not read.

    Raises:
        errors.InvalidDataError: It is not such an archive, or would unpack to more than the limit.
    """
    with zip_file.opened(path, "an .npz") as archive:
        layout = npz_names.lay_out(_names(archive, limits), targets=targets)
        yield Parts(
            _parts(archive, layout.inputs, into, limits),
            _parts(archive, layout.targets, into, limits),
            tuple(f"{wording.quote(name)[1:-1]}: not read" for name in layout.others),
        )


def _parts(
    archive: zipfile.ZipFile, groups: Sequence[npz_names.Group], into: Path, limits: Limits
) -> tuple[Part, ...]:
    words = naming.identifiers([group.name for group in groups])
    return tuple(
        Part(word, tuple(_stored(archive, name, into, limits) for name in group.arrays))
        for word, group in zip(words, groups, strict=True)
    )


def _names(archive: zipfile.ZipFile, limits: Limits) -> list[str]:
    """The names of all arrays; all that the archive's directory tells is checked."""
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
        if member.flag_bits & zip_file.ENCRYPTED:
            raise errors.InvalidDataError(f"{wording.quote(name)} is encrypted")
        if member.compress_type not in zip_file.PACKINGS:
            raise errors.InvalidDataError(f"{wording.quote(name)} is packed in a way that numpy does not use")
    if len(set(names)) != len(names):
        raise errors.InvalidDataError("Two of its arrays have the same name")
    zip_file.check_size(members, limits)
    return names


def _stored(archive: zipfile.ZipFile, name: str, into: Path, limits: Limits) -> Stored:
    """The array called `name`, whose header has been held against the size of its file."""
    with zip_file.damage(name), archive.open(f"{name}.npy") as file:
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
        if fortran and len(shape) > 1:
            # Its rows do not lie together.
            return Mapped(name, _unpack(file, into, shape, dtype))
    return Member(name, shape, dtype, archive)


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
