import io

import pytest
from rich.console import Console

from fittingroom.client import Client
from fittingroom.follow import follow
from tests.fittingroom.rooms import Room, written_event

JOB = "/v1/jobs/job_1"
RUNNING = written_event(2, "status", status="running", attempt=1, worker="w1")
PROGRESS = written_event(
    3,
    "progress",
    epoch=1,
    epochs=12,
    step=5,
    steps=45,
    eta_seconds=62.4,
    metrics={"loss": 2.25, "accuracy": None},
)
EPOCH = written_event(
    4, "epoch", epoch=1, metrics={"loss": 0.123456, "val_loss": 0.5}, learning_rate=0.001, seconds=0.84
)


def followed(room: Room, *parts: bytes, terminal: bool = False, **job: object) -> tuple[int, str]:
    """The exit code, and what was printed about a job that ends as `job` says."""
    room.answer("GET", JOB, {"id": "job_1", "status": "running"})
    room.answer("GET", JOB, {"id": "job_1", **job})
    room.stream(f"{JOB}/events", *parts, written_event(99, "end", status=job["status"]))
    console = Console(file=io.StringIO(), force_terminal=terminal, width=200)
    with Client() as client:
        code = follow(client, "job_1", console)
    assert isinstance(console.file, io.StringIO)
    return code, console.file.getvalue()


def test_each_epoch_is_a_plain_line_when_nobody_looks_at_a_terminal(room: Room) -> None:
    log = written_event(5, "log", line="loaded [bold]weights[/bold]")
    model = {"name": "digits", "version": 3}
    code, printed = followed(room, RUNNING, PROGRESS, EPOCH, log, status="succeeded", model=model)
    assert code == 0
    assert printed == (
        "running on w1\n"
        "epoch  1/12  loss 0.1235  val_loss 0.5  0.8 s\n"
        "  loaded [bold]weights[/bold]\n"
        "job_1 succeeded: digits version 3\n"
    )


def test_a_terminal_has_a_bar_below_with_the_step_the_metrics_and_the_time_left(room: Room) -> None:
    code, printed = followed(room, RUNNING, PROGRESS, terminal=True, status="succeeded")
    assert code == 0
    for told in ("epoch 1/12", "step 5/45", "loss 2.25", "accuracy -", "0:01:02 left"):
        assert told in printed


def test_the_place_in_the_queue_is_told_once_for_each_change(room: Room) -> None:
    for position, reason in ((2, None), (2, None), (1, None), (1, "no worker has a GPU")):
        room.answer("GET", JOB, {"status": "queued", "queue": {"position": position, "reason": reason}})
    _, printed = followed(room, RUNNING, status="succeeded")
    assert printed.startswith(
        "queued, place 2\nqueued, place 1\nqueued, place 1: no worker has a GPU\nrunning on w1\n"
    )


def test_a_failure_is_told_with_what_may_help(room: Room) -> None:
    error = {"code": "nan_loss", "message": "The loss is not a number.", "hint": "Lower the learning rate."}
    code, printed = followed(room, status="failed", error=error)
    assert code == 1
    assert printed == "job_1 failed\nThe loss is not a number. (nan_loss)\nLower the learning rate.\n"


def test_a_cancelled_job_is_no_success(room: Room) -> None:
    code, printed = followed(room, status="cancelled")
    assert (code, printed) == (1, "job_1 cancelled\n")


def test_a_lost_worker_is_told_and_the_next_attempt_too(room: Room) -> None:
    parts = (
        RUNNING,
        written_event(3, "status", status="queued", reason="worker_lost"),
        written_event(4, "status", status="running", attempt=2, worker="w2"),
    )
    _, printed = followed(room, *parts, status="succeeded")
    assert "back in the queue: worker_lost\nrunning on w2, attempt 2\n" in printed


@pytest.mark.parametrize("terminal", [False, True])
@pytest.mark.parametrize("event", ["status", "progress", "epoch", "log", "something new"])
def test_an_event_that_says_less_than_expected_does_no_harm(room: Room, event: str, terminal: bool) -> None:
    assert followed(room, written_event(1, event), status="succeeded", terminal=terminal)[0] == 0
