"""Which rows are kept for the test."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

# What rows for each of them are called, by a column or by folders. Jobs put their own part aside to validate
# on, so that rows for that are there to train on.
TRAIN = frozenset({"train", "training"})
TEST = frozenset({"test", "testing"})
VALIDATION = frozenset({"validation", "valid", "val", "dev"})


def choose_test(rows: int, classes: NDArray[np.integer] | None, share: float, seed: int) -> NDArray[np.bool_]:
    """A mask `(rows,)` of the rows that are kept for the test: `share` of them, rounded down.

    With `classes` (the class of each row, from 0) every class gives in proportion, by largest remainders, and
    keeps at least one row to train on; without, at least one row of all is kept to train on. The same
    arguments give the same mask.
    """
    draw = np.random.Generator(np.random.PCG64(seed))
    test = np.zeros(rows, np.bool_)
    # The least bit more, because 0.2 * 15 is a little less than 3 in floating point.
    wanted = min(int(rows * share + 1e-9), rows - 1)
    if classes is None:
        test[draw.permutation(rows)[:wanted]] = True
        return test
    counts = np.bincount(classes)
    by_class = np.split(np.argsort(classes, kind="stable"), np.cumsum(counts)[:-1])
    for members, held in zip(by_class, _shares(counts, wanted, share), strict=True):
        test[draw.permutation(members)[:held]] = True
    return test


def _shares(counts: NDArray[np.integer], wanted: int, share: float) -> NDArray[np.int64]:
    """How many rows of each class are tested on: `wanted` in all, if each keeps one to train on."""
    quotas = counts * share
    most = np.maximum(counts - 1, 0)
    held: NDArray[np.int64] = np.minimum(np.floor(quotas + 1e-9).astype(np.int64), most)
    remainders = np.where(held < most, quotas - held, -1.0)
    by_remainder = np.argsort(-remainders, kind="stable")[: max(wanted - int(held.sum()), 0)]
    held[by_remainder[remainders[by_remainder] > 0]] += 1
    return held


def train_on_each(test: NDArray[np.bool_], owners: NDArray[np.int64], codes: NDArray[np.int64]) -> None:
    """Takes rows out of the test until every code that a row has is one of a row to train on, in place.

    Row `owners[i]` has `codes[i]`; a row may have several. The first row that has it is taken.
    """
    trained = np.zeros(int(codes.max(initial=-1)) + 1, np.bool_)
    trained[codes[~test[owners]]] = True
    untrained = np.flatnonzero(~trained[codes])
    for at in untrained.tolist():
        if not trained[codes[at]]:
            test[owners[at]] = False
            trained[codes[at]] = True


def masked(values: NDArray[Any], kept: NDArray[np.bool_]) -> NDArray[Any]:
    """`values[kept]`, without a copy when all are."""
    return values if kept.all() else values[kept]
