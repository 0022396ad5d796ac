"""The loop against Keras's own `fit`: the same weights to the last bit, or nearly the same with XLA. And what
is exported of them says the same.
"""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import onnxruntime
import pytest
import tensorflow as tf

from core import specs
from core.specs import optimizers
from tests.core.specs.documents import dense, facts, pets, two, words
from tests.core.specs.test_graph import graph
from tests.worker.attempts import files
from worker import data, exporting, feeding, network
from worker.loop import Loop
from worker.watching import Watchers

FLATTEN = {"type": "Flatten"}
SEQUENCES = facts(input_shape=(7, 4), classes=("a", "b"), class_counts=(75, 75), train_rows=150)
PICTURES = facts(input_shape=(8, 8, 3), classes=("a", "b"), class_counts=(75, 75), train_rows=150)
EPOCHS = 3
# Epochs of a training that is to stop early.
LONGEST = 40
PAIR = specs.Facts(
    (specs.InputFacts("left", (4,), "float32"), specs.InputFacts("right", (4,), "float32")),
    (specs.TargetFacts("kind", "class", ("a", "b"), (), (75, 75)), specs.TargetFacts("size", "number")),
    train_rows=150,
    test_rows=40,
)
TOWERS: list[dict[str, Any]] = [
    dense(3, "relu", name="tower", inputs=["left"]),
    {"layer": "tower", "name": "twin", "inputs": ["right"]},
    {"type": "Concatenate", "name": "both", "inputs": ["tower", "twin"]},
    dense(2, "softmax", name="kind", inputs=["both"]),
    dense(1, name="size", inputs=["both"]),
]
COPY = specs.Facts(
    (specs.InputFacts("input", (6,), "float32"),),
    (specs.TargetFacts("input", "reconstruction", (), (6,)),),
    150,
    40,
)
TAGS = specs.Facts(
    (specs.InputFacts("input", (6,), "float32"),),
    (specs.TargetFacts("tags", "multilabel", ("a", "b"), (2,)),),
    150,
    40,
)

Family = tuple[specs.Facts, list[dict[str, Any]]]
FAMILIES: dict[str, Family] = {
    "core, dropout": (pets(), [dense(8, "relu"), {"type": "Dropout", "rate": 0.5}, dense(3)]),
    "normalization": (
        pets(),
        [
            # Without a bias, whose gradient is nothing but rounding here.
            dense(8, use_bias=False),
            {"type": "BatchNormalization"},
            {"type": "ReLU"},
            {"type": "LayerNormalization"},
            dense(3),
        ],
    ),
    "convolutional, pooling": (
        PICTURES,
        [
            {"type": "Conv2D", "filters": 4, "kernel_size": 3, "activation": "relu"},
            {"type": "MaxPooling2D"},
            {"type": "SeparableConv2D", "filters": 4, "kernel_size": 2},
            {"type": "GlobalAveragePooling2D"},
            dense(2),
        ],
    ),
    "preprocessing, transposed, reshaping, activations, wrappers, regularization": (
        PICTURES,
        [
            {"type": "Rescaling", "scale": 0.5},
            {"type": "Conv2DTranspose", "filters": 2, "kernel_size": 2},
            {"type": "ZeroPadding2D"},
            {"type": "PReLU"},
            {"type": "Reshape", "target_shape": [11, 22]},
            {"type": "TimeDistributed", "layer": dense(3)},
            {"type": "GaussianNoise", "stddev": 0.1},
            {"type": "GlobalAveragePooling1D"},
            dense(2),
        ],
    ),
    "recurrent": (
        SEQUENCES,
        [
            {"type": "Bidirectional", "layer": {"type": "LSTM", "units": 3, "return_sequences": True}},
            {"type": "GRU", "units": 3, "dropout": 0.2},
            dense(2),
        ],
    ),
    "embedding, attention": (
        words(train_rows=150),
        [
            {"type": "Embedding", "name": "words", "input_dim": 9, "output_dim": 4},
            {
                "type": "MultiHeadAttention",
                "num_heads": 2,
                "key_dim": 2,
                "name": "heads",
                "inputs": ["words", "words"],
            },
            {"type": "Add", "inputs": ["words", "heads"]},
            FLATTEN,
            dense(3),
        ],
    ),
    "two towers": (PAIR, TOWERS),
    "recurrent with masks": (
        words(train_rows=150),
        [
            {"type": "Embedding", "input_dim": 9, "output_dim": 4, "mask_zero": True},
            {"type": "Bidirectional", "layer": {"type": "LSTM", "units": 3, "return_sequences": True}},
            {"type": "GRU", "units": 3, "go_backwards": True},
            dense(3),
        ],
    ),
    "reconstruction": (COPY, [dense(3, "tanh"), dense(6)]),
    "labels": (TAGS, [dense(4, "relu"), dense(2, "sigmoid")]),
}
TRAININGS: dict[str, dict[str, Any]] = {
    "two towers": {
        "loss_weights": {"kind": 1, "size": 0.5},
        "metrics": {"kind": ["accuracy"], "size": ["mae"]},
    }
}
# Where nothing is drawn at random: XLA draws otherwise. The last two are dense like the towers.
WITHOUT_CHANCE = [
    *("normalization", "convolutional, pooling", "embedding, attention", "two towers", "recurrent with masks")
]


