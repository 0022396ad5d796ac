"""Which rows are trained on, and in which order."""

import numpy as np

from tests.core.specs.documents import dense, pets, resolved
from worker import data


def test_rows_are_divided_and_ordered_by_the_seed_alone() -> None:
    job = resolved(pets(), dense(3), validation_split=0.25, seed=7)
    train, held = data.divide(100, job)
    assert len(train) == 75
    assert sorted([*train, *held]) == list(range(100))
    assert not np.array_equal(held, np.arange(75, 100)), "sorted files hold back rows of every class"
    first, again, other = (data.order(train, epoch, job) for epoch in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    assert np.array_equal(np.sort(first), train)
    plain = resolved(pets(), dense(3), validation_split=0.25, shuffle=False)
    train, held = data.divide(100, plain)
    assert np.array_equal(held, np.arange(75, 100)), "as Keras does"
    assert np.array_equal(data.order(train, 3, plain), np.arange(75))
