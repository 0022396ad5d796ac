"""The rows on which a network is worst, of any number that come along."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

MOST = 20


class Worst:
    """The rows with the highest value, and some numbers of each."""

    def __init__(self, numbers: int) -> None:
        self._seen = 0
        self._rows = np.zeros(0, np.int64)
        self._values = np.zeros(0)
        self._numbers = np.zeros((0, numbers))

    def add(
        self,
        values: NDArray[np.float64],
        numbers: NDArray[np.float64],
        among: NDArray[np.bool_] | None = None,
    ) -> None:
        """The next rows: a value and numbers of each. Only those `among` them count."""
        places = np.arange(len(values)) if among is None else np.flatnonzero(among)
        rows = np.concatenate([self._rows, self._seen + places])
        found = np.concatenate([self._values, values[places]])
        # Of equal ones the first rows, however they come in pieces.
        best = np.lexsort((rows, -found))[:MOST]
        self._rows, self._values = rows[best], found[best]
        self._numbers = np.concatenate([self._numbers, numbers[places]])[best]
        self._seen += len(values)

    def found(self) -> Iterator[tuple[int, float, NDArray[np.float64]]]:
        """Each with its place among all, counted from 0; the highest first."""
        for row, value, numbers in zip(self._rows, self._values, self._numbers, strict=True):
            yield int(row), float(value), numbers
