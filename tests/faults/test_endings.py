"""Jobs that do not end well: each says why, and the worker lives on."""

import time

from fittingroom.client import Client
from tests.faults import jobs
from tests.stacks import Up


def test_a_running_job_is_cancelled_within_two_seconds_and_keeps_its_metrics(
    stack: Up, client: Client
) -> None:
    job_id = client.submit(jobs.digits(epochs=500))["id"]
    jobs.wait_for_epoch(client, job_id, 2)
    began = time.monotonic()
    client.cancel(job_id)
    job = client.wait(job_id)
    assert time.monotonic() - began < 2
    assert job["status"] == "cancelled"
    assert job["metrics"]["accuracy"] > 0
    assert jobs.epochs(client, job_id)
    assert not stack.trainers()


def test_a_queued_job_is_cancelled_at_once(client: Client) -> None:
    running = client.submit(jobs.digits(epochs=500))["id"]
    jobs.wait_for_epoch(client, running, 1)
    queued = client.submit(jobs.digits())["id"]
    assert client.job(queued)["queue"]["position"] == 1
    client.cancel(queued)
    assert client.job(queued)["status"] == "cancelled"
    client.cancel(running)
    client.wait(running)


def test_a_cancelled_job_is_tried_again_from_its_last_checkpoint(client: Client) -> None:
    job_id = client.submit(jobs.digits())["id"]
    jobs.wait_for_epoch(client, job_id, 6)
    client.cancel(job_id)
    client.wait(job_id)
    client.retry(job_id)
    job = client.wait(job_id)
    assert job["status"] == "succeeded"
    assert jobs.epochs(client, job_id) == list(range(1, jobs.EPOCHS + 1))
    lines = client.page(f"/v1/jobs/{job_id}/logs", limit=100)["data"]
    assert any("going on after epoch" in line["line"] for line in lines)


def test_a_job_past_its_time_limit_fails_with_its_code(client: Client) -> None:
    job = client.wait(client.submit(jobs.digits(epochs=500) | {"limits": {"max_seconds": 2}})["id"])
    assert job["status"] == "failed"
    assert job["error"]["code"] == "time_limit"
    assert job["error"]["retryable"]


def test_a_network_that_diverges_fails_with_a_hint(client: Client) -> None:
    dense = [{"type": "Flatten"}, {"type": "Dense", "units": 64}, {"type": "Dense", "units": 10}]
    wild = jobs.digits(*dense, optimizer={"type": "SGD", "learning_rate": 1e30}, loss="auto")
    job = client.wait(client.submit(wild)["id"])
    assert job["status"] == "failed"
    assert job["error"]["code"] == "nan_loss"
    assert "learning rate" in job["error"]["hint"]
    assert not job["error"]["retryable"]


def test_a_training_that_needs_more_memory_than_there_is_fails_alone(stack: Up, client: Client) -> None:
    worker = stack.child("-m worker").pid
    # Its parameters are few, and what it keeps for one step of all rows is more than the slot's limit.
    large = [
        {"type": "Conv2D", "filters": 4096, "kernel_size": 1, "activation": "relu"},
        {"type": "GlobalAveragePooling2D"},
        {"type": "Dense", "units": 10, "activation": "softmax"},
    ]
    job = client.wait(client.submit(jobs.digits(*large, batch_size=1_000_000, epochs=1))["id"])
    assert job["status"] == "failed", job
    assert job["error"]["code"] == "out_of_memory"
    assert "batch_size" in job["error"]["hint"]
    assert stack.child("-m worker").pid == worker
    after = client.wait(client.submit(jobs.digits(epochs=1))["id"])
    assert after["status"] == "succeeded"
