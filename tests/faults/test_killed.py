"""Killed with `kill -9` in the middle of a job: it ends well without help, and as if nothing had happened."""

from collections.abc import Callable
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


def _wait(stack: Up, job_id: str) -> dict[str, Any]:
    """The job once it has ended, after a service that was killed is back."""
    wait_until(stack.healthy, 30)
    with stack.client() as client:
        return client.wait(job_id)
