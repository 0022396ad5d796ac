"""Columns of numbers that may not fit the memory, for their exact quantiles."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

QUANTILES = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)


class Residuals:
    """Numbers `(rows, columns)` in a file, which the kernel keeps in memory as far as there is any."""

    def __init__(self, path: Path, rows: int, columns: int) -> None:
        self._numbers = np.memmap(path, np.float32, "w+", shape=(columns, rows))
        self._seen = 0

    def add(self, numbers: NDArray[Any]) -> None:
        """The next rows."""
        last = self._seen + len(numbers)
        with np.errstate(over="ignore"):
            self._numbers[:, self._seen : last] = numbers.T
        self._seen = last

    def quantiles(self, column: int) -> dict[str, float]:
        """The quantiles of a column, by their fraction."""
        values = np.array(self._numbers[column, : self._seen], np.float64)
        finite = np.isfinite(values).all()
        found = np.quantile(values, QUANTILES) if finite else np.full(len(QUANTILES), np.nan)
        return {f"{at:g}": float(value) for at, value in zip(QUANTILES, found, strict=True)}