class Case:
    """A job, and two networks for it that begin alike."""

    def __init__(
        self, folder: Path, known: specs.Facts, layers: list[dict[str, Any]], **training: object
    ) -> None:
        # 150 rows in batches of 32: the last has 22.
        outputs = [target.name for target in known.targets] if len(known.targets) > 1 else None
        self.job = graph(known, layers, outputs, shuffle=False, **{"validation_split": 0, **training})
        self.rows = data.Rows(files(folder, known), "train", self.job)
        self.chosen = np.arange(len(self.rows))

    def ours(self, *, xla: bool = False) -> tuple[keras.Model, list[dict[str, float]]]:
        built = self.built()
        loop = Loop(built, self.job.training.batch_size)
        loop.xla = xla
        built._symbolic_build(data_batch=self.rows.batch(self.chosen[:1]))
        calls = [list(loop.train(self.rows, self.chosen))[-1] for _ in range(EPOCHS)]
        assert {steps for steps, _ in calls} == {5}
        built.optimizer.finalize_variable_values(built.trainable_weights)
        assert loop.refusal is None
        assert (loop.compiling is not None) == xla, "a graph's compilation is not XLA's"
        return built, [metrics for _, metrics in calls]

    def theirs(self) -> tuple[keras.Model, list[dict[str, float]]]:
        built = self.built()
        # As a rule it is built within the first step, and then ScheduleFreeAdamW of Keras 3.15 begins anew in
        # every step.
        built.optimizer.build(built.trainable_variables)
        weights = dict(enumerate(self.job.class_weight)) if self.job.class_weight else None
        told = built.fit(
            *self.rows.take(self.chosen), epochs=EPOCHS, shuffle=False, verbose=0, class_weight=weights
        ).history
        return built, [dict(zip(told, values, strict=True)) for values in zip(*told.values(), strict=True)]

    def built(self) -> keras.Model:
        built = network.build(self.job)
        network.compile_network(built, self.job)
        return built


def assert_same(case: Case) -> keras.Model:
    (ours, told), (theirs, history) = case.ours(), case.theirs()
    for one, other in zip(ours.variables, theirs.variables, strict=True):
        assert np.array_equal(one.numpy(), other.numpy()), one.path
    assert told == history
    return ours


def assert_exported(built: keras.Model, rows: data.Rows, chosen: np.ndarray, folder: Path) -> None:
    x, _ = rows.take(chosen)
    exported = exporting.export(built, folder)
    assert set(exported) == {"keras", "onnx"}
    session = onnxruntime.InferenceSession(exported["onnx"])
    named = {
        one.name: part
        for one, part in zip(session.get_inputs(), x if isinstance(x, tuple) else [x], strict=True)
    }
    expected = tf.nest.flatten(built(x, training=False))
    again = tf.nest.flatten(keras.models.load_model(exported["keras"])(x, training=False))
    assert all(np.array_equal(one, other) for one, other in zip(again, expected, strict=True))
    given = session.run(None, named)
    for one, other in zip(given, expected, strict=True):
        np.testing.assert_allclose(one, other.numpy(), rtol=1e-4, atol=1e-5)


# Keras and numpy are not of one mind about how a variable becomes an array.
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_of_layers_gets_the_weights_of_fit_and_its_exports_say_the_same(
    family: str, tmp_path: Path
) -> None:
    known, layers = FAMILIES[family]
    case = Case(tmp_path, known, layers, deterministic=True, **TRAININGS.get(family, {}))
    assert_exported(assert_same(case), case.rows, case.chosen[:20], tmp_path)


@pytest.mark.parametrize("name", list(optimizers.FAMILY.members))
def test_every_optimizer_gets_the_weights_of_fit(name: str, tmp_path: Path) -> None:
    assert_same(Case(tmp_path, pets(), [dense(5, "tanh"), dense(3)], optimizer={"type": name}))


@pytest.mark.parametrize(
    "training",
    [
        {"class_weight": {"0": 2.5}},
        {"clip_norm": 0.1},
        {"optimizer": {"type": "SGD", "use_ema": True, "gradient_accumulation_steps": 2}},
        {"learning_rate_schedule": {"type": "CosineDecay", "initial_learning_rate": 0.1, "decay_steps": 9}},
    ],
    ids=str,
)
def test_every_way_of_training_gets_the_weights_of_fit(training: dict[str, Any], tmp_path: Path) -> None:
    assert_same(Case(tmp_path, two(), [dense(4, "relu"), dense(1, "sigmoid")], **training))


