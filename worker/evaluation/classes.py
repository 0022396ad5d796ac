"""One class for each row: what was taken for what, how sure the network is, and where it errs most surely."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.specs.probabilities import Link, middle, probabilities
from worker.evaluation.scores import Counts
from worker.evaluation.worst import Worst

# A table of more classes would be larger than all the rest of an evaluation.
MOST_CLASSES = 200
BINS = 10


class Classes:
    """An output whose target is a class.

    Args:
        names: of the classes; a network may put out more.
        how: its scores become probabilities.
        binary: whether there is a single score, for the second of two classes.
    """

    def __init__(self, names: Sequence[str], how: Link, *, binary: bool) -> None:
        self._names, self._how, self._binary = names, how, binary
        self._counts = Counts.none(max(len(names), 2))
        self._matrix = np.zeros((MOST_CLASSES, MOST_CLASSES), np.int64)
        self._bins = np.zeros(
            (3, BINS)
        )  # for each how many rows, the sum of their confidence, how many right
        self._mistakes = Worst(3)

    def add(self, y: NDArray[Any], outputs: NDArray[Any]) -> None:
        """The next rows: int64 `(n,)` of classes, and scores `(n, k)`."""
        guesses, chances = self._guess(outputs)
        self._counts = self._counts.grown(max(int(y.max()), int(guesses.max())) + 1)
        right = guesses == y
        self._counts.count(y, guesses)
        told = (y < MOST_CLASSES) & (guesses < MOST_CLASSES)
        np.add.at(self._matrix, (y[told], guesses[told]), 1)
        every = np.arange(len(y))
        confidence = chances[every, guesses]
        self._calibrate(confidence, right)
        # A class that the network has no score for has no chance.
        known = np.minimum(y, chances.shape[1] - 1)
        own = np.where(known == y, chances[every, known], 0.0)
        self._mistakes.add(confidence, np.stack([y, guesses, own], axis=1), among=~right)

    def _guess(self, outputs: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """The class that each row's scores speak for, and the probability of every class."""
        found = probabilities(self._how, outputs)
        if not self._binary:
            return np.asarray(np.nan_to_num(outputs).argmax(axis=-1), np.int64), found
        second = found[:, 0]
        return (outputs[:, 0] > middle(self._how)).astype(np.int64), np.stack([1 - second, second], axis=1)

    def _calibrate(self, confidence: NDArray[np.float64], right: NDArray[np.bool_]) -> None:
        # As scikit-learn's `calibration_curve`: what is on the edge of two bins belongs to the lower.
        edges = np.linspace(0.0, 1.0, BINS + 1)
        bins = np.searchsorted(edges[1:-1], confidence)
        for place, weights in enumerate((None, confidence, right)):
            self._bins[place] += np.bincount(bins, weights, minlength=BINS)

    def result(self) -> dict[str, Any]:
        """What there is to tell."""
        counts, rows = self._counts, int(self._counts.support.sum())
        size = len(counts.support)
        names = [self._name(place) for place in range(size)]
        told: dict[str, Any] = {
            "kind": "class",
            "accuracy": int(counts.right.sum()) / rows,
            "macro": counts.macro((counts.support > 0) | (counts.guessed > 0)),
            "weighted": counts.weighted(),
            "classes": counts.listed("class", names),
            "calibration": self._calibration(rows),
            "mistakes": [self._mistake(*one) for one in self._mistakes.found()],
        }
        if size <= MOST_CLASSES:
            # Row: what it is; column: what it was taken for.
            told["confusion_matrix"] = self._matrix[:size, :size].tolist()
        return told

    def _name(self, place: int) -> str:
        return self._names[place] if place < len(self._names) else f"output {place}"

    def _calibration(self, rows: int) -> dict[str, Any]:
        counts, sums, right = self._bins
        used = counts > 0
        gaps = np.abs(right[used] - sums[used])
        return {
            "bins": [
                {
                    "from": place / BINS,
                    "to": (place + 1) / BINS,
                    "count": int(count),
                    "confidence": total / count if count else None,
                    "accuracy": hits / count if count else None,
                }
                for place, (count, total, hits) in enumerate(zip(counts, sums, right, strict=True))
            ],
            "expected_calibration_error": float(gaps.sum() / rows),
        }

    def _mistake(self, row: int, confidence: float, values: NDArray[np.float64]) -> dict[str, Any]:
        actual, guess, own = values
        return {
            "row": row,
            "actual": self._name(int(actual)),
            "predicted": self._name(int(guess)),
            "probability": confidence,
            "probability_of_actual": float(own),
        }
