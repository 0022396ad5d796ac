"""Whatever the rows are, and in whatever pieces they come, a measure tells what scikit-learn does."""

import os
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn import metrics

from worker.evaluation import Measure
from worker.evaluation.classes import Classes
from worker.evaluation.labels import Labels
from worker.evaluation.numbers import Numbers

EXAMPLES = int(os.environ.get("FITTINGROOM_EXAMPLES", "100"))


@st.composite
def rows(draw: st.DrawFn) -> tuple[np.random.Generator, int, int, int]:
    """A source of rows, how many there are and how wide, and how many come at a time."""
    count = draw(st.integers(1, 60))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    return random, count, draw(st.integers(2, 5)), draw(st.integers(1, count))


def fed(measure: Measure, y: NDArray[Any], outputs: NDArray[Any], step: int) -> dict[str, Any]:
    for first in range(0, len(y), step):
        measure.add(y[first : first + step], outputs[first : first + step])
    return measure.result()


def expected(y: NDArray[Any], guesses: NDArray[Any], average: str) -> list[float]:
    return list(metrics.precision_recall_fscore_support(y, guesses, average=average, zero_division=0)[:3])


@settings(max_examples=EXAMPLES, deadline=None)
@given(rows())
def test_classes(drawn: tuple[np.random.Generator, int, int, int]) -> None:
    random, count, width, step = drawn
    y = random.integers(0, width, count)
    # Small whole numbers: there are ties.
    scores = random.integers(-2, 3, (count, width)).astype(np.float32)
    told = fed(Classes([str(place) for place in range(width)], "softmax", binary=False), y, scores, step)
    guesses = scores.argmax(axis=1)
    assert told["confusion_matrix"] == metrics.confusion_matrix(y, guesses, labels=range(width)).tolist()
    for average in ("macro", "weighted"):
        assert list(told[average].values()) == pytest.approx(expected(y, guesses, average))
    bins = told["calibration"]["bins"]
    assert sum(one["count"] for one in bins) == count
    assert sum(one["count"] * (one["accuracy"] or 0) for one in bins) == pytest.approx((y == guesses).sum())
    mistakes = told["mistakes"]
    assert len(mistakes) == min(20, (y != guesses).sum())
    order = [(-one["probability"], one["row"]) for one in mistakes]
    assert order == sorted(order)


@settings(max_examples=EXAMPLES, deadline=None)
@given(rows())
def test_labels(drawn: tuple[np.random.Generator, int, int, int]) -> None:
    random, count, width, step = drawn
    y = random.integers(0, 2, (count, width)).astype(np.float32)
    scores = random.normal(size=(count, width)).astype(np.float32)
    told = fed(Labels([str(place) for place in range(width)], "sigmoid"), y, scores, step)
    for average in ("micro", "macro", "weighted"):
        assert list(told[average].values()) == pytest.approx(expected(y, scores > 0, average))
    assert told["hamming_loss"] == pytest.approx(metrics.hamming_loss(y, scores > 0))


@settings(max_examples=EXAMPLES, deadline=None)
@given(rows())
def test_numbers(drawn: tuple[np.random.Generator, int, int, int]) -> None:
    random, count, _, step = drawn
    y, outputs = random.normal(size=(2, count)).astype(np.float32)
    with tempfile.TemporaryDirectory() as folder:
        told = fed(Numbers(None, 1, Path(folder) / "spill", count), y, outputs[:, None], step)
    assert told["mae"] == pytest.approx(metrics.mean_absolute_error(y, outputs), rel=1e-5)
    assert told["rmse"] == pytest.approx(metrics.mean_squared_error(y, outputs) ** 0.5, rel=1e-5)
    if count > 1:
        wide = y.astype(np.float64)
        assert told["r2"] == pytest.approx(metrics.r2_score(wide, outputs.astype(np.float64)), rel=1e-6)
    else:
        assert np.isnan(told["r2"])
