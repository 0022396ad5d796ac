"""The files that a reading leaves: four arrays and an encoding."""

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import DTypeLike, NDArray

ARRAYS = {name: f"{name}.npy" for name in ("x_train", "y_train", "x_test", "y_test")}
ENCODING = "encoding.json"
# What a format unpacks on the way, gone before the reading is told.
TEMPORARY = "unpacked.tmp"
# Bytes of an array that are worked on at a time.
PIECE = 4 * 2**20


def sweep(folder: Path) -> None:
    """Takes everything that a reading writes out of `folder`, and nothing else."""
    for name in (*ARRAYS.values(), ENCODING, TEMPORARY):
        (folder / name).unlink(missing_ok=True)


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
    """Sends every row of an array to its file: `{name}_train.npy` or `{name}_test.npy`."""

    def __init__(
        self, folder: Path, name: str, row_shape: Sequence[int], dtype: DTypeLike, test: NDArray[np.bool_]
    ) -> None:
        held = int(test.sum())
        self._test, self._at = test, 0
        self._train_writer = ArrayWriter(
            folder / ARRAYS[f"{name}_train"], (len(test) - held, *row_shape), dtype
        )
        self._test_writer = ArrayWriter(folder / ARRAYS[f"{name}_test"], (held, *row_shape), dtype)

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
