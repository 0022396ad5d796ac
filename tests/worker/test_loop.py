"""The compiled loop against Keras's own `fit`, and every layer's way into ONNX."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import onnxruntime
import pytest

from core import specs
from core.specs import activations
from tests.core.specs.documents import dense, pets, resolved, two
from tests.core.specs.test_graph import graph
from tests.worker.attempts import files
from tests.worker.test_network import FLATTEN, LAYER_CASES, PICTURES, SEQUENCES, rows_for
from worker import data, exporting, network
from worker.loop import Loop

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
JOBS: dict[str, tuple[specs.Facts, list[dict[str, Any]], dict[str, Any]]] = {
    "dense": (pets(), [dense(8, "relu"), {"type": "Dropout", "rate": 0.5}, dense(3)], {}),
    "weighed classes": (two(), [dense(4, "relu"), dense(1, "sigmoid")], {"class_weight": {"0": 2.5}}),
    "recurrent": (SEQUENCES, [{"type": "GRU", "units": 4}, dense(2)], {"optimizer": "rmsprop"}),
    "two towers": (
        PAIR,
        TOWERS,
        {"loss_weights": {"kind": 1, "size": 0.5}, "metrics": {"kind": ["accuracy"], "size": ["mae"]}},
    ),
    "reconstruction": (COPY, [dense(3, "tanh"), dense(6)], {}),
    "labels": (TAGS, [dense(4, "relu"), dense(2, "sigmoid")], {}),
}


# Keras and numpy are not of one mind about how a variable becomes an array.
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
@pytest.mark.parametrize("name", JOBS)
def test_weights_are_those_of_fit_to_the_last_bit(name: str, tmp_path: Path) -> None:
    known, layers, training = JOBS[name]
    # 150 rows in batches of 32: the last has 22.
    outputs = [target.name for target in known.targets] if len(known.targets) > 1 else None
    job = graph(known, layers, outputs, shuffle=False, validation_split=0, **training)
    rows = data.Rows(files(tmp_path, known), "train", job)
    chosen, _ = data.divide(len(rows), job)

    ours = network.build(job)
    network.compile_network(ours, job)
    loop = Loop(ours, job.training.batch_size)
    few = chosen[:1]
    ours._symbolic_build(data_batch=rows.take(few))
    for _ in range(2):
        steps = [step for step, _ in loop.train(rows, chosen)]
    assert steps[-1] == 5
    measured = loop.metrics()

    theirs = network.build(job)
    network.compile_network(theirs, job)
    weights = dict(enumerate(job.class_weight)) if job.class_weight else None
    history = theirs.fit(*rows.take(chosen), epochs=2, shuffle=False, verbose=0, class_weight=weights)
    for one, other in zip(ours.variables, theirs.variables, strict=True):
        assert np.array_equal(one.numpy(), other.numpy()), one.path
    assert measured == {metric: values[-1] for metric, values in history.history.items()}
    _says_the_same_in_onnx(ours, rows, chosen[:20], tmp_path)


def _says_the_same_in_onnx(built: keras.Model, rows: data.Rows, chosen: np.ndarray, folder: Path) -> None:
    x = rows.take(chosen)[0]
    session = onnxruntime.InferenceSession(exporting.export(built, folder)["onnx"])
    named = {
        one.name: part
        for one, part in zip(session.get_inputs(), x if isinstance(x, tuple) else [x], strict=True)
    }
    expected = built(x, training=False)
    given = session.run(None, named)
    for one, other in zip(given, expected if isinstance(expected, tuple) else [expected], strict=True):
        np.testing.assert_allclose(one, other.numpy(), rtol=1e-4, atol=1e-5)


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


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
@pytest.mark.parametrize("kind", [*LAYER_CASES, "Conv2D in groups"])
def test_a_layer_says_the_same_in_onnx(kind: str, tmp_path: Path) -> None:
    known, arguments = LAYER_CASES.get(kind) or (PICTURES, {"filters": 6, "kernel_size": 3, "groups": 3})
    kind = kind.partition(" ")[0]
    job = resolved(
        known, {"type": kind, **arguments}, FLATTEN, dense(len(known.targets[0].classes), "softmax")
    )
    built = network.build(job)
    rows, _ = rows_for(job, known)
    expected = built(rows, training=False).numpy()
    exported = exporting.export(built, tmp_path)
    assert set(exported) == {"keras", "onnx"}
    session = onnxruntime.InferenceSession(exported["onnx"], providers=["CPUExecutionProvider"])
    (given,) = session.run(None, {session.get_inputs()[0].name: rows})
    np.testing.assert_allclose(given, expected, rtol=1e-4, atol=1e-5)
    again = keras.models.load_model(exported["keras"])
    assert np.array_equal(again(rows, training=False).numpy(), expected)


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
@pytest.mark.parametrize("activation", sorted(activations.NAMES))
def test_an_activation_says_the_same_in_onnx(activation: str, tmp_path: Path) -> None:
    known = pets()
    job = resolved(known, dense(4, activation), dense(3, "softmax"))
    built = network.build(job)
    rows, _ = rows_for(job, known)
    expected = built(rows, training=False).numpy()
    session = onnxruntime.InferenceSession(
        exporting.export(built, tmp_path)["onnx"], providers=["CPUExecutionProvider"]
    )
    (given,) = session.run(None, {session.get_inputs()[0].name: rows})
    np.testing.assert_allclose(given, expected, rtol=1e-4, atol=1e-5)
