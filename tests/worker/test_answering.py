"""A worker's predictions for others: a real broker in between, and a real predictor behind."""

import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import keras
import numpy as np
import psutil
import pytest

from core import queue
from core.artifacts import Artifacts
from core.config import Settings
from core.predictions.line import Line
from core.predictions.messages import Message
from tests.fittingroom.waiting import wait_until
from worker.answering import Answering

# Keras's own, when it saves.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

ROWS = np.random.default_rng(3).random((600, 4), np.float32)
WORDS = np.random.default_rng(3).integers(0, 9, (600, 3)).astype(np.int32)


class Office:
    """Somebody who asks, and who answers."""

    def __init__(self, broker_url: str, artifacts: Artifacts) -> None:
        settings = Settings(broker_url=broker_url)
        self.artifacts = artifacts
        celery = queue.connect(broker_url, 60)
        self.line = Line(lambda: celery)
        self.answering = Answering(artifacts, celery, settings, threading.Event())
        self.answering.start()

    def keep(self, network: keras.Model, folder: Path) -> str:
        path = folder / "network.keras"
        network.save(path)
        return self.artifacts.keep(path)

    def ask(self, sha256: str, *arrays: np.ndarray, seconds: float = 60) -> Message:
        return self.line.ask(Message({"keras": sha256}, arrays), seconds)

    @property
    def predictor(self) -> psutil.Process:
        own = self.answering._predictor
        assert own is not None
        return psutil.Process(own._child.pid)


@pytest.fixture
def office(broker_url: str, artifacts: Artifacts) -> Iterator[Office]:
    made = Office(broker_url, artifacts)
    yield made
    made.answering.stop()
    assert made.answering._predictor is None
    made.line.close()


def two_of_each() -> keras.Model:
    words, columns = keras.Input((3,), dtype="int32", name="words"), keras.Input((4,), name="columns")
    flat = keras.layers.Flatten()(keras.layers.Embedding(9, 2)(words))
    both = keras.layers.Concatenate()([columns, flat])
    ends = [keras.layers.Dense(2, name="zeta")(both), keras.layers.Dense(1, name="alpha")(both)]
    return keras.Model([columns, words], ends)


def test_a_worker_answers_what_keras_answers_and_names_what_it_cannot(office: Office, tmp_path: Path) -> None:
    network = two_of_each()
    sha256 = office.keep(network, tmp_path)
    for count in (600, 1, 300):
        answer = office.ask(sha256, ROWS[:count], WORDS[:count])
        expected = [output.numpy() for output in network([ROWS[:count], WORDS[:count]])]
        assert [array.shape for array in answer.arrays] == [(count, 2), (count, 1)]
        for one, other in zip(answer.arrays, expected, strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)
    strange = WORDS.copy()
    strange[[411, 500], 1] = 9
    assert office.ask(sha256, ROWS, strange).told == {"refused": 411}
    assert office.ask(sha256, ROWS[:1], WORDS[:1]).arrays
    broken = tmp_path / "broken"
    broken.write_bytes(b"no network")
    assert "failed" in office.ask(office.artifacts.keep(broken), ROWS).told
    assert office.ask("0" * 64, ROWS).told.keys() == {"lost"}


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_a_predictor_that_dies_or_hangs_is_replaced(office: Office, tmp_path: Path, number: int) -> None:
    sha256 = office.keep(keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)]), tmp_path)
    office.ask(sha256, ROWS)
    process = office.predictor
    process.send_signal(number)
    assert "lost" in office.ask(sha256, ROWS, seconds=3).told
    wait_until(lambda: not process.is_running())
    assert office.ask(sha256, ROWS).arrays


def test_a_predictor_that_nobody_asks_goes(office: Office, tmp_path: Path) -> None:
    office.answering.idle_seconds = 0.0
    sha256 = office.keep(keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)]), tmp_path)
    assert office.ask(sha256, ROWS).arrays
    wait_until(lambda: office.answering._predictor is None)
    assert office.ask(sha256, ROWS).arrays
