import time

import psutil
import pytest
from celery import Celery

from core import queue
from tests import servers
from tests.core import things

QUICKLY = 1.0


@pytest.mark.parametrize(
    ("accelerator", "queues"), [("any", ("cpu", "gpu")), ("cpu", ("cpu",)), ("gpu", ("gpu",))]
)
def test_a_nudge_arrives_on_the_queues_of_who_can_run_the_job(
    celery: Celery, accelerator: str, queues: tuple[str, ...]
) -> None:
    assert queue.nudge(celery, queue.queues_for(accelerator))
    for name in queue.ACCELERATORS:
        found = things.messages(celery, name)
        assert len(found) == (name in queues)
        for message in found:
            assert message.headers["task"] == queue.TASK
            assert message.headers["expires"] is not None


def test_a_nudge_says_nothing_about_a_job(celery: Celery) -> None:
    queue.nudge(celery, ["cpu"])
    (message,) = things.messages(celery, "cpu")
    args, kwargs, _ = message.payload
    assert (args, kwargs) == ([], {})


def test_a_queue_that_no_worker_reads_does_not_grow_for_ever(celery: Celery) -> None:
    for _ in range(queue.MOST_UNREAD + 20):
        assert queue.nudge(celery, ["gpu"])
    assert len(things.messages(celery, "gpu")) == queue.MOST_UNREAD


def test_a_broker_that_was_never_there_is_noticed_quickly() -> None:
    celery = queue.connect("redis+socket:///nowhere/valkey.sock", 60)
    before = time.monotonic()
    assert not queue.nudge(celery, ["cpu", "gpu"])
    assert time.monotonic() - before < QUICKLY


def test_a_broker_that_refuses_is_noticed_quickly() -> None:
    celery = queue.connect("redis://127.0.0.1:1/0", 60)
    before = time.monotonic()
    assert not queue.nudge(celery, ["cpu", "gpu"])
    assert time.monotonic() - before < QUICKLY


def test_a_broker_that_goes_is_noticed_quickly_and_one_that_says_nothing_is_not_waited_for_long() -> None:
    with servers.broker() as url:
        celery = queue.connect(url, 60)
        assert queue.nudge(celery, ["cpu"])
        (server,) = [one for one in psutil.Process().children() if f"{url[15:]}" in " ".join(one.cmdline())]
        server.suspend()
        before = time.monotonic()
        assert not queue.nudge(celery, ["cpu", "gpu"])
        assert time.monotonic() - before < 8
        server.resume()
        assert queue.nudge(celery, ["cpu"])
    before = time.monotonic()
    assert not queue.nudge(celery, ["cpu", "gpu"])
    assert time.monotonic() - before < QUICKLY


def test_a_broker_that_comes_back_is_found_again() -> None:
    with servers.broker() as url:
        celery = queue.connect(url, 60)
        assert queue.nudge(celery, ["cpu"])
        with celery.connection_for_write() as connection:
            client = connection.default_channel.client
            client.client_kill_filter(skipme=False, _type="normal")
        assert queue.nudge(celery, ["cpu"]) or queue.nudge(celery, ["cpu"])
