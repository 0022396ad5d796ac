"""The line to the workers, over a real Valkey."""

import threading
import time
from collections.abc import Iterator

import numpy as np
import pytest
from celery import Celery

from core import queue
from core.errors import TooLargeError, UnavailableError
from core.predictions import line, messages
from core.predictions.line import Line
from core.predictions.messages import Message

ROWS = np.arange(6, dtype=np.float32).reshape(3, 2)


@pytest.fixture
def asks(broker_url: str) -> Iterator[Line]:
    celery = queue.connect(broker_url, 60)
    made = Line(lambda: celery)
    made._client().flushall()
    yield made
    made.close()
    celery.close()


def test_a_message_arrives_as_it_was_sent() -> None:
    arrays = [ROWS, np.array([[[1], [-2]]], np.int32), np.zeros((0, 4), np.float32)]
    found = Message.unpack(Message({"keras": "é"}, arrays).pack())
    assert found.told == {"keras": "é"}
    assert [array.dtype for array in found.arrays] == [array.dtype for array in arrays]
    assert all(np.array_equal(one, other) for one, other in zip(found.arrays, arrays, strict=True))


def test_what_is_too_large_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "MOST_BYTES", 23)
    with pytest.raises(TooLargeError, match="max_prediction_bytes"):
        Message({}, [ROWS]).pack()


def test_who_asks_gets_the_answer_to_what_they_asked(asks: Line) -> None:
    def answer() -> None:
        for _ in range(8):
            request = asks.take()
            assert request is not None
            assert 0 < request.seconds <= 10
            asks.answer(request, Message({}, [request.message.arrays[0] * 2]))

    worker = threading.Thread(target=answer)
    worker.start()
    answers: dict[int, Message] = {}

    def ask(number: int) -> None:
        answers[number] = asks.ask(Message({}, [ROWS + number]), 10)

    askers = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for one in askers:
        one.start()
    for one in (*askers, worker):
        one.join()
    assert all(np.array_equal(answers[number].arrays[0], (ROWS + number) * 2) for number in range(8))
    assert asks._client().keys() == []


def test_who_is_not_answered_is_told_in_time_and_leaves_nothing(asks: Line) -> None:
    began = time.monotonic()
    with pytest.raises(UnavailableError, match="No worker answered"):
        asks.ask(Message({}, [ROWS]), 0.3)
    assert 0.2 < time.monotonic() - began < 2
    # A worker that comes too late does not work for nobody.
    assert asks.take(0.1) is None
    assert asks._client().keys() == []


def test_more_than_a_few_do_not_wait(asks: Line) -> None:
    asks._client().rpush(line.WAITING, *map(str, range(line.MOST_WAITING)))
    with pytest.raises(UnavailableError, match="busy") as caught:
        asks.ask(Message({}, [ROWS]), 5)
    assert caught.value.retry_after_seconds > 0


@pytest.mark.parametrize("url", ["redis+socket:///nowhere/valkey.sock", "redis://127.0.0.1:1/0"])
def test_a_broker_that_is_away_is_told_quickly(url: str) -> None:
    celery: Celery = queue.connect(url, 60)
    began = time.monotonic()
    with pytest.raises(UnavailableError, match="broker"):
        Line(lambda: celery).ask(Message({}, [ROWS]), 5)
    assert time.monotonic() - began < 2


@pytest.mark.parametrize("refused", [(0,), (6,), (3, 4), (0, 6), tuple(range(7))])
def test_the_first_row_that_is_refused_is_found(refused: tuple[int, ...]) -> None:
    looks: list[tuple[int, int]] = []

    def takes(first: int, last: int) -> bool:
        looks.append((first, last))
        return not any(first <= row < last for row in refused)

    assert messages.first_refused(7, takes) == min(refused)
    assert len(looks) <= 3
