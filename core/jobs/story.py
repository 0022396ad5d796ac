"""What happened to a job: transitions, epochs and log lines, each numbered 1, 2, 3 … without gaps.

The event stream is these three, merged by time. An event's id says how far a reader has got in each
(`2-5-17`: two transitions, five epochs, seventeen lines), so a reader who comes back with the id of the last
event it saw gets the rest: no gap, no repeat, and nothing kept for it meanwhile.
"""

import heapq
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import db
from core.errors import Fault, InvalidRequestError
from core.jobs import lifecycle
from core.tables import Epoch, Job, LogLine, Transition

# What one reading of the story takes at most of each kind.
BATCH = 500
MOST_LOG_LINES = 10_000
MOST_LINE_CHARACTERS = 2_000


def add_epoch(
    session: Session, lease: lifecycle.Lease, report: dict[str, Any], checkpoint: dict[str, Any] | None
) -> None:
    """Writes an epoch, if it is not there yet, and where the next attempt would go on.

    `report` has epoch (1 … N), metrics, learning_rate and seconds.

    Raises:
        LostLeaseError: the job has been given to somebody else, or ended.
    """
    job = lifecycle.held(session, lease)
    epoch = {
        "job_id": job.id,
        "epoch": report["epoch"],
        "attempt": lease.attempt,
        "metrics": report["metrics"],
        "learning_rate": report["learning_rate"],
        "seconds": report["seconds"],
        "at": db.now(session),
    }
    # An epoch that is there already was told by an earlier attempt, and this one repeats it.
    if db.insert_or_nothing(session, Epoch, epoch):
        job.metrics = report["metrics"]
    if checkpoint:
        job.checkpoint = checkpoint
        job.losses = 0


def add_lines(session: Session, lease: lifecycle.Lease, lines: Sequence[str]) -> None:
    """Writes what the training printed, up to a limit.

    Raises:
        LostLeaseError: the job has been given to somebody else, or ended.
    """
    job = lifecycle.held(session, lease)
    last = session.scalar(sa.select(sa.func.max(LogLine.number)).where(LogLine.job_id == job.id)) or 0
    at = db.now(session)
    for number, line in enumerate(lines[: MOST_LOG_LINES - last], last + 1):
        text = "… (the log is full)" if number == MOST_LOG_LINES else _storable(line)
        session.add(LogLine(job_id=job.id, number=number, attempt=lease.attempt, line=text, at=at))


def epochs(session: Session, job: Job, *, after: int, limit: int) -> Sequence[Epoch]:
    """The epochs whose number is above `after`, in order."""
    query = (
        sa.select(Epoch).where(Epoch.job_id == job.id, Epoch.epoch > after).order_by(Epoch.epoch).limit(limit)
    )
    return session.scalars(query).all()


def lines(session: Session, job: Job, *, after: int, limit: int) -> Sequence[LogLine]:
    """The log lines whose number is above `after`, in order."""
    query = (
        sa.select(LogLine)
        .where(LogLine.job_id == job.id, LogLine.number > after)
        .order_by(LogLine.number)
        .limit(limit)
    )
    return session.scalars(query).all()


def recorded(session: Session, job: Job) -> dict[str, int]:
    """How many epochs and log lines there are: a reader knows by it what there is to fetch."""
    counts = sa.select(
        sa.select(sa.func.max(Epoch.epoch)).where(Epoch.job_id == job.id).scalar_subquery(),
        sa.select(sa.func.max(LogLine.number)).where(LogLine.job_id == job.id).scalar_subquery(),
    )
    epochs, lines = session.execute(counts).one()
    return {"epochs": epochs or 0, "lines": lines or 0}


@dataclass(frozen=True)
class Cursor:
    """How much of a job's story has been read."""

    transitions: int = 0
    epochs: int = 0
    lines: int = 0

    def __str__(self) -> str:
        return f"{self.transitions}-{self.epochs}-{self.lines}"

    @classmethod
    def parse(cls, text: str) -> "Cursor":
        """What `str` made.

        Raises:
            InvalidRequestError: it was not made here.
        """
        found = re.fullmatch(r"([0-9]{1,9})-([0-9]{1,9})-([0-9]{1,9})", text)
        if not found:
            detail = "Last-Event-ID is not an id of this stream."
            raise InvalidRequestError(detail, [Fault("#/headers/Last-Event-ID", detail)])
        return cls(*(int(number) for number in found.groups()))


@dataclass(frozen=True)
class Event:
    """One thing that happened, and the cursor after it."""

    kind: str
    at: datetime
    data: dict[str, Any]
    cursor: Cursor


def events(session: Session, job: Job, cursor: Cursor) -> Iterator[Event]:
    """What happened after `cursor`, in order of time; at most a batch of each kind.

    Where a batch is not enough it ends early: only when nothing comes back has everything been told.
    """
    transitions = [
        (moved.at, "status", "transitions", moved.number, describe_transition(moved))
        for moved in _transitions(session, job, cursor.transitions)
    ]
    finished = [
        (epoch.at, "epoch", "epochs", epoch.epoch, describe_epoch(epoch))
        for epoch in epochs(session, job, after=cursor.epochs, limit=BATCH)
    ]
    printed = [
        (line.at, "log", "lines", line.number, describe_line(line))
        for line in lines(session, job, after=cursor.lines, limit=BATCH)
    ]
    # A merge and not a sort: a kind keeps its own order, even where a clock was set back.
    unread = {told[-1][2]: told[-1][3] for told in (transitions, finished, printed) if len(told) == BATCH}
    for at, kind, counter, number, data in heapq.merge(transitions, finished, printed, key=itemgetter(0)):
        cursor = replace(cursor, **{counter: number})
        yield Event(kind, at, data, cursor)
        if unread.get(counter) == number:
            return  # the next of this kind is not read yet, and may come before what is


def describe_transition(moved: Transition) -> dict[str, Any]:
    """A transition as the API tells it: what is not known is left out."""
    told = {
        "status": moved.status,
        "at": moved.at,
        "attempt": moved.attempt,
        "worker": moved.worker,
        "reason": moved.reason,
    }
    return {name: value for name, value in told.items() if value is not None}


def describe_epoch(epoch: Epoch) -> dict[str, Any]:
    """An epoch as the API tells it."""
    return {
        "epoch": epoch.epoch,
        "metrics": epoch.metrics,
        "learning_rate": epoch.learning_rate,
        "seconds": epoch.seconds,
        "at": epoch.at,
    }


def describe_line(line: LogLine) -> dict[str, Any]:
    """A log line as the API tells it."""
    return {"number": line.number, "line": line.line, "attempt": line.attempt, "at": line.at}


def _storable(line: str) -> str:
    """What a database takes for text: PostgreSQL no NUL, neither of them half of a surrogate pair."""
    text = line[:MOST_LINE_CHARACTERS].replace("\0", "\N{REPLACEMENT CHARACTER}")
    return text.encode(errors="replace").decode()


def _transitions(session: Session, job: Job, after: int) -> Sequence[Transition]:
    query = (
        sa.select(Transition)
        .where(Transition.job_id == job.id, Transition.number > after)
        .order_by(Transition.number)
        .limit(BATCH)
    )
    return session.scalars(query).all()
