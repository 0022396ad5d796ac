"""A target of arrays that has a 1 or a 0 for each label."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Labels:
    """The names of the labels, and how to read which of them a row has: parts of shape `(n, labels)`."""

    names: list[str]
    chunks: Callable[[], Iterator[NDArray[Any]]]

    def counts(self, chosen: NDArray[np.bool_]) -> NDArray[np.int64]:
        """How many of the chosen rows have each label."""
        counts, at = np.zeros(len(self.names), np.int64), 0
        for chunk in self.chunks():
            counts += (chunk[chosen[at : at + len(chunk)]] != 0).sum(axis=0)
            at += len(chunk)
        return counts


def train_on_each(labels: Labels, test: NDArray[np.bool_]) -> None:
    """Takes rows out of the test until every label that a row has is one of a row to train on, in place."""
    trained = labels.counts(~test) > 0
    if trained.all():
        return
    at = 0
    for chunk in labels.chunks():
        marked = chunk != 0
        for row in np.flatnonzero((marked & ~trained).any(axis=1)).tolist():
            if (marked[row] & ~trained).any():
                test[at + row] = False
                trained |= marked[row]
        at += len(chunk)
