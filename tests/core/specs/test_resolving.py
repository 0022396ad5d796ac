"""From a spec and a data set to a job with nothing left to guess."""

import json
import subprocess
import sys

import pytest

from core import specs
from core.specs.layers import AUGMENTATIONS, LAYERS
from tests.core.specs.documents import (
    DIGITS,
    dense,
    document,
    labels,
    number,
    pets,
    resolved,
    two,
    vector,
)

FLATTEN = {"type": "Flatten"}
SOFTMAX = {"type": "Softmax"}


def test_everything_is_written_out_and_survives_json() -> None:
    job = resolved(
        DIGITS,
        {"type": "Conv2D", "filters": 4, "kernel_size": 3, "kernel_regularizer": "l2"},
        FLATTEN,
        dense(10),
        optimizer={"type": "sgd", "momentum": 0.9},
        learning_rate_schedule={"type": "CosineDecay", "initial_learning_rate": 0.1, "decay_steps": 100},
        early_stopping={"patience": 3},
        reduce_on_plateau=None,
        class_weight="balanced",
        augment=[{"type": "RandomFlip"}],
    )
    written = json.loads(json.dumps(job.model_dump(mode="json")))
    assert specs.Resolved.model_validate(written) == job
    assert specs.Resolved.model_validate_json(job.model_dump_json()).sha256 == job.sha256
    assert written["layers"][0]["kernel_regularizer"] == {"type": "L2", "l2": 0.01}
    assert [layer["name"] for layer in written["layers"]] == ["conv2d", "flatten", "dense"]
    assert written["training"]["optimizer"]["learning_rate"]["type"] == "CosineDecay"


def test_resolving_is_a_function_of_its_arguments_alone() -> None:
    spec = specs.parse(document(FLATTEN, dense(10)))
    before = spec.model_dump_json()
    assert specs.resolve(spec, DIGITS) == specs.resolve(spec, DIGITS)
    assert spec.model_dump_json() == before
    assert (
        specs.resolve(spec, DIGITS).sha256
        != specs.resolve(specs.parse(document(FLATTEN, dense(11))), DIGITS).sha256
    )


def test_the_hash_is_the_same_in_another_process() -> None:
    code = "from tests.core.specs.documents import *; print(resolved(pets(), dense(3)).sha256)"
    other = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.strip()
    assert other == resolved(pets(), dense(3)).sha256