@pytest.mark.parametrize("family", WITHOUT_CHANCE)
def test_xla_gets_nearly_the_losses_and_predictions_of_fit(family: str, tmp_path: Path) -> None:
    case = Case(tmp_path, *FAMILIES[family], **TRAININGS.get(family, {}))
    (ours, told), (theirs, history) = case.ours(xla=True), case.theirs()
    for one, other in zip(told, history, strict=True):
        assert one["loss"] == pytest.approx(other["loss"], rel=1e-4)
    x, _ = case.rows.take(case.chosen)
    outputs = [tf.nest.flatten(built(x, training=False)) for built in (ours, theirs)]
    for one, other in zip(*outputs, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-4 * np.abs(other).max())


def test_early_stopping_with_the_best_weights_put_back_gets_the_weights_of_fit(tmp_path: Path) -> None:
    stopping = {"monitor": "val_loss", "patience": 2, "restore_best": True}
    training = {"optimizer": {"type": "Adam", "learning_rate": 0.1}, "early_stopping": stopping}
    case = Case(tmp_path, pets(), [dense(16, "relu"), dense(3)], validation_split=0.2, **training)
    (ours, told), (theirs, history) = stopped(case), stopped_by_fit(case)
    assert told == history
    assert len(told) < LONGEST
    best = min(range(len(told)), key=lambda epoch: told[epoch]["val_loss"])
    assert best < len(told) - 1, "else nothing is put back"
    for one, other in zip(ours.variables, theirs.variables, strict=True):
        assert np.array_equal(one.numpy(), other.numpy()), one.path


def stopped(case: Case) -> tuple[keras.Model, list[dict[str, float]]]:
    """As a trainer does it."""
    built = case.built()
    loop, watchers = Loop(built, case.job.training.batch_size), Watchers(built, case.job.training)
    built._symbolic_build(data_batch=case.rows.batch(case.chosen[:1]))
    train, held = data.divide(len(case.rows), case.job)
    history: list[dict[str, float]] = []
    while len(history) < LONGEST and not watchers.stopped:
        *_, (_, metrics) = loop.train(case.rows, train)
        metrics |= {f"val_{name}": value for name, value in loop.evaluate(case.rows, held).items()}
        history.append(metrics)
        watchers.epoch_ended(len(history), metrics)
    watchers.training_ended()
    return built, history


def stopped_by_fit(case: Case) -> tuple[keras.Model, list[dict[str, float]]]:
    built = case.built()
    built.optimizer.build(built.trainable_variables)
    callback = keras.callbacks.EarlyStopping("val_loss", patience=2, restore_best_weights=True)
    told = built.fit(
        *case.rows.take(case.chosen),
        epochs=LONGEST,
        validation_split=0.2,
        shuffle=False,
        verbose=0,
        callbacks=[callback],
    ).history
    return built, [dict(zip(told, values, strict=True)) for values in zip(*told.values(), strict=True)]


def test_evaluation_by_xla_is_nearly_that_of_the_graph(tmp_path: Path) -> None:
    case = Case(tmp_path, *FAMILIES["recurrent with masks"])
    built = case.built()
    loop = Loop(built, case.job.training.batch_size)
    loop.xla = True
    built._symbolic_build(data_batch=case.rows.batch(case.chosen[:1]))
    list(loop.train(case.rows, case.chosen))
    # The first one compiles the graph, the second is measured, and the third is by XLA, for so many more.
    graph, again, xla = (loop.evaluate(case.rows, case.chosen, again=10**6) for _ in range(3))
    assert graph == again
    assert xla == pytest.approx(graph, rel=1e-4)
    assert sum(kind == "test" for _, kind, *_ in loop._compiled) == 2


def test_what_is_streamed_gets_the_same_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeding, "RESIDENT_BYTES", 0)
    case = Case(tmp_path, *FAMILIES["core, dropout"])
    monkeypatch.setattr(feeding, "PIECE_BYTES", 70 * case.rows.row_bytes)
    assert_same(case)


def test_what_xla_does_not_compile_is_trained_as_a_graph(tmp_path: Path) -> None:
    turned = [{"type": "RandomRotation", "factor": 0.1}, {"type": "GlobalMaxPooling2D"}, dense(2)]
    case = Case(tmp_path, PICTURES, turned)
    built = case.built()
    loop = Loop(built, case.job.training.batch_size)
    loop.xla = True
    built._symbolic_build(data_batch=case.rows.take(case.chosen[:1]))
    steps = [step for step, _ in loop.train(case.rows, case.chosen)]
    assert steps == sorted(set(steps))
    assert (steps[0] > 0, steps[-1]) == (True, 5)
    assert loop.refusal
    assert loop.compiling is None
    assert int(built.optimizer.iterations) == 5
