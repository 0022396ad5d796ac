"""A number or several for each row: how far off the network is, in the units that were uploaded."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.datasets import targets
from core.datasets.moments import Moments
from core.datasets.targets import NumberTarget, VectorTarget
from worker.evaluation.residuals import Residuals

# A list of more numbers of a vector would be larger than all the rest of an evaluation.
MOST_LISTED = 100


class Numbers:
    """An output whose target is a number, or a vector of them.

    Args:
        target: knows their units; without it they are told as they are stored.
        width: how many numbers there are.
        spill: where a file may be written.
        rows: how many rows will come.
    """

    def __init__(
        self, target: NumberTarget | VectorTarget | None, width: int, spill: Path, rows: int
    ) -> None:
        self._target = target
        self._std = np.array(1.0) if target is None else targets.scaling(target)[1]
        self._listed = min(width, MOST_LISTED)
        self._residuals = Residuals(spill, rows, self._listed)
        self._absolute, self._squares = np.zeros(width), np.zeros(width)
        self._moments = Moments()

    def add(self, y: NDArray[Any], outputs: NDArray[Any]) -> None:
        """The next rows: `(n,)` or `(n, width)` as they are stored, and what was put out, `(n, width)`."""
        actual = y.reshape(len(y), -1).astype(np.float64)
        residuals = (actual - outputs.astype(np.float64)) * self._std
        self._absolute += np.abs(residuals).sum(axis=0)
        self._squares += np.square(residuals).sum(axis=0)
        self._moments.add(actual * self._std)
        self._residuals.add(residuals[:, : self._listed])

    def result(self) -> dict[str, Any]:
        """What there is to tell; R² is null where the target is the same in every row."""
        rows, spread = self._moments.count, self._moments.squares
        r2 = np.full(len(spread), np.nan)
        np.divide(self._squares, spread, out=r2, where=spread > 0)
        scores = np.stack([self._absolute / rows, np.sqrt(self._squares / rows), 1 - r2])
        each = [_named(scores[:, place]) | self._quantiles(place) for place in range(self._listed)]
        if isinstance(self._target, VectorTarget):
            return {
                "kind": "vector",
                **self._mean(scores, rows),
                "numbers": _listed(self._target.names, each),
            }
        return {"kind": "number", **each[0]}

    def _quantiles(self, place: int) -> dict[str, Any]:
        return {"residual_quantiles": self._residuals.quantiles(place)}

    def _mean(self, scores: NDArray[np.float64], rows: int) -> dict[str, float]:
        """Over all numbers of a vector, as scikit-learn does: R² is the mean of those that there are."""
        known = scores[2][~np.isnan(scores[2])]
        together = np.sqrt(self._squares.sum() / (rows * len(self._squares)))
        return _named(np.array([scores[0].mean(), together, known.mean() if len(known) else np.nan]))


def _named(scores: NDArray[np.float64]) -> dict[str, float]:
    return dict(zip(("mae", "rmse", "r2"), scores.tolist(), strict=True))


def _listed(names: Sequence[str], each: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"name": name, **scores} for name, scores in zip(names, each, strict=False)]
