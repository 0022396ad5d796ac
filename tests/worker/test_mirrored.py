"""A trainer on two devices, which are TensorFlow's logical CPUs here, against one on a single device."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from core import specs
from tests.core.specs.documents import dense, pets, resolved, two, words
from tests.core.specs.test_graph import graph
from tests.worker.attempts import attempt, run
from tests.worker.test_equality import PAIR, TOWERS
from tests.worker.test_trainer import PICTURES, told, weights
from worker import data, devices, saved
from worker.attempt import Attempt, Begun, EpochDone, Planned, Trained

# 120 rows to train on, 30 to validate on: batches of 17 cannot be halved, and one row is left over.
CASES: dict[str, tuple[specs.Facts, list[dict[str, Any]], dict[str, Any]]] = {
    "several inputs and outputs": (
        PAIR,
        TOWERS,
        {"loss_weights": {"kind": 1, "size": 0.5}, "metrics": {"kind": ["accuracy"], "size": ["mae"]}},
    ),
    "class weights, accumulated gradients, early stopping, a plateau": (
        two(),
        [dense(8, "relu", kernel_regularizer="L2"), dense(1, "sigmoid")],
        {
            "batch_size": 17,
            "class_weight": {"0": 2.5},
            "metrics": ["accuracy", "auc"],
            "optimizer": {
                "type": "AdamW",
                "global_clipnorm": 0.05,
                "gradient_accumulation_steps": 2,
                "use_ema": True,
            },
            "early_stopping": {"monitor": "val_loss", "patience": 1, "restore_best": True, "min_delta": 0.01},
            "reduce_on_plateau": {"monitor": "loss", "patience": 0, "min_delta": 0.5},
        },
    ),
    # Its gradient is a list of rows, and this optimizer does something more than most.
    "words": (
        words(),
        [
            {"type": "Embedding", "input_dim": 9, "output_dim": 4},
            {"type": "GlobalAveragePooling1D"},
            dense(3),
        ],
        {"batch_size": 17, "optimizer": {"type": "Nadam", "clipnorm": 0.1}},
    ),
}


def on_two(asked: specs.Resolved) -> dict[str, Any]:
    return devices.plan(asked, 1) | {"devices": 2, "settled": True}


def train(asked: Attempt) -> tuple[list[EpochDone], Trained]:
    reports, code = run("worker.trainer", asked)
    assert code == 0, reports
    assert isinstance(reports[0], Begun)
    assert reports[0].environment["devices"] == (asked.plan or {"devices": 1})["devices"]
    assert isinstance(reports[-1], Trained), reports[-1]
    return [report for report in reports if isinstance(report, EpochDone)], reports[-1]


@pytest.mark.parametrize("name", CASES)
def test_two_devices_train_as_one_does(name: str, tmp_path: Path) -> None:
    known, layers, training = CASES[name]
    outputs = [target.name for target in known.targets] if len(known.targets) > 1 else None
    job = graph(known, layers, outputs, **{"validation_split": 0.2, "epochs": 4, **training})
    asked = attempt(tmp_path, known, job)
    rows = data.Rows(asked.arrays, "train", job)
    few, _ = rows.take(np.arange(20))
    both = []
    for plan in (None, on_two(job)):
        epochs, end = train(attempt(tmp_path, known, job, plan=plan))
        assert set(end.files) == {"keras", "onnx"}
        both.append((epochs, tf.nest.flatten(saved.load(end.files["keras"])(few, training=False))))
    (one_by_one, alone), (epochs, together) = both
    assert len(epochs) == len(one_by_one)
    for one, other in zip(one_by_one, epochs, strict=True):
        assert other.report["metrics"] == pytest.approx(one.report["metrics"], rel=1e-4)
        assert other.report["learning_rate"] == one.report["learning_rate"]
    for left, right in zip(alone, together, strict=True):
        np.testing.assert_allclose(left, right, rtol=1e-4, atol=1e-5)


def test_two_devices_go_on_after_a_checkpoint_as_if_undisturbed(tmp_path: Path) -> None:
    layers = [
        {"type": "Normalization"},
        {"type": "Conv2D", "filters": 2, "kernel_size": 3},
        {"type": "BatchNormalization"},
        {"type": "Flatten"},
        {"type": "Dropout", "rate": 0.5},
        dense(2, "softmax"),
    ]
    job = resolved(
        PICTURES,
        *layers,
        deterministic=True,
        epochs=3,
        validation_split=0.2,
        augment=[{"type": "RandomFlip"}],
    )
    plan = on_two(job)
    epochs, end = train(attempt(tmp_path, PICTURES, job, plan=plan))
    first = weights(end.files["keras"])
    assert keras.models.load_model(end.files["keras"]).optimizer.iterations.numpy() == 3 * 4
    resumed, end = train(
        attempt(tmp_path, PICTURES, job, plan=plan, number=2, checkpoint=epochs[0].checkpoint)
    )
    assert [told(one) for one in resumed] == [told(one) for one in epochs[1:]]
    second = weights(end.files["keras"])
    assert all(np.array_equal(value, second[name]) for name, value in first.items())


@pytest.mark.parametrize("precision", ["mixed_float16", "mixed_bfloat16"])
def test_half_precision_trains_in_each_way(precision: str, tmp_path: Path) -> None:
    job = resolved(pets(), dense(8, "relu"), dense(3), precision=precision, epochs=2, batch_size=17)
    losses = []
    settled = devices.plan(job, 1) | {"settled": True}
    for plan in (settled, settled | {"mode": "xla"}, on_two(job)):
        reports, _ = run("worker.trainer", attempt(tmp_path, pets(), job, plan=plan))
        assert isinstance(reports[-1], Trained), reports[-1]
        assert not any(isinstance(report, Planned) for report in reports), "XLA refused"
        losses.append([one.report["metrics"]["loss"] for one in reports if isinstance(one, EpochDone)])
    # Its numbers have two or three digits.
    near = 5e-3 if precision == "mixed_float16" else 2e-2
    assert losses[1] == pytest.approx(losses[0], rel=near)
    assert losses[2] == pytest.approx(losses[0], rel=near)
