"""The files that a reading leaves: two arrays for each input and each target, an encoding, and a preview."""

import re
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import DTypeLike, NDArray

ENCODING = "encoding.json"
PREVIEW = "preview.json"
# What a format unpacks on the way, gone before the reading is told; a second, because there may be two files.
TEMPORARY = "unpacked.tmp"
SECOND = "unpacked1.tmp"
Split = Literal["train", "test"]
Which = Literal["x", "y"]
SPLITS: tuple[Split, ...] = ("train", "test")
ARRAY = re.compile(r"[xy]\d*_(train|test)\.npy")
# Bytes of an array that are worked on at a time.
PIECE = 4 * 2**20


def array_name(which: Which, index: int, split: Split) -> str:
    """What the array of input or target number `index` is called: `x_train`, then `x1_train`, …."""
    return f"{which}{index or ''}_{split}"


WHICH: tuple[Which, ...] = ("x", "y")


def array_files(inputs: int, targets: int) -> dict[str, str]:
    """The arrays of so many inputs and targets by name, and their files."""
    names = [
        array_name(which, index, split)
        for which, count in zip(WHICH, (inputs, targets), strict=True)
        for index in range(count)
        for split in SPLITS
    ]
    return {name: f"{name}.npy" for name in names}


def clear(folder: Path) -> None:
    """Takes out of `folder` what was only needed on the way."""
    for name in (TEMPORARY, SECOND):
        (folder / name).unlink(missing_ok=True)


def sweep(folder: Path) -> None:
    """Takes everything that a reading writes out of `folder`, and nothing else."""
    clear(folder)
    for name in (ENCODING, PREVIEW):
        (folder / name).unlink(missing_ok=True)
    for path in folder.glob("*.npy") if folder.is_dir() else ():
        if ARRAY.fullmatch(path.name):
            path.unlink(missing_ok=True)


class ArrayWriter:
    """Writes an `.npy` file piece by piece, in C order, for others to memory-map.

    Written and not memory-mapped here: a full disk is then an error, where a mapping would be a crash
    (SIGBUS), and what has been written does not count as this process's memory.
    """

    def __init__(self, path: Path, shape: Sequence[int], dtype: DTypeLike) -> None:
        self.shape, self.dtype, self.written = tuple(shape), np.dtype(dtype), 0
        self._file = path.open("wb")
        header = {"descr": self.dtype.str, "fortran_order": False, "shape": self.shape}
        np.lib.format.write_array_header_1_0(self._file, header)

    def write(self, rows: NDArray[Any]) -> None:
        """Appends `rows`, of shape `(n, *shape[1:])`."""
        if rows.shape[1:] != self.shape[1:] or self.written + len(rows) > self.shape[0]:
            raise ValueError(f"{rows.shape} does not fit {self.shape} after {self.written} rows")
        if rows.size:
            self._file.write(np.ascontiguousarray(rows, self.dtype).data)
        self.written += len(rows)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
        if kind is None and self.written != self.shape[0]:
            raise ValueError(f"{self.written} rows were written where {self.shape[0]} were told")


class SplitWriter:
    """Sends every row of input or target number `index` to the file of its split; see `array_name`."""

    def __init__(
        self,
        folder: Path,
        which: Literal["x", "y"],
        row_shape: Sequence[int],
        dtype: DTypeLike,
        test: NDArray[np.bool_],
        *,
        index: int = 0,
    ) -> None:
        held = int(test.sum())
        self._test, self._at = test, 0
        train_name, test_name = (f"{array_name(which, index, split)}.npy" for split in SPLITS)
        self._train_writer = ArrayWriter(folder / train_name, (len(test) - held, *row_shape), dtype)
        self._test_writer = ArrayWriter(folder / test_name, (held, *row_shape), dtype)

    def write(self, rows: NDArray[Any]) -> None:
        """Appends the next `rows` of the file, in its order."""
        test = self._test[self._at : self._at + len(rows)]
        self._at += len(rows)
        if not test.any():
            self._train_writer.write(rows)
        else:
            self._train_writer.write(rows[~test])
            self._test_writer.write(rows[test])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._train_writer.__exit__(kind, error, trace)
        self._test_writer.__exit__(kind, error, trace)
