"""`Client.fit` on a real stack: Keras models, specs, and what is wrong with either."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from sklearn import datasets

from fittingroom import fitting
from fittingroom.client import Client
from fittingroom.errors import InputError, JobError
from tests.docs.pages import fences
from tests.stacks import Up, running

X, Y = datasets.load_diabetes(return_X_y=True)
X = X * 20
HIGH = (Y > 140).astype(int)
DENSE = [{"type": "Dense", "units": 1}]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    with running(tmp_path_factory.mktemp("fit") / "home") as up:
        yield up


@pytest.fixture
def room(stack: Up) -> Iterator[Client]:
    with stack.client() as client:
        yield client


def asked(trained: keras.Model, rows: object) -> object:
    return trained.predict(rows, batch_size=500, verbose=0)


def test_a_compiled_model_comes_back_trained_and_is_kept_by_the_service(
    room: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    found = datasets.load_digits()
    x, y = (found.images * 15).astype(np.uint8), found.target
    model = keras.Sequential(
        [
            keras.Input((8, 8)),
            keras.layers.Rescaling(1 / 255),
            keras.layers.Flatten(),
            keras.layers.Dense(32, activation="relu"),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"])
    history, trained = room.fit(
        model,
        x[:1400],
        y[:1400],
        epochs=4,
        validation_split=0.1,
        validation_data=(x[1400:], y[1400:]),
        class_weight={3: 2.0},
        name="digits",
        verbose=1,
    )
    assert "epoch 4/4" in capsys.readouterr().out
    assert (history.epoch, history.name, history.version) == ([0, 1, 2, 3], "digits", 1)
    assert history.history.keys() == {"loss", "accuracy", "val_loss", "val_accuracy"}
    assert all(len(values) == 4 for values in history.history.values())
    optimizer = history.job["resolved"]["training"]["optimizer"]
    assert (optimizer["type"], optimizer["learning_rate"]) == ("Adam", pytest.approx(0.01))
    loss, accuracy = trained.evaluate(x[1400:], y[1400:], verbose=0)
    assert history.test["loss"] == pytest.approx(loss, rel=1e-4)
    assert history.test["accuracy"] == pytest.approx(accuracy)
    assert accuracy > 0.8
    by_room = room.predict("digits", x[:20])["predictions"]
    assert np.allclose(asked(trained, x[:20]), by_room, atol=1e-5)


def test_the_example_of_the_page_works(
    stack: Up, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    [example] = [fence for fence in fences() if fence.kind == "fit"]
    monkeypatch.setenv("FITTINGROOM_URL", stack.url)
    monkeypatch.setenv("FITTINGROOM_TOKEN", stack.token)
    made: dict[str, Any] = {}
    exec(example.text, made)  # noqa: S102 - the page's own example
    assert made["history"].test["accuracy"] > 0.5
    assert len(capsys.readouterr().out.splitlines()) == 3  # and, as this is no terminal, no epochs


@pytest.mark.parametrize("activation", ["linear", "softplus"])
def test_a_model_of_numbers_answers_in_their_own_units(room: Client, activation: str) -> None:
    model = keras.Sequential([keras.layers.Dense(8, "relu"), keras.layers.Dense(1, activation)])
    history, trained = room.fit(model, X, Y, epochs=2, name=activation, verbose=0)
    assert not trained.compiled
    by_room = room.predict(activation, X[:20])["predictions"]
    assert np.allclose(asked(trained, X[:20]), by_room, rtol=1e-4)
    assert 50 < np.mean(by_room) < 300
    assert history.history.keys() == {"loss", "mean_absolute_error"}


def test_several_inputs_and_outputs_go_by_name_or_in_order(room: Client) -> None:
    person, blood = keras.Input((2,), name="person"), keras.Input((8,), name="blood")
    both = keras.layers.Concatenate()([person, blood])
    ends = [
        keras.layers.Dense(1, name="cost")(both),
        keras.layers.Dense(1, activation="sigmoid", name="high")(both),
    ]
    model = keras.Model([person, blood], ends)
    model.compile("adam", loss={"cost": "mse", "high": "binary_crossentropy"})
    x = {"blood": X[:, 2:], "person": X[:, :2]}
    history, trained = room.fit(
        model, [x["person"], x["blood"]], {"cost": Y, "high": HIGH}, epochs=2, name="two", verbose=0
    )
    assert {"loss", "cost_loss", "high_loss"} <= history.history.keys()
    first = {name: array[:9] for name, array in x.items()}
    rows = [{name: array[at].tolist() for name, array in first.items()} for at in range(9)]
    by_room = room.predict("two", rows)["predictions"]
    for name, answers in zip(("cost", "high"), asked(trained, first), strict=True):
        assert np.allclose(answers, [row[name] for row in by_room], rtol=1e-4)
    assert np.isfinite(trained.evaluate(x, {"cost": Y, "high": HIGH}, verbose=0)).all()


PROGRAM = """
import sys
import numpy as np
from sklearn.datasets import load_diabetes
import fittingroom

