from collections import Counter

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from core.datasets.word_count import WordCount


def test_the_most_frequent_words_come_first_and_ties_in_the_order_of_their_characters() -> None:
    count = WordCount(most=100)
    count.add(["b", "c", "a", "c"])
    count.add(["d", "d", "c"])
    assert count.top(3) == ["c", "d", "a"]
    assert count.top(10) == ["c", "d", "a", "b"]


def test_words_of_more_than_a_hundred_characters_are_none() -> None:
    count = WordCount(most=100)
    count.add(["x" * 100, "x" * 101])
    assert count.top(10) == ["x" * 100]


@given(words=st.lists(st.integers(0, 60).map(str), max_size=400), most=st.integers(1, 40))
@settings(max_examples=50, derandomize=True, deadline=None)
def test_no_count_is_too_low_and_none_too_high_by_more_than_was_forgotten(
    words: list[str], most: int
) -> None:
    count, exact = WordCount(most), Counter(words)
    count.add(words)
    assert len(count.counts) <= most
    for word, number in exact.items():
        assert number <= count.counts.get(word, 0) + count.forgotten
        assert count.counts.get(word, 0) <= number + count.forgotten
    if len(exact) <= most:
        assert count.counts == exact


def test_frequent_words_are_found_among_any_number_of_rare_ones() -> None:
    draw = np.random.default_rng(0)
    words = [f"rare{n}" for n in range(20_000)] + [f"often{n}" for n in range(20) for _ in range(300)]
    draw.shuffle(words)
    count = WordCount(most=1000)
    count.add(words)
    assert set(count.top(20)) == {f"often{n}" for n in range(20)}
