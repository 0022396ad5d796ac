"""Precision, recall and F1 from counts, as scikit-learn reckons them: 0 where nothing is to be divided by."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

# A list of more would be larger than all the rest of an evaluation.
MOST_LISTED = 1000


@dataclass
class Counts:
    """For each class or label, how often it was right, was guessed, and is there: int64 `(k,)`."""

    right: NDArray[np.int64]
    guessed: NDArray[np.int64]
    support: NDArray[np.int64]

    @classmethod
    def none(cls, size: int) -> "Counts":
        """Nothing counted yet."""
        return cls(*(np.zeros(size, np.int64) for _ in range(3)))

    def count(self, actual: NDArray[np.int64], guesses: NDArray[np.int64]) -> None:
        """More rows, by the numbers of their classes."""
        size = len(self.support)
        self.right += np.bincount(actual[actual == guesses], minlength=size)
        self.guessed += np.bincount(guesses, minlength=size)
        self.support += np.bincount(actual, minlength=size)

    def grown(self, size: int) -> "Counts":
        """The same with room for so many, if there is not."""
        more = max(0, size - len(self.support))
        return Counts(*(np.pad(one, (0, more)) for one in (self.right, self.guessed, self.support)))

    @property
    def scores(self) -> NDArray[np.float64]:
        """Precision, recall and F1 of each, `(3, k)`."""
        return np.stack(
            [
                _ratio(self.right, self.guessed),
                _ratio(self.right, self.support),
                _ratio(2 * self.right, self.guessed + self.support),
            ]
        )

    def macro(self, among: NDArray[np.bool_]) -> dict[str, float]:
        """The plain mean over some of them."""
        return _named(self.scores[:, among].mean(axis=1) if among.any() else np.zeros(3))

    def weighted(self) -> dict[str, float]:
        """The mean, each by how often it is there."""
        return _named(_ratio((self.scores * self.support).sum(axis=1), self.support.sum()))

    def micro(self) -> dict[str, float]:
        """Of all together."""
        total = Counts(*(np.atleast_1d(one.sum()) for one in (self.right, self.guessed, self.support)))
        return _named(total.scores[:, 0])

    def listed(self, called: str, names: Sequence[str]) -> list[dict[str, Any]]:
        """Each by its name; nothing where there are too many."""
        if len(names) > MOST_LISTED:
            return []
        return [
            {called: name, **_named(self.scores[:, place]), "support": int(self.support[place])}
            for place, name in enumerate(names)
        ]


def _ratio(part: NDArray[Any], whole: NDArray[Any]) -> NDArray[np.float64]:
    return np.asarray(np.divide(part, whole, out=np.zeros(np.shape(part)), where=whole > 0))


def _named(scores: NDArray[np.float64]) -> dict[str, float]:
    return dict(zip(("precision", "recall", "f1"), scores.tolist(), strict=True))
