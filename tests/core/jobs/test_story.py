from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from core import jobs
from core.db import Database
from core.errors import InvalidRequestError
from core.jobs import story
from core.tables import Epoch, Job, LogLine, Transition
from tests.core import things

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


def tell(session: Session, job: Job, cursor: jobs.Cursor | None = None) -> list[jobs.Event]:
    """Everything after the cursor, as a reader who comes back until there is no more."""
    told: list[jobs.Event] = []
    cursor = cursor or jobs.Cursor()
    while more := list(jobs.events(session, job, cursor)):
        told += more
        cursor = more[-1].cursor
    return told


def write(session: Session, job: Job, moved: list[int], epochs: list[int], lines: list[int]) -> None:
    """A story whose parts happened so many seconds after its beginning."""
    session.execute(sa.delete(Transition))
    at = [[BEGIN + timedelta(seconds=second) for second in seconds] for seconds in (moved, epochs, lines)]
    rows: list[object] = [
        Transition(job_id=job.id, number=number, status="queued", at=when)
        for number, when in enumerate(at[0], 1)
    ]
    rows += [
        Epoch(job_id=job.id, epoch=number, attempt=1, metrics={}, learning_rate=None, seconds=1, at=when)
        for number, when in enumerate(at[1], 1)
    ]
    rows += [
        LogLine(job_id=job.id, number=number, attempt=1, line=str(number), at=when)
        for number, when in enumerate(at[2], 1)
    ]
    session.add_all(rows)
    session.flush()


def test_an_epoch_is_written_once_and_the_latest_is_the_jobs(database: Database) -> None:
    with database.writing() as session:
        lease = things.start(session)
        jobs.add_epoch(session, lease, things.epoch(1, loss=1.0), None)
        jobs.add_epoch(session, lease, things.epoch(2, loss=0.5), {"sha256": "c" * 64, "epoch": 2})
        job = jobs.give_back(session, lease, reason="draining")
        claimed = things.claim(session, "w2")
        assert claimed is not None
        jobs.add_epoch(session, claimed[1], things.epoch(2, loss=0.7), None)
        assert job.metrics == {"loss": 0.5}
        assert job.checkpoint == {"sha256": "c" * 64, "epoch": 2}
        jobs.add_epoch(session, claimed[1], things.epoch(3, loss=0.4), None)
    with database.reading() as session:
        job = session.get_one(Job, job.id)
        found = jobs.epochs(session, job, after=0, limit=10)
        assert [(one.epoch, one.attempt, one.metrics["loss"]) for one in found] == [
            (1, 1, 1.0),
            (2, 1, 0.5),
            (3, 2, 0.4),
        ]
        assert job.metrics == {"loss": 0.4}


def test_epochs_and_lines_come_after_a_number_and_within_a_limit(database: Database) -> None:
    with database.writing() as session:
        lease = things.start(session)
        job = session.get_one(Job, lease.job_id)
        for number in range(1, 6):
            jobs.add_epoch(session, lease, things.epoch(number), None)
        jobs.add_lines(session, lease, ["a", "b", "c", "d", "e"])
        assert [one.epoch for one in jobs.epochs(session, job, after=2, limit=2)] == [3, 4]
        assert [one.line for one in jobs.lines(session, job, after=3, limit=9)] == ["d", "e"]
        assert jobs.lines(session, job, after=5, limit=9) == []


def test_lines_are_numbered_over_all_attempts(database: Database) -> None:
    with database.writing() as session:
        lease = things.start(session)
        jobs.add_lines(session, lease, ["a", "b"])
        jobs.add_lines(session, lease, [])
        job = jobs.give_back(session, lease, reason="draining")
        claimed = things.claim(session, "w2")
        assert claimed is not None
        jobs.add_lines(session, claimed[1], ["c"])
        told = [jobs.describe_line(line) for line in jobs.lines(session, job, after=0, limit=9)]
    assert [(one["number"], one["line"], one["attempt"]) for one in told] == [
        (1, "a", 1),
        (2, "b", 1),
        (3, "c", 2),
    ]


def test_a_full_log_says_so_and_takes_no_more(database: Database) -> None:
    with database.writing() as session:
        lease = things.start(session)
        job = session.get_one(Job, lease.job_id)
        jobs.add_lines(session, lease, ["x"] * (story.MOST_LOG_LINES - 1))
        jobs.add_lines(session, lease, ["y", "z"])
        jobs.add_lines(session, lease, ["z"])
        session.flush()
        last = jobs.lines(session, job, after=story.MOST_LOG_LINES - 2, limit=9)
    assert [line.line for line in last] == ["x", "… (the log is full)"]


