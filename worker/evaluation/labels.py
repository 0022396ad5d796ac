"""Any number of labels for each row."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.specs.probabilities import Link, middle
from worker.evaluation.scores import Counts


class Labels:
    """An output whose target is a 1 or a 0 for each of some labels.

    Args:
        names: of the labels.
        how: its scores become probabilities; a label is guessed from one half on.
    """

    def __init__(self, names: Sequence[str], how: Link) -> None:
        self._names, self._how = names, how
        self._counts = Counts.none(len(names))
        self._rows = self._whole = self._wrong = 0

    def add(self, y: NDArray[Any], outputs: NDArray[Any]) -> None:
        """The next rows: 0 and 1, and scores, both `(n, labels)`."""
        actual, guessed = y > 0.5, outputs > middle(self._how)
        counts = self._counts
        counts.right += (actual & guessed).sum(axis=0)
        counts.guessed += guessed.sum(axis=0)
        counts.support += actual.sum(axis=0)
        wrong = actual != guessed
        self._rows += len(y)
        self._wrong += int(wrong.sum())
        self._whole += int((~wrong.any(axis=1)).sum())

    def result(self) -> dict[str, Any]:
        """What there is to tell."""
        return {
            "kind": "multilabel",
            "subset_accuracy": self._whole / self._rows,
            "hamming_loss": self._wrong / (self._rows * len(self._names)),
            "micro": self._counts.micro(),
            "macro": self._counts.macro(np.ones(len(self._names), np.bool_)),
            "weighted": self._counts.weighted(),
            "labels": self._counts.listed("label", self._names),
        }