def test_specs_come_without_tensorflow() -> None:
    code = (
        "import sys; from core import specs; assert not {'keras', 'tensorflow', 'numpy'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_two_hundred_layers_are_no_trouble() -> None:
    job = resolved(DIGITS, FLATTEN, *[dense(50, "relu")] * 199, dense(10))
    assert len(specs.summarize(job).layers) == 201
    assert job.layers[199].name == "dense_198"


@pytest.mark.parametrize(
    ("known", "layers", "loss", "logits", "encoding"),
    [
        (pets(), [dense(3, "softmax")], "SparseCategoricalCrossentropy", False, "index"),
        (pets(), [dense(3), SOFTMAX], "SparseCategoricalCrossentropy", False, "index"),
        (
            pets(),
            [dense(3), {"type": "Activation", "activation": "softmax"}],
            "SparseCategoricalCrossentropy",
            False,
            "index",
        ),
        (pets(), [dense(3)], "SparseCategoricalCrossentropy", True, "index"),
        (pets(), [dense(3, "sigmoid")], "SparseCategoricalCrossentropy", False, "index"),
        (pets(), [dense(5)], "SparseCategoricalCrossentropy", True, "index"),
        (
            pets(),
            [dense(3, "softmax"), {"type": "Dropout", "rate": 0.1}],
            "SparseCategoricalCrossentropy",
            False,
            "index",
        ),
        (two(), [dense(1, "sigmoid")], "BinaryCrossentropy", False, "binary"),
        (two(), [dense(1)], "BinaryCrossentropy", True, "binary"),
        (two(), [dense(2)], "SparseCategoricalCrossentropy", True, "index"),
        (number(), [dense(1)], "MeanSquaredError", None, "value"),
        (vector(), [dense(3, "sigmoid")], "MeanSquaredError", None, "value"),
    ],
)
def test_a_loss_is_found_by_target_and_ending(
    known: specs.Facts, layers: list[object], loss: str, logits: object, encoding: str
) -> None:
    job = resolved(known, *layers)
    assert type(job.outputs[0].loss).__name__ == loss
    assert getattr(job.outputs[0].loss, "from_logits", None) is logits
    assert job.outputs[0].encoding == encoding


SEQUENCES = {"input_shape": (4, 6)}
SIMPLE = {"type": "SimpleRNN", "units": 3}
CELL = {"type": "SimpleRNNCell", "units": 3}
POOLED = {"output_size": 2}


@pytest.mark.parametrize(
    ("layers", "ending"),
    [
        ([{"type": "RNN", "cell": CELL | {"activation": "softmax"}}], "softmax"),
        ([{"type": "RNN", "cell": {"type": "LSTMCell", "units": 3}}], "linear"),
        (
            [
                {
                    "type": "RNN",
                    "cell": {
                        "type": "StackedRNNCells",
                        "cells": [CELL, CELL | {"activation": "sigmoid"}],
                    },
                }
            ],
            "sigmoid",
        ),
        ([dense(3, "softmax"), {"type": "AdaptiveAveragePooling1D"} | POOLED, FLATTEN], "softmax"),
        ([dense(3, "softmax"), {"type": "AdaptiveMaxPooling1D"} | POOLED, FLATTEN], "linear"),
        ([{"type": "TimeDistributed", "layer": dense(3, "softmax")}, FLATTEN], "softmax"),
        ([FLATTEN, {"type": "SpectralNormalization", "layer": dense(3, "softmax")}], "softmax"),
    ],
)
def test_the_activation_of_an_output_is_that_of_what_is_inside(layers: list[object], ending: str) -> None:
    assert resolved(pets(**SEQUENCES), *layers).outputs[0].ending == ending


@pytest.mark.parametrize(
    ("activation", "merge_mode", "ending"),
    [
        ("softmax", "concat", "linear"),
        ("softmax", "sum", "linear"),
        ("softmax", "mul", "linear"),
        ("softmax", "ave", "softmax"),
        ("sigmoid", "concat", "sigmoid"),
        ("sigmoid", "sum", "linear"),
        ("sigmoid", "mul", "sigmoid"),
        ("sigmoid", "ave", "sigmoid"),
    ],
)
def test_what_two_directions_make_together_may_be_no_probability(
    activation: str, merge_mode: str, ending: str
) -> None:
    both = {"type": "Bidirectional", "layer": SIMPLE | {"activation": activation}, "merge_mode": merge_mode}
    assert resolved(pets(**SEQUENCES), both).outputs[0].ending == ending


def test_two_directions_of_different_activations_end_in_neither() -> None:
    back = SIMPLE | {"activation": "sigmoid", "go_backwards": True}
    both = {"type": "Bidirectional", "layer": SIMPLE, "backward_layer": back, "merge_mode": "ave"}
    assert resolved(pets(**SEQUENCES), both).outputs[0].ending == "linear"


@pytest.mark.parametrize(
    ("said", "activation", "logits"),
    [
        ("categorical_crossentropy", "softmax", False),
        ("categorical_crossentropy", None, True),
        ({"type": "CategoricalCrossentropy", "label_smoothing": 0.1}, None, True),
        ({"type": "CategoricalCrossentropy", "from_logits": False}, None, False),
        ({"type": "CategoricalCrossentropy", "from_logits": True}, "softmax", True),
    ],
)
def test_logits_are_inferred_unless_the_loss_says(
    said: object, activation: str | None, logits: object
) -> None:
    job = resolved(pets(), dense(3, activation), loss=said)
    assert job.outputs[0].loss.from_logits is logits
    assert job.outputs[0].encoding == "one_hot"


def test_metrics_that_compare_rows_make_auto_choose_one_hot_classes() -> None:
    job = resolved(pets(), dense(3, "softmax"), metrics=["accuracy", "AUC", "f1_score"])
    assert job.outputs[0].encoding == "one_hot"
    assert [metric.name for metric in job.outputs[0].metrics] == ["accuracy", "AUC", "f1_score"]
    assert type(job.outputs[0].metrics[0]).__name__ == "CategoricalAccuracy"


@pytest.mark.parametrize(
    ("known", "layers", "training", "expected"),
    [
        (pets(), [dense(3)], {}, [("SparseCategoricalAccuracy", "accuracy")]),
        (pets(), [dense(3)], {"loss": "categorical_hinge"}, [("CategoricalAccuracy", "accuracy")]),
        (two(), [dense(1)], {"metrics": ["acc"]}, [("BinaryAccuracy", "acc")]),
        (number(), [dense(1)], {}, [("MeanAbsoluteError", "mean_absolute_error")]),
        (labels(), [dense(3)], {"loss": "bce"}, [("BinaryAccuracy", "binary_accuracy")]),
        (pets(), [dense(3)], {"metrics": []}, []),
        (
            number(),
            [dense(1)],
            {"metrics": ["mse", {"type": "R2Score"}]},
            [("MeanSquaredError", "mse"), ("R2Score", "r2_score")],
        ),
        (
            two(),
            [dense(1)],
            {"metrics": [{"type": "Recall"}, {"type": "Recall"}]},
            [("Recall", "recall"), ("Recall", "recall_1")],
        ),
    ],
)
def test_metrics_are_chosen_and_named_as_keras_does(
    known: specs.Facts, layers: list[object], training: dict[str, object], expected: list[tuple[str, str]]
) -> None:
    chosen = resolved(known, *layers, **training).outputs[0].metrics
    assert [(type(metric).__name__, metric.name) for metric in chosen] == expected


def test_half_is_a_logit_of_zero() -> None:
    (accuracy,) = resolved(two(), dense(1)).outputs[0].metrics
    assert accuracy.threshold == 0.0
    (accuracy,) = resolved(two(), dense(1, "sigmoid")).outputs[0].metrics
    assert accuracy.threshold == 0.5


@pytest.mark.parametrize(
    ("training", "monitor", "mode"),
    [
        ({"early_stopping": {}}, "val_loss", "min"),
        ({"early_stopping": {}, "validation_split": 0}, "loss", "min"),
        ({"early_stopping": {"monitor": "val_accuracy"}}, "val_accuracy", "max"),
        ({"early_stopping": {"monitor": "accuracy", "mode": "min"}}, "accuracy", "min"),
    ],
)
def test_early_stopping_watches_what_is_there(training: dict[str, object], monitor: str, mode: str) -> None:
    stop = resolved(pets(), dense(3), **training).training.early_stopping
    assert (stop.monitor, stop.mode) == (monitor, mode)


@pytest.mark.parametrize(
    ("asked", "weights"),
    [
        ("balanced", (1000 / 1800, 1000 / 900, 1000 / 300)),
        ({"dog": 2, "2": 0}, (1.0, 2.0, 0.0)),
        (None, None),
    ],
)
def test_classes_are_weighed_by_name_or_number(asked: object, weights: object) -> None:
    assert resolved(pets(), dense(3), class_weight=asked).class_weight == weights


def test_a_clip_becomes_the_optimizer_s() -> None:
    assert resolved(pets(), dense(3), clip_norm=1).training.optimizer.global_clipnorm == 1.0


@pytest.mark.parametrize(
    ("rows", "split", "parts"),
    [(1000, 0.1, (900, 100)), (5, 0.1, (4, 1)), (7, 0, (7, 0)), (10, 0.25, (7, 3))],
)
def test_rows_are_split_as_keras_splits_them(rows: int, split: float, parts: tuple[int, int]) -> None:
    assert specs.split_rows(rows, split) == parts


def test_a_summary_counts_what_a_hand_would() -> None:
    job = resolved(DIGITS, FLATTEN, dense(128, "relu"), dense(10), SOFTMAX, batch_size=32)
    summary = specs.summarize(job)
    assert [layer.parameters for layer in summary.layers] == [0, 784 * 128 + 128, 128 * 10 + 10, 0]
    assert summary.multiply_adds == 784 * 128 + 128 * 10
    assert summary.parameters == summary.trainable_parameters == 101_770
    # Weights, gradients and Adam's two averages; every output for 32 rows, and one gradient of the widest.
    assert summary.memory_bytes == 4 * (101_770 * 4 + 32 * (784 + 128 + 10 + 10 + 784))


def test_the_catalogue_tells_every_layer_s_arguments() -> None:
    known = specs.layer_types()
    assert known["Conv2D"]["description"] == "Slides a kernel over pictures."
    assert known["Conv2D"]["properties"]["padding"]["enum"] == ["valid", "same"]
    assert known["Dense"]["required"] == ["units"]
    assert known.keys() == LAYERS.members.keys() | AUGMENTATIONS.members.keys()
    json.dumps(known, allow_nan=False)
    json.dumps(specs.JobSpec.model_json_schema(), allow_nan=False)
