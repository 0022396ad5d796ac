"""Finding what was lost: leases that ran out, nudges that went astray, things that nobody needs any more."""

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import db
from core.jobs import lifecycle
from core.tables import Assignment, Dataset, IdempotencyKey, Job, Lock, ModelVersion, Run, Worker

KEY_DAYS = 1
WORKER_HOURS = 1


def take_turn(session: Session, name: str, holder: str, seconds: float) -> bool:
    """Whether `holder` may do the work called `name` now: nobody else may for so many seconds."""
    at = db.now(session)
    turn = {"holder": holder, "until": at + timedelta(seconds=seconds)}
    free = sa.or_(Lock.until <= at, Lock.holder == holder)
    taken = sa.update(Lock).where(Lock.name == name, free).values(turn).returning(Lock.name)
    if session.scalar(taken) is not None:
        return True
    return db.insert_or_nothing(session, Lock, {"name": name, **turn})  # the first turn ever


def return_lost(session: Session, *, most_losses: int) -> list[Job]:
    """Gives the jobs whose lease ran out back to the queue."""
    query = (
        sa.select(Job)
        .where(Job.status == "running", Job.lease_until < db.now(session))
        .with_for_update(skip_locked=True)
    )
    lost = list(session.scalars(query))
    for job in lost:
        reason = f"worker {job.worker} was lost"
        lifecycle.return_to_queue(session, job, reason=reason, most_losses=most_losses)
    return lost


def waiting(session: Session) -> dict[str, int]:
    """How many queued jobs ask for which accelerator."""
    query = (
        sa.select(Job.accelerator, sa.func.count()).where(Job.status == "queued").group_by(Job.accelerator)
    )
    return dict(session.execute(query).all())


def forget(session: Session) -> None:
    """Deletes what has expired: idempotency keys, and workers that said nothing for long."""
    at = db.now(session)
    session.execute(
        sa.delete(IdempotencyKey).where(IdempotencyKey.created_at < at - timedelta(days=KEY_DAYS))
    )
    session.execute(sa.delete(Worker).where(Worker.seen_at < at - timedelta(hours=WORKER_HOURS)))


def used_artifacts(session: Session) -> set[str]:
    """The hashes of all artifacts that something refers to."""
    used: set[str] = set()
    for artifacts in session.scalars(sa.select(Dataset.artifacts)):
        used |= set(artifacts.values())
    for artifacts in session.scalars(sa.select(ModelVersion.artifacts)):
        used |= {artifact["sha256"] for artifact in artifacts.values()}
    for hidden in session.scalars(sa.select(Assignment.hidden)):
        used |= set(hidden.values())
    used |= {sha256 for sha256 in session.scalars(sa.select(Run.evaluation)) if sha256}
    # What a job would go on from, as long as it may go on.
    going_on = sa.select(Job.checkpoint, Job.initial, Job.error).where(Job.status != "succeeded")
    for checkpoint, initial, error in session.execute(going_on):
        if error is None or error["retryable"]:
            used |= {artifact["sha256"] for artifact in (checkpoint, initial) if artifact}
    return used
