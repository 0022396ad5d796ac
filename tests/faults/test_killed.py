"""Killed with `kill -9` in the middle of a job: it ends well without help, and as if nothing had happened."""

import contextlib
import time
from collections.abc import Callable
from random import Random
from typing import Any

import numpy as np
import psutil
import pytest

from fittingroom.client import Client
from tests.faults import jobs
from tests.fittingroom.waiting import wait_until
from tests.stacks import Up

VICTIMS: dict[str, Callable[[Up], psutil.Process]] = {
    "trainer": lambda up: up.trainers()[0],
    "worker": lambda up: up.child("-m worker"),
    "warm process": lambda up: up.trainers()[0].parent(),
    "service": lambda up: up.child("-m service"),
    # Its data is wiped as well: the embedded broker keeps nothing.
    "broker": lambda up: up.child("valkey-server"),
}


@pytest.fixture(scope="module")
def undisturbed(stack: Up) -> list[np.ndarray]:
    with stack.client() as client:
        job = client.wait(client.submit(jobs.digits())["id"])
        assert job["status"] == "succeeded", job
        assert job["attempt"] == 1
        return jobs.weights(client, job)


@pytest.mark.parametrize("name", VICTIMS)
def test_a_job_survives_what_was_killed_and_ends_with_the_same_weights(
    stack: Up, client: Client, undisturbed: list[np.ndarray], name: str
) -> None:
    submitted = client.submit(jobs.digits())
    jobs.wait_for_epoch(client, submitted["id"], 5)
    trainers = stack.trainers()
    VICTIMS[name](stack).kill()
    if name in {"worker", "warm process"}:
        psutil.wait_procs(trainers, timeout=5)
        assert not [trainer for trainer in trainers if trainer.is_running()]
    job = _wait(stack, submitted["id"])
    assert job["status"] == "succeeded", job
    assert job["attempt"] == (1 if name in {"service", "broker"} else 2), job["transitions"]
    assert jobs.epochs(client, job["id"]) == list(range(1, jobs.EPOCHS + 1))
    again = jobs.weights(client, job)
    assert all((one == other).all() for one, other in zip(undisturbed, again, strict=True))
    wait_until(lambda: not list((stack.home / "scratch").iterdir()), 5)


def test_a_stack_that_was_stopped_in_mid_job_carries_on(
    stack: Up, client: Client, undisturbed: list[np.ndarray]
) -> None:
    submitted = client.submit(jobs.digits())
    jobs.wait_for_epoch(client, submitted["id"], 3)
    # What a service manager sends; the launcher starts it again.
    stack.child("-m worker").terminate()
    job = _wait(stack, submitted["id"])
    assert job["status"] == "succeeded"
    reasons = [moved.get("reason") for moved in job["transitions"]]
    assert "the worker is shutting down" in reasons
    again = jobs.weights(client, job)
    assert all((one == other).all() for one, other in zip(undisturbed, again, strict=True))


def test_a_trainer_that_is_killed_ten_times_ends_as_an_undisturbed_one(stack: Up, client: Client) -> None:
    watched = {
        "early_stopping": {"monitor": "val_accuracy", "patience": 60, "restore_best": True},
        "reduce_on_plateau": {"patience": 2, "factor": 0.7},
        "epochs": 80,
        "validation_split": 0.3,
    }
    undisturbed = client.wait(client.submit(jobs.digits(**watched))["id"])
    submitted = client.submit(jobs.digits(**watched))

    def ended() -> bool:
        return client.job(submitted["id"])["status"] not in {"queued", "running"}

    random, reached = Random(5), 0
    for _ in range(10):
        # An attempt that is lost before it has come any farther is not tried for ever.
        wait_until(lambda: len(jobs.epochs(client, submitted["id"])) > reached or ended(), 60)  # noqa: B023 - waited for at once
        time.sleep(random.uniform(0, 0.2))
        reached = len(jobs.epochs(client, submitted["id"]))
        with contextlib.suppress(psutil.NoSuchProcess, IndexError):  # it is over, or between two attempts
            stack.trainers()[0].kill()
    job = _wait(stack, submitted["id"])
    assert job["status"] == "succeeded", job
    assert job["attempt"] > 5, "it was not disturbed enough to tell"
    told = [jobs.history(client, one["id"]) for one in (undisturbed, job)]
    assert told[0] == told[1]
    assert job["metrics"] == undisturbed["metrics"]
    for one, other in zip(jobs.weights(client, undisturbed), jobs.weights(client, job), strict=True):
        assert (one == other).all()


def _wait(stack: Up, job_id: str) -> dict[str, Any]:
    """The job once it has ended, after a service that was killed is back."""
    wait_until(stack.healthy, 30)
    with stack.client() as client:
        return client.wait(job_id)
