"""Arrays in IDX files, the format of MNIST: two of them, images and labels, or four, with those of the test.

The format is LeCun's, <http://yann.lecun.com/exdb/mnist/>: two zeros, a byte for the type, one for the number
of axes, the length of each axis in four bytes, then the numbers; all with the most significant byte first.
"""

import gzip
import math
import re
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from core import errors
from core.datasets import formats, storing, wording
from core.datasets.arrays import Mapped, Part, Parts
from core.datasets.limits import Limits
from core.datasets.reading import Upload

TYPES = {0x08: "u1", 0x09: "i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
# How files are called that are kept for the test: MNIST says t10k, for its ten thousand rows.
TEST = re.compile(r"t10k|test", re.IGNORECASE)
DAMAGED = (gzip.BadGzipFile, EOFError, zlib.error)


class Header(NamedTuple):
    """What a file's head says, and how many bytes that head takes."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    begin: int

    @property
    def size(self) -> int:
        """The bytes of all numbers; in Python's integers, for these lengths are a stranger's."""
        return math.prod(self.shape) * self.dtype.itemsize


class File(NamedTuple):
    """An array, and the name of the file that it was in."""

    name: str
    rows: NDArray[Any]

    @property
    def labels(self) -> bool:
        """Whether it has one value for each row."""
        return self.rows.ndim == 1


def open_arrays(files: Sequence[Upload], into: Path, limits: Limits, *, labels: bool = True) -> Parts:
    """The arrays in `files`; what is packed is unpacked in the folder `into`, and gone with the arrays.

    Without `labels`, for a network that reconstructs, they may be missing.

    Raises:
        errors.InvalidDataError: They are not two or four such files that belong together.
    """
    left = limits.max_unpacked_bytes
    opened = []
    for upload in files:
        opened.append(_open(upload, into, left, limits))
        left -= opened[-1].rows.nbytes
    if not labels:
        opened = [file for file in opened if not file.labels] or opened
    pairs = [_pair(group, labels=labels) for group in _splits(opened, 2 if labels else 1)]
    suffixes = [""] if len(pairs) == 1 else ["_train", "_test"]
    named = list(zip(pairs, suffixes, strict=True))
    images = tuple(Mapped(f"images{suffix}", pair[0].rows) for pair, suffix in named)
    targets = tuple(Mapped(f"labels{suffix}", pair[1].rows) for pair, suffix in named if labels)
    return Parts((Part("x", images),), (Part("labels", targets),) if labels else ())


def _splits(files: list[File], each: int) -> list[list[File]]:
    """The files together, or those to train on and those to test on, when there are `each` of both."""
    if len(files) != 2 * each:
        return [files]
    test = [file for file in files if TEST.search(file.name)]
    if len(test) != each:
        raise errors.InvalidDataError(
            f"Of {len(files)} IDX files {each} should be for the test, with t10k or test in their names; "
            f"here {len(test)} are: {wording.listing([file.name for file in files])}"
        )
    return [[file for file in files if not TEST.search(file.name)], test]


def _pair(files: list[File], *, labels: bool) -> list[File]:
    """Images, and labels where there are any, told apart by their axes."""
    ordered = sorted(files, key=lambda file: file.labels)
    if [file.labels for file in ordered] != ([False, True] if labels else [False]):
        shapes = ", ".join(f"{wording.quote(file.name)} of shape {list(file.rows.shape)}" for file in files)
        raise errors.InvalidDataError(
            f"Images and labels are expected, one IDX file of each: labels have one axis. Here is {shapes}"
        )
    return ordered


def _open(upload: Upload, into: Path, left: int, limits: Limits) -> File:
    """One file as an array, of which `left` bytes may still be unpacked."""
    called = wording.quote(upload.name)
    with upload.path.open("rb") as file:
        packed = file.read(2) == formats.GZIP
    try:
        if not packed:
            return File(upload.name, _map(upload.path, called, left, limits))
        with gzip.open(upload.path, "rb") as file:
            header = _header(file, called, left, limits)
            return File(upload.name, _unpack(file, into, header, called))
    except DAMAGED as error:
        raise errors.InvalidDataError(f"{called} is damaged or cut off ({error})") from None


def _header(file: IO[bytes] | gzip.GzipFile, called: str, left: int, limits: Limits) -> Header:
    head = file.read(4)
    lengths = file.read(4 * head[3])
    if len(lengths) < 4 * head[3]:
        raise errors.InvalidDataError(f"{called} is cut off in the middle of its head")
    shape = np.frombuffer(lengths, ">u4").tolist()
    header = Header(tuple(shape), np.dtype(TYPES[head[2]]), 4 + len(lengths))
    if not header.size:
        raise errors.InvalidDataError(f"{called} has the shape {shape}, with nothing in it")
    row = header.size // shape[0]
    if row > limits.max_row_bytes:
        raise errors.InvalidDataError(
            f"A row of {called} has {row:,} bytes, "
            f"and at most {limits.max_row_bytes:,} are taken (max_row_bytes)"
        )
    if header.size > left:
        raise errors.InvalidDataError(
            f"{called} says that it has the shape {shape}, which takes {header.size:,} bytes, "
            f"and at most {limits.max_unpacked_bytes:,} are taken in all (max_unpacked_bytes)"
        )
    return header


def _map(path: Path, called: str, left: int, limits: Limits) -> NDArray[Any]:
    with path.open("rb") as file:
        header = _header(file, called, left, limits)
        _check_size(called, header, file.seek(0, 2) - header.begin)
    mapped: NDArray[Any] = np.memmap(path, header.dtype, "r", header.begin, header.shape)
    return mapped


def _unpack(file: gzip.GzipFile, into: Path, header: Header, called: str) -> NDArray[Any]:
    """The numbers that follow the header, as a mapping of a file of their own."""
    path = into / storing.TEMPORARY
    path.unlink(missing_ok=True)
    size = 0
    with path.open("wb") as out:
        # One byte more than there should be tells that there are more; the rest stays packed.
        while size <= header.size and (piece := file.read(min(storing.PIECE, header.size + 1 - size))):
            size += out.write(piece)
    _check_size(called, header, size)
    # The file is gone with the mapping: the next array may take its name.
    mapped: NDArray[Any] = np.memmap(path, header.dtype, "r", shape=header.shape)
    path.unlink()
    return mapped


def _check_size(called: str, header: Header, size: int) -> None:
    if size != header.size:
        there = "more" if size > header.size else f"{size:,}"
        raise errors.InvalidDataError(
            f"{called} says that it has the shape {list(header.shape)}, which takes {header.size:,} bytes, "
            f"and there are {there}"
        )
