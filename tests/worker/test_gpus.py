"""Which job has which GPU. There is none here: these are names."""

import threading

import pytest
import structlog

from core.config import Settings
from tests.worker.attempts import run
from worker import gpus
from worker.attempt import Survey, Surveyed
from worker.gpus import Gpus


def test_each_job_has_a_gpu_of_its_own() -> None:
    pool = Gpus(("a", "b"), 1)
    assert (len(pool), pool.most) == (2, 2)
    first = pool.take(1)
    assert pool.most == 1
    assert {*first, *pool.take(1)} == {"a", "b"}
    assert pool.most == 0
    pool.give_back(first)
    assert pool.take(1) == first


def test_jobs_share_a_gpu_before_they_break_into_another() -> None:
    pool = Gpus(("a", "b", "c"), 2)
    pair = pool.take(2)
    [third] = {"a", "b", "c"} - {*pair}
    assert [pool.take(1), pool.take(1)] == [(third,), (third,)]
    assert pool.most == 0
    pool.give_back(pair)
    assert pool.most == 2
    assert pool.take(1) == pool.take(1), "both on one, and the other stays whole"
    assert pool.most == 1


def test_a_gpu_with_room_is_not_a_whole_one() -> None:
    pool = Gpus(("a",), 2)
    held = pool.take(1)
    assert pool.most == 1
    pool.give_back(held)
    assert pool.take(0) == ()
    assert Gpus((), 1).most == 0


def test_however_many_take_at_once_no_gpu_has_more_jobs_than_it_may() -> None:
    pool = Gpus(("a", "b"), 3)
    taken: list[str] = []
    threads = [threading.Thread(target=lambda: taken.extend(pool.take(1))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == [*"aaabbb"]


def test_what_tensorflow_does_not_see_is_no_gpu() -> None:
    """On a machine without any: a worker that is told of some has none all the same."""
    assert run("worker.survey", Survey("0,1")) == ([Surveyed(())], 0)


def test_why_no_gpu_is_found_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gpus, "SURVEY_SECONDS", 0)
    with structlog.testing.capture_logs() as logs:
        assert len(gpus.find(Settings(queues="cpu,gpu", gpus="0,1"))) == 0
    (told,) = logs
    assert (told["event"], told["log_level"]) == ("worker.gpus", "warning")
    assert told["why"] == "it took more than 0 seconds to look for them"


def test_gpus_that_are_lost_are_given_to_nobody() -> None:
    pool = Gpus(("a", "b"), 1)
    held = pool.take(1)
    pool.lose()
    pool.give_back(held)
    assert (len(pool), pool.most) == (0, 0)


def test_a_worker_that_takes_no_jobs_for_gpus_looks_for_none() -> None:
    assert len(gpus.find(Settings(queues="cpu", gpus="0"))) == 0