x, y = load_diabetes(return_X_y=True)
layers = [{"type": "Dense", "units": 2, "activation": "softmax"}]
with fittingroom.Client() as room:
    for epochs in (1, 2):
        history, trained = room.fit(layers, x, y > 140, epochs=epochs, optimizer="sgd")
    assert trained.predict(x).shape == (442, 2)
    assert trained.evaluation["rows"] == 88
    assert trained.save(sys.argv[1]).stat().st_size
    print(history.version, len(list(room.datasets())) - int(sys.argv[2]), "keras" in sys.modules)
"""


def test_a_spec_takes_no_keras_and_the_same_arrays_are_one_data_set(
    room: Client, stack: Up, tmp_path: Path
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path / "a.onnx"), str(len(list(room.datasets())))],
        env={"FITTINGROOM_URL": stack.url, "FITTINGROOM_TOKEN": stack.token},
        capture_output=True,
        text=True,
        check=False,
        timeout=90,
    )
    assert done.stdout == "2 1 False\n", done.stderr


def test_a_network_that_puts_out_what_went_in_needs_no_y(room: Client) -> None:
    model = {"layers": [{"type": "Dense", "units": 4}, {"type": "Dense", "units": 10}]}
    history, trained = room.fit(model, X, options={"test_split": 0})
    assert trained.predict(X[:3]).shape == (3, 10)
    assert history.job["resolved"]["outputs"][0]["encoding"] == "input"


def test_a_training_that_fails_says_why_and_what_may_help(room: Client) -> None:
    with pytest.raises(JobError, match=r"(?s)failed: .*\(nan_loss\).*learning rate") as caught:
        room.fit(DENSE, X, Y, optimizer={"type": "SGD", "learning_rate": 1e9})
    assert caught.value.job["error"]["code"] == "nan_loss"


def test_what_is_no_json_or_no_model_is_refused(room: Client) -> None:
    with pytest.raises(InputError, match="must be JSON"):
        room.fit(DENSE, X, Y, optimizer=keras.optimizers.Adam())
    with pytest.raises(InputError, match="and not int"):
        room.fit(3, X, Y)
    model = keras.Sequential([keras.layers.Dense(10, activation="softmax")])
    with pytest.raises(InputError, match="numbered 0, 1, 2 and so on, and y has 3, 4"):
        room.fit(model, X, HIGH + 3)
    with pytest.raises(InputError, match="by the same names"):
        room.fit(DENSE, {"a": X}, Y, validation_data=(X, Y))


@pytest.mark.parametrize(
    ("y", "loss", "task"),
    [
        (Y, None, None),
        (HIGH * 1.0, "binary_crossentropy", "classification"),
        (HIGH, {"class_name": "MeanSquaredError", "config": {}}, "regression"),
        (np.eye(2)[HIGH], "categorical_crossentropy", None),
        ({"a": HIGH, "b": Y}, "mse", None),
        (None, "mse", "reconstruction"),
    ],
)
def test_the_loss_tells_classes_from_numbers(y: object, loss: object, task: str | None) -> None:
    train, _ = fitting.splits_of(DENSE, (X, y), None)
    assert fitting.task_of(train, loss) == task
