"""Trainers in their own processes, forked from a warm one as in a worker."""

import zipfile
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from core import specs
from tests.core.specs.documents import DIGITS, dense, facts, number, pets, resolved, two, words
from tests.worker.attempts import attempt, run
from worker import devices
from worker.attempt import Begun, EpochDone, Failed, Planned, Progress, Scored, Trained

EPOCHS = 4
DROPOUT = {"type": "Dropout", "rate": 0.5}
SEQUENCES = facts(input_shape=(7, 4), classes=("a", "b"), class_counts=(50, 50), train_rows=150)
PICTURES = facts(input_shape=(8, 8, 3), classes=("a", "b"), class_counts=(50, 50), train_rows=150)
CONV = {"type": "Conv2D", "filters": 4, "kernel_size": 3, "activation": "relu"}
CASES: dict[str, tuple[specs.Facts, list[dict[str, Any]], dict[str, Any]]] = {
    "dropout and a schedule": (
        pets(),
        [dense(8, "relu"), DROPOUT, dense(3)],
        {"learning_rate_schedule": {"type": "CosineDecay", "initial_learning_rate": 0.1, "decay_steps": 15}},
    ),
    "normalizations and augmentation": (
        PICTURES,
        [
            {"type": "Normalization"},
            CONV,
            {"type": "BatchNormalization"},
            {"type": "Flatten"},
            dense(2, "softmax"),
        ],
        {"augment": [{"type": "RandomFlip"}, {"type": "RandomRotation", "factor": 0.1}]},
    ),
    "recurrent with dropout": (
        SEQUENCES,
        [{"type": "LSTM", "units": 4, "dropout": 0.2, "recurrent_dropout": 0.2}, dense(2)],
        {"optimizer": {"type": "SGD", "learning_rate": 0.1, "momentum": 0.9}, "class_weight": "balanced"},
    ),
    "words": (
        words(),
        [{"type": "Embedding", "input_dim": 99, "output_dim": 4}, {"type": "GRU", "units": 4}, dense(3)],
        {"optimizer": "rmsprop", "clip_norm": 0.5},
    ),
    "early stopping and a plateau": (
        two(),
        [dense(8, "relu"), DROPOUT, dense(1, "sigmoid")],
        {
            "early_stopping": {"monitor": "val_loss", "patience": 2, "restore_best": True},
            "reduce_on_plateau": {"monitor": "loss", "patience": 0, "min_delta": 0.5},
        },
    ),
    "an average of the weights": (
        number(),
        [dense(8, "relu"), dense(1)],
        {"optimizer": {"type": "AdamW", "use_ema": True, "gradient_accumulation_steps": 2}},
    ),
    "half precision": (pets(), [dense(8, "relu"), DROPOUT, dense(3)], {"precision": "mixed_float16"}),
}


def weights(path: str) -> dict[str, np.ndarray]:
    found: dict[str, np.ndarray] = {}
    with zipfile.ZipFile(path) as archive, h5py.File(archive.open("model.weights.h5")) as file:
        file["layers"].visititems(
            lambda name, item: found.update({name: item[()]}) if isinstance(item, h5py.Dataset) else None
        )
    assert found
    return found


@pytest.mark.parametrize("name", CASES)
def test_a_resumed_attempt_ends_as_an_undisturbed_one(name: str, tmp_path: Path) -> None:
    known, layers, training = CASES[name]
    job = resolved(known, *layers, deterministic=True, epochs=EPOCHS, **training)
    whole = attempt(tmp_path, known, job)
    reports, code = run("worker.trainer", whole)
    assert code == 0, reports
    done = [report for report in reports if isinstance(report, EpochDone)]
    end = reports[-1]
    assert isinstance(reports[0], Begun)
    assert isinstance(end, Trained)
    assert set(end.files) == {"keras", "onnx"}
    first = weights(end.files["keras"])
    middle = attempt(tmp_path, known, job, number=2, checkpoint=done[1].checkpoint, plan=reports[0].plan)
    resumed, code = run("worker.trainer", middle)
    assert code == 0, resumed
    again = [report for report in resumed if isinstance(report, EpochDone)]
    assert [report.report["epoch"] for report in again] == [done.report["epoch"] for done in done[2:]]
    assert [told(one) for one in again] == [told(one) for one in done[2:]]
    assert isinstance(resumed[-1], Trained)
    second = weights(resumed[-1].files["keras"])
    assert first.keys() == second.keys()
    for variable, value in first.items():
        assert np.array_equal(value, second[variable]), variable


