"""Arrays on their way into a data set: what every format of arrays gives, a piece at a time."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from core.datasets import storing


class Stored(Protocol):
    """One array in a file: its name, its shape with the rows first, and how to read it."""

    @property
    def name(self) -> str:
        """What sentences call it."""

    @property
    def shape(self) -> tuple[int, ...]:
        """The rows first."""

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of its numbers or texts."""

    def chunks(self) -> Iterator[NDArray[Any]]:
        """The rows, `(n, *shape[1:])` at a time; the same every time.

        Raises:
            errors.InvalidDataError: The file is damaged.
        """


@dataclass(frozen=True)
class Mapped:
    """An array that lies in memory, or in a file that is mapped into it."""

    name: str
    rows: NDArray[Any]

    @property
    def shape(self) -> tuple[int, ...]:
        """The rows first."""
        return self.rows.shape

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of its numbers or texts."""
        return self.rows.dtype

    def chunks(self) -> Iterator[NDArray[Any]]:
        """The rows, some megabytes at a time."""
        count = step(self.shape, self.dtype)
        for begin in range(0, self.shape[0], count):
            yield np.ascontiguousarray(self.rows[begin : begin + count])


def step(shape: tuple[int, ...], dtype: np.dtype[Any]) -> int:
    """How many rows are worked on at a time."""
    row = dtype.itemsize
    for length in shape[1:]:
        row *= length
    return max(1, storing.PIECE // max(row, 1))


@dataclass(frozen=True)
class Part:
    """One input or target: what a row calls it, and its rows, or those to train on and those to test on."""

    name: str
    stored: tuple[Stored, ...]


@dataclass(frozen=True)
class Parts:
    """What a format of several inputs or targets gives; without targets for a network that reconstructs."""

    inputs: tuple[Part, ...]
    targets: tuple[Part, ...]
    warnings: tuple[str, ...] = ()
