"""The input itself as the target: how far from it the network comes, row by row."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.datasets import encoding as encodings
from core.datasets.encoding import Encoding
from worker.evaluation.residuals import Residuals
from worker.evaluation.worst import Worst


class Reconstruction:
    """An output that is compared with the network's first input.

    Args:
        encoding: knows the units of the rows; without it they are told as they are stored.
        target: the number of the data set's target.
        spill: where a file may be written.
        rows: how many rows will come.
    """

    def __init__(self, encoding: Encoding | None, target: int, spill: Path, rows: int) -> None:
        self._encoding, self._target = encoding, target
        self._errors = Residuals(spill, rows, 2)
        self._worst = Worst(1)
        self._rows, self._absolute, self._squares = 0, 0.0, 0.0

    def add(self, y: NDArray[Any], outputs: NDArray[Any]) -> None:
        """The next rows: what went in, and what was put out, of the same shape."""
        flat = (len(y), -1)
        differences = (self._decoded(y) - self._decoded(outputs)).reshape(flat)
        absolute = np.abs(differences).mean(axis=1)
        squares = np.square(differences).mean(axis=1)
        self._rows += len(y)
        self._absolute += float(absolute.sum())
        self._squares += float(squares.sum())
        self._errors.add(np.stack([absolute, np.sqrt(squares)], axis=1))
        self._worst.add(np.sqrt(squares), absolute[:, None])

    def _decoded(self, rows: NDArray[Any]) -> NDArray[np.float64]:
        wide = rows.astype(np.float64)
        return wide if self._encoding is None else encodings.decode(self._encoding, wide, self._target)

    def result(self) -> dict[str, Any]:
        """What there is to tell."""
        return {
            "kind": "reconstruction",
            "mae": self._absolute / self._rows,
            "rmse": float(np.sqrt(self._squares / self._rows)),
            "row_mae_quantiles": self._errors.quantiles(0),
            "row_rmse_quantiles": self._errors.quantiles(1),
            "worst": [
                {"row": row, "rmse": rmse, "mae": float(numbers[0])}
                for row, rmse, numbers in self._worst.found()
            ],
        }