def told(done: EpochDone) -> dict[str, Any]:
    return {name: value for name, value in done.report.items() if name != "seconds"}


def test_a_trained_network_is_scored_on_the_test_split(tmp_path: Path) -> None:
    known = pets()
    job = resolved(known, dense(16, "relu"), dense(3, "softmax"), epochs=30)
    asked = attempt(tmp_path, known, job)
    trained = run("worker.trainer", asked)[0][-1]
    assert isinstance(trained, Trained)
    arrays = {name: path for name, path in asked.arrays.items() if name.endswith("_test")}
    scoring = attempt(tmp_path, known, job, initial=trained.files["keras"])
    scoring.arrays.clear()
    scoring.arrays.update(arrays | {"onnx": trained.files["onnx"]})
    scored = run("worker.scorer", scoring)[0][-1]
    assert isinstance(scored, Scored)
    matrix = np.array(scored.test["confusion_matrix"])
    assert matrix.sum() == 40
    assert scored.test["accuracy"] == pytest.approx(matrix.trace() / 40)
    assert scored.parity["agrees"]
    assert scored.parity["rows"] == 40
    assert scored.parity["max_difference"] < 1e-5


def test_weights_can_begin_where_another_model_ended(tmp_path: Path) -> None:
    known = pets()
    job = resolved(known, dense(3), epochs=1)
    first = run("worker.trainer", attempt(tmp_path, known, job))[0][-1]
    assert isinstance(first, Trained)
    kept = tmp_path / "first"  # an artifact has no ending
    kept.write_bytes(Path(first.files["keras"]).read_bytes())
    still = resolved(known, dense(3), epochs=1, optimizer={"type": "SGD", "learning_rate": 0.0})
    second = run("worker.trainer", attempt(tmp_path, known, still, initial=str(kept)))[0][-1]
    assert isinstance(second, Trained)
    before, after = weights(str(kept)), weights(second.files["keras"])
    assert all(np.array_equal(value, after[name]) for name, value in before.items())


def test_a_loss_that_is_no_number_is_a_failure_with_its_epoch(tmp_path: Path) -> None:
    known = number()
    job = resolved(known, dense(8), dense(1), optimizer={"type": "SGD", "learning_rate": 1e20})
    reports, code = run("worker.trainer", attempt(tmp_path, known, job))
    assert code == 0
    failed = reports[-1]
    assert isinstance(failed, Failed)
    assert failed.code == "nan_loss"
    assert "epoch 1" in failed.message
    assert not any(isinstance(report, EpochDone) for report in reports)


def test_what_breaks_in_a_trainer_is_told_and_no_crash(tmp_path: Path) -> None:
    known = pets()
    broken = attempt(tmp_path, known, resolved(known, dense(3)), checkpoint=str(tmp_path / "gone.npz"))
    reports, code = run("worker.trainer", broken)
    assert code == 0
    assert isinstance(reports[-1], Failed)
    assert reports[-1].code == "internal"
    assert "gone.npz" in reports[-1].message


def test_a_plan_that_xla_refuses_after_all_goes_on_as_a_graph(tmp_path: Path) -> None:
    turned = {"type": "RandomRotation", "factor": 0.1}
    job = resolved(PICTURES, turned, {"type": "GlobalMaxPooling2D"}, dense(2), epochs=2)
    plan = devices.plan(job, 1) | {"mode": "xla", "settled": True}
    reports, code = run("worker.trainer", attempt(tmp_path, PICTURES, job, plan=plan))
    assert code == 0
    assert isinstance(reports[-1], Trained), reports[-1]
    (planned,) = (report.plan for report in reports if isinstance(report, Planned))
    assert (planned["mode"], planned["settled"]) == ("graph", True)
    assert "XLA does not compile it" in planned["why"]


def test_progress_tells_epoch_step_and_time_left(tmp_path: Path) -> None:
    job = resolved(DIGITS, {"type": "Flatten"}, dense(10), epochs=2)
    reports, _ = run("worker.trainer", attempt(tmp_path, DIGITS, job))
    last = [report.progress for report in reports if isinstance(report, Progress)][-1]
    assert last["epoch"] == last["epochs"] == 2
    assert last["step"] == last["steps"] == 5
    assert last["eta_seconds"] == 0
    assert set(last["metrics"]) == {"loss", "accuracy", "val_loss", "val_accuracy"}
