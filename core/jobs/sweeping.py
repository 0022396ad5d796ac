"""Finding what was lost: leases that ran out, nudges that went astray, things that nobody needs any more."""

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import db
from core.jobs import lifecycle
from core.tables import ACTIVE, Dataset, IdempotencyKey, Job, Lock, ModelVersion, Worker

KEY_DAYS = 1
WORKER_HOURS = 1


def take_turn(session: Session, name: str, holder: str, seconds: float) -> bool:
    """Whether `holder` may do the work called `name` now: nobody else may for so many seconds."""
    at = db.now(session)
    until = at + timedelta(seconds=seconds)
    lock = session.scalar(sa.select(Lock).where(Lock.name == name).with_for_update(skip_locked=True))
    if lock is None:
        # Absent, or just being taken by somebody else: then this insertion fails, and that is a no.
        if session.scalar(sa.select(sa.func.count()).where(Lock.name == name)):
            return False
        session.add(Lock(name=name, holder=holder, until=until))
        return True
    if lock.until > at and lock.holder != holder:
        return False
    lock.holder, lock.until = holder, until
    return True


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
    return dict(session.execute(query).tuples().all())


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
    for checkpoint in session.scalars(sa.select(Job.checkpoint).where(Job.checkpoint.is_not(None))):
        used.add(checkpoint["sha256"])
    for initial in session.scalars(
        sa.select(Job.initial).where(Job.status.in_(ACTIVE), Job.initial.is_not(None))
    ):
        used.add(initial["sha256"])
    return used
