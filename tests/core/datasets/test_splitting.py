import os

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.datasets import splitting

EXAMPLES = int(os.environ.get("FITTINGROOM_EXAMPLES", "50"))


@given(
    classes=st.lists(st.integers(0, 6), min_size=1, max_size=200),
    share=st.floats(0, 0.999),
    seed=st.integers(0, 2**63 - 1),
)
@settings(max_examples=EXAMPLES, derandomize=True, deadline=None)
def test_every_class_keeps_a_row_to_train_on_and_gives_its_share(
    classes: list[int], share: float, seed: int
) -> None:
    codes = np.unique(classes, return_inverse=True)[1]
    test = splitting.choose_test(len(codes), codes, share, seed)
    counts, held = np.bincount(codes), np.bincount(codes[test], minlength=codes.max() + 1)
    assert (counts - held >= 1).all()
    assert (held <= np.ceil(counts * share + 1e-9)).all()
    assert (held >= np.minimum(np.floor(counts * share - 1e-9), counts - 1)).all()
    assert test.sum() <= len(codes) * share + 1e-6


def test_the_share_is_of_all_rows_and_rounded_down() -> None:
    # The penguins of Palmer Station, as in the contract: 276 and 68.
    codes = np.repeat([0, 1, 2], [152, 68, 124])
    test = splitting.choose_test(344, codes, 0.2, 0)
    assert test.sum() == 68
    assert np.bincount(codes[test]).tolist() == [30, 13, 25]


def test_a_share_that_floating_point_makes_a_little_less_is_whole() -> None:
    assert splitting.choose_test(15, None, 0.2, 0).sum() == 3


def test_the_same_seed_gives_the_same_rows_and_another_gives_others() -> None:
    codes = np.arange(1000) % 3
    first, again, other = (splitting.choose_test(1000, codes, 0.2, seed) for seed in (1, 1, 2))
    assert (first == again).all()
    assert (first != other).any()


@pytest.mark.parametrize("classes", [None, np.zeros(1, np.int64)])
def test_a_single_row_is_trained_on(classes: np.ndarray | None) -> None:
    assert splitting.choose_test(1, classes, 0.9, 0).tolist() == [False]


def test_without_classes_all_rows_but_one_may_be_tested_on() -> None:
    assert splitting.choose_test(10, None, 0.99, 0).sum() == 9
    assert splitting.choose_test(10, None, 0, 0).sum() == 0
