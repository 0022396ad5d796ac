"""Measures against scikit-learn, on rows that come in pieces of any size."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn import calibration, metrics

from core.datasets.encoding import NumberTarget, VectorTarget
from core.specs.probabilities import Link, probabilities
from worker.evaluation import Measure
from worker.evaluation.classes import Classes
from worker.evaluation.labels import Labels
from worker.evaluation.numbers import Numbers
from worker.evaluation.reconstruction import Reconstruction
from worker.evaluation.residuals import QUANTILES

RANDOM = np.random.default_rng(7)
ROWS = 500
NAMES = ("ant", "bee", "cat", "dog")


def feed(measure: Measure, y: NDArray[Any], outputs: NDArray[Any]) -> dict[str, Any]:
    for first, last in ((0, 1), (1, 130), (130, len(y))):
        measure.add(y[first:last], outputs[first:last])
    return measure.result()


def averages(y: NDArray[Any], guesses: NDArray[Any], average: str) -> dict[str, float]:
    found = metrics.precision_recall_fscore_support(y, guesses, average=average, zero_division=0)
    return dict(zip(("precision", "recall", "f1"), found, strict=False))


def classes(width: int, how: Link) -> tuple[dict[str, Any], NDArray[Any], NDArray[Any], NDArray[Any]]:
    """The last of the classes is never there, and the one before it is never guessed."""
    y = RANDOM.integers(0, width - 1, ROWS)
    scores = RANDOM.normal(size=(ROWS, width)).astype(np.float32)
    scores[np.arange(ROWS), y] += 1
    scores[:, width - 2] = -9
    told = feed(Classes(NAMES[:width], how, binary=False), y, scores)
    return told, y, scores.argmax(axis=1), probabilities(how, scores)


def test_classes_are_scored_as_scikit_learn_does() -> None:
    told, y, guesses, _ = classes(4, "softmax")
    labels = np.arange(4)
    assert told["confusion_matrix"] == metrics.confusion_matrix(y, guesses, labels=labels).tolist()
    assert told["accuracy"] == metrics.accuracy_score(y, guesses)
    each = metrics.precision_recall_fscore_support(y, guesses, labels=labels, zero_division=0)
    for place, one in enumerate(told["classes"]):
        assert one["class"] == NAMES[place]
        assert [one[name] for name in ("precision", "recall", "f1", "support")] == pytest.approx(
            [column[place] for column in each]
        )
    for average in ("macro", "weighted"):
        assert told[average] == pytest.approx(averages(y, guesses, average))


@pytest.mark.parametrize("how", ["softmax", "sigmoid"])
def test_confidence_is_held_against_what_came_true(how: Link) -> None:
    told, y, guesses, chances = classes(3, how)
    confidence = chances.max(axis=1)
    true, said = calibration.calibration_curve(y == guesses, confidence, n_bins=10)
    used = [one for one in told["calibration"]["bins"] if one["count"]]
    assert [one["accuracy"] for one in used] == pytest.approx(true)
    assert [one["confidence"] for one in used] == pytest.approx(said)
    counts = np.array([one["count"] for one in used])
    assert counts.sum() == ROWS
    error = (counts * np.abs(true - said)).sum() / ROWS
    assert told["calibration"]["expected_calibration_error"] == pytest.approx(error)


def test_the_surest_mistakes_are_told_with_their_rows() -> None:
    told, y, guesses, chances = classes(3, "softmax")
    wrong = np.flatnonzero(y != guesses)
    confidence = chances[np.arange(ROWS), guesses]
    expected = wrong[np.lexsort((wrong, -confidence[wrong]))][:20]
    assert [one["row"] for one in told["mistakes"]] == expected.tolist()
    first = told["mistakes"][0]
    row = first["row"]
    assert (first["actual"], first["predicted"]) == (NAMES[y[row]], NAMES[guesses[row]])
    assert first["probability"] == pytest.approx(chances[row, guesses[row]])
    assert first["probability_of_actual"] == pytest.approx(chances[row, y[row]])


@pytest.mark.parametrize("how", ["identity", "sigmoid"])
def test_a_single_score_speaks_for_the_second_of_two_classes(how: Link) -> None:
    y = RANDOM.integers(0, 2, ROWS)
    scores = RANDOM.normal(y - 0.5, 1, ROWS).astype(np.float32)[:, None]
    if how == "identity":
        scores = 1 / (1 + np.exp(-scores))
    told = feed(Classes(("no", "yes"), how, binary=True), y, scores)
    guesses = scores[:, 0] > (0.5 if how == "identity" else 0)
    assert told["confusion_matrix"] == metrics.confusion_matrix(y, guesses).tolist()
    assert all(one["probability"] >= 0.5 for one in told["mistakes"])
    assert all(
        one["probability"] + one["probability_of_actual"] == pytest.approx(1) for one in told["mistakes"]
    )


def test_scores_for_more_classes_than_there_are_and_for_very_many() -> None:
    scores = np.eye(7, dtype=np.float32)[RANDOM.integers(0, 7, ROWS)]
    y = RANDOM.integers(0, 2, ROWS)
    told = feed(Classes(("a", "b"), "identity", binary=False), y, scores)
    assert len(told["confusion_matrix"]) == 7
    assert [one["class"] for one in told["classes"]] == ["a", "b", *(f"output {n}" for n in range(2, 7))]
    many = feed(Classes([str(n) for n in range(1500)], "softmax", binary=False), y, scores)
    assert "confusion_matrix" not in many
    assert many["classes"] == []
    assert many["accuracy"] == told["accuracy"]


def test_scores_that_are_no_numbers_do_no_harm() -> None:
    scores = np.full((ROWS, 3), np.nan, np.float32)
    scores[::2] = np.inf
    told = feed(Classes(NAMES[:3], "softmax", binary=False), np.zeros(ROWS, np.int64), scores)
    assert np.sum(told["confusion_matrix"]) == ROWS


def test_labels_are_scored_as_scikit_learn_does() -> None:
    y = (RANDOM.random((ROWS, 4)) < 0.4).astype(np.float32)
    y[:, 3] = 0
    scores = (y - 0.5 + RANDOM.normal(size=y.shape)).astype(np.float32)
    guesses = scores > 0
    told = feed(Labels(NAMES, "sigmoid"), y, scores)
    assert told["subset_accuracy"] == metrics.accuracy_score(y, guesses)
    assert told["hamming_loss"] == pytest.approx(metrics.hamming_loss(y, guesses))
    for average in ("micro", "macro", "weighted"):
        assert told[average] == pytest.approx(averages(y, guesses, average))
    each = metrics.precision_recall_fscore_support(y, guesses, zero_division=0)
    assert [one["f1"] for one in told["labels"]] == pytest.approx(list(each[2]))
    assert [one["support"] for one in told["labels"]] == list(each[3])


def regression(y: NDArray[Any], guesses: NDArray[Any]) -> dict[str, float]:
    return {
        "mae": metrics.mean_absolute_error(y, guesses),
        "rmse": metrics.mean_squared_error(y, guesses) ** 0.5,
        "r2": metrics.r2_score(y, guesses),
    }


def quantiles(values: Sequence[float] | NDArray[Any]) -> Any:  # noqa: ANN401 - pytest's
    found = np.quantile(values, QUANTILES)
    return pytest.approx(dict(zip(map("{:g}".format, QUANTILES), found, strict=True)), rel=1e-5, abs=1e-5)


def test_numbers_are_scored_in_the_units_that_were_uploaded(tmp_path: Path) -> None:
    y = RANDOM.normal(size=ROWS).astype(np.float32)
    outputs = (y + RANDOM.normal(0.1, 0.3, ROWS)).astype(np.float32)[:, None]
    target = NumberTarget(name="price", mean=1e6, std=250.0)
    told = feed(Numbers(target, 1, tmp_path / "spill", ROWS), y, outputs)
    actual, guesses = y.astype(np.float64) * 250 + 1e6, outputs[:, 0].astype(np.float64) * 250 + 1e6
    expected = regression(actual, guesses)
    assert {name: told[name] for name in expected} == pytest.approx(expected, rel=1e-6)
    assert told["residual_quantiles"] == quantiles((y.astype(np.float64) - outputs[:, 0]) * 250)


@pytest.mark.filterwarnings("ignore:invalid value encountered:RuntimeWarning")
def test_quantiles_of_what_is_no_number_have_the_same_names(tmp_path: Path) -> None:
    y = np.zeros(ROWS, np.float32)
    outputs = np.where(np.arange(ROWS) == 7, np.inf, y).astype(np.float32)[:, None]
    told = feed(Numbers(None, 1, tmp_path / "spill", ROWS), y, outputs)["residual_quantiles"]
    assert list(told) == ["0", "0.05", "0.25", "0.5", "0.75", "0.95", "1"]
    assert all(np.isnan(value) for value in told.values())


def test_each_number_of_a_vector_is_scored_and_all_together(tmp_path: Path) -> None:
    y = RANDOM.normal(size=(ROWS, 2)).astype(np.float32)
    outputs = (y + RANDOM.normal(0.1, 0.3, y.shape)).astype(np.float32)
    target = VectorTarget(name="place", names=["x", "y"], means=[0.0, 10.0], stds=[1.0, 5.0])
    told = feed(Numbers(target, 2, tmp_path / "spill", ROWS), y, outputs)
    stds = np.array([1.0, 5.0])
    expected = regression(y * stds, outputs * stds)
    assert {name: told[name] for name in expected} == pytest.approx(expected, rel=1e-6)
    second = told["numbers"][1]
    assert second["name"] == "y"
    assert second["r2"] == pytest.approx(metrics.r2_score(y[:, 1], outputs[:, 1]), rel=1e-6)
    assert second["residual_quantiles"] == quantiles((y - outputs)[:, 1] * 5.0)


def test_a_target_that_never_changes_has_no_r2(tmp_path: Path) -> None:
    y = np.ones(ROWS, np.float32)
    told = feed(Numbers(None, 1, tmp_path / "spill", ROWS), y, y[:, None] * 2)
    assert np.isnan(told["r2"])
    assert told["mae"] == 1


def test_reconstructions_are_told_by_row_with_the_worst(tmp_path: Path) -> None:
    x = RANDOM.random((ROWS, 3, 2)).astype(np.float32)
    outputs = (x + RANDOM.normal(0, 0.2, x.shape)).astype(np.float32)
    told = feed(Reconstruction(None, 0, tmp_path / "spill", ROWS), x, outputs)
    flat, made = x.reshape(ROWS, -1).astype(np.float64), outputs.reshape(ROWS, -1)
    rmse = np.sqrt(np.square(flat - made).mean(axis=1))
    assert told["rmse"] == pytest.approx(metrics.mean_squared_error(flat, made) ** 0.5)
    assert told["mae"] == pytest.approx(metrics.mean_absolute_error(flat, made))
    assert told["row_rmse_quantiles"] == quantiles(rmse)
    assert [one["row"] for one in told["worst"]] == np.argsort(-rmse)[:20].tolist()