@pytest.mark.parametrize(
    ("printed", "kept"),
    [
        ("x" * 5000, "x" * 2000),
        ("a\0b", "a\N{REPLACEMENT CHARACTER}b"),
        ("half \ud83e", "half ?"),
        ("whole 🦉 \x1b[1m", "whole 🦉 \x1b[1m"),
        ("", ""),
    ],
)
def test_whatever_is_printed_is_kept_as_a_database_can(database: Database, printed: str, kept: str) -> None:
    with database.writing() as session:
        lease = things.start(session)
        jobs.add_lines(session, lease, [printed])
    with database.reading() as session:
        assert session.scalars(sa.select(LogLine.line)).all() == [kept]


def test_the_story_of_a_job_is_told_in_order(database: Database) -> None:
    with database.writing() as session:
        lease = things.start(session)
        jobs.add_lines(session, lease, ["begins"])
        for number in (1, 2):
            jobs.add_epoch(session, lease, things.epoch(number), None)
        jobs.add_lines(session, lease, ["ends"])
        job = jobs.succeed(session, lease)
        told = tell(session, job)
    assert [event.kind for event in told] == ["status", "status", "log", "epoch", "epoch", "log", "status"]
    assert [str(event.cursor) for event in told] == [
        "1-0-0",
        "2-0-0",
        "2-0-1",
        "2-1-1",
        "2-2-1",
        "2-2-2",
        "3-2-2",
    ]
    assert told[1].data["worker"] == "w1"
    assert told[3].data["metrics"] == {"loss": 1.0}
    assert told[-1].data["status"] == "succeeded"


def test_what_is_not_known_of_a_transition_is_left_out(database: Database) -> None:
    with database.writing() as session:
        first = tell(session, things.submit(session))[0]
    assert set(first.data) == {"status", "at"}


def test_a_story_longer_than_a_batch_is_told_to_its_end_in_order(database: Database) -> None:
    """The end of a job that printed much comes after what it printed."""
    many = 2 * story.BATCH + 7
    with database.writing() as session:
        job = things.submit(session)
        write(session, job, [0, 1, many + 3], [many + 2], list(range(2, many + 2)))
        told = tell(session, job)
    assert [event.kind for event in told] == ["status"] * 2 + ["log"] * many + ["epoch", "status"]
    assert all(before.at <= after.at for before, after in pairwise(told))


@pytest.mark.parametrize(
    "wrong", ["", "1", "1-2", "1-2-3-4", "a-b-c", "-1-2-3", "1-2-3\n", "1-2-9999999999", "1-2-\u0663"]
)
def test_an_id_that_is_not_of_the_stream_is_refused(wrong: str) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        jobs.Cursor.parse(wrong)
    assert [fault.pointer for fault in caught.value.faults] == ["#/headers/Last-Event-ID"]


numbers = st.integers(0, 999_999_999)


@given(numbers, numbers, numbers)
def test_a_cursor_reads_what_it_wrote(transitions: int, epochs: int, lines: int) -> None:
    cursor = jobs.Cursor(transitions, epochs, lines)
    assert jobs.Cursor.parse(str(cursor)) == cursor


# Seconds at which something of a kind happened. A clock may be set back: they are not sorted.
moments = st.lists(st.integers(0, 9), max_size=7)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moved=moments, epochs=moments, lines=moments, batch=st.integers(1, 4), data=st.data())
def test_a_reader_who_comes_back_gets_the_rest_with_no_gap_and_no_repeat(
    sqlite_database: Database,
    moved: list[int],
    epochs: list[int],
    lines: list[int],
    batch: int,
    data: st.DataObject,
) -> None:
    with sqlite_database.reading() as session, pytest.MonkeyPatch.context() as patch:
        patch.setattr(story, "BATCH", batch)
        job = things.submit(session)
        write(session, job, moved, epochs, lines)
        told = tell(session, job)
        counts = {kind: sum(event.kind == kind for event in told) for kind in ("status", "epoch", "log")}
        assert counts == {"status": len(moved), "epoch": len(epochs), "log": len(lines)}
        if told:
            at = data.draw(st.integers(0, len(told) - 1))
            assert tell(session, job, jobs.Cursor.parse(str(told[at].cursor))) == told[at + 1 :]
        if all(seconds == sorted(seconds) for seconds in (moved, epochs, lines)):
            assert all(before.at <= after.at for before, after in pairwise(told))


@pytest.fixture
def sqlite_database(sqlite_url: str) -> Iterator[Database]:
    database = Database(sqlite_url)
    yield database
    database.close()
