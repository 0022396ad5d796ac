from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import jobs
from core.db import Database
from core.tables import Epoch, Job, LogLine, Transition
from tests.core import things

# Everything that a worker says of a job that it has.
STATEMENTS: dict[str, Callable[[Session, jobs.Lease], object]] = {
    "renew": lambda session, lease: jobs.renew(session, lease, seconds=1, progress={"epoch": 1}),
    "held": jobs.held,
    "add_epoch": lambda session, lease: jobs.add_epoch(session, lease, things.epoch(1), {"sha256": "c" * 64}),
    "add_lines": lambda session, lease: jobs.add_lines(session, lease, ["a line"]),
    "succeed": jobs.succeed,
    "fail": lambda session, lease: jobs.fail(session, lease, jobs.Failure.internal("it broke")),
    "cancelled": jobs.cancelled,
    "give_back": lambda session, lease: jobs.give_back(session, lease, reason="draining"),
    "give_back as a loss": lambda session, lease: jobs.give_back(
        session, lease, reason="the trainer died", most_losses=1
    ),
}
# Every way in which a job stops being an attempt's.
LOSSES: dict[str, Callable[[Session, jobs.Lease], object]] = {
    "swept": lambda session, lease: (things.expire(session, lease), jobs.return_lost(session, most_losses=9)),
    "swept and claimed": lambda session, lease: (
        things.expire(session, lease),
        jobs.return_lost(session, most_losses=9),
        things.claim(session, "w2"),
    ),
    "given back": lambda session, lease: jobs.give_back(session, lease, reason="draining"),
    "ended": jobs.succeed,
    "deleted": lambda session, lease: session.execute(sa.delete(Job).where(Job.id == lease.job_id)),
}


def everything(session: Session) -> list[Any]:
    """All that is told of jobs."""
    told = []
    for table in (Job, Transition, Epoch, LogLine):
        columns = table.__table__.columns
        rows = session.execute(sa.select(*columns).order_by(*table.__table__.primary_key)).all()
        told.append([tuple(row) for row in rows])
    return told


@pytest.mark.parametrize("loss", LOSSES)
def test_whatever_a_late_attempt_says_is_refused_and_changes_nothing(database: Database, loss: str) -> None:
    with database.writing() as session:
        lease = things.start(session)
        LOSSES[loss](session, lease)
    with database.reading() as session:
        before = everything(session)
    for say in STATEMENTS.values():
        with pytest.raises(jobs.LostLeaseError), database.writing() as session:
            say(session, lease)
    with database.reading() as session:
        assert everything(session) == before


def test_a_session_that_knew_the_job_before_does_not_believe_what_it_knew(database: Database) -> None:
    with database.writing() as session:
        lease = things.start(session)
    with database.reading() as old:
        job = old.get_one(Job, lease.job_id)
        old.rollback()
        with database.writing() as session:
            jobs.renew(session, lease, seconds=7)
        assert jobs.held(old, lease) is job
        assert job.seconds == 7


def test_many_statements_of_one_attempt_at_the_same_time_keep_the_numbers_whole(database: Database) -> None:
    with database.writing() as session:
        lease = things.start(session)

    def say(number: int) -> None:
        with database.writing() as session:
            jobs.add_lines(session, lease, [f"{number}.1", f"{number}.2"])

    things.at_once(say, 8)
    with database.reading() as session:
        numbers = session.scalars(sa.select(LogLine.number).order_by(LogLine.number)).all()
    assert numbers == list(range(1, 17))
