"""Which job a free slot gets."""

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from core.jobs import lifecycle
from core.tables import ACTIVE, Job


def claim(
    session: Session, *, worker: str, accelerators: Collection[str], lease_seconds: float
) -> tuple[Job, lifecycle.Lease] | None:
    """Takes the best queued job that a slot with `accelerators` can run: none, or the job and its lease.

    Best is: the highest priority, then of the user who has fewest running, then the oldest. On PostgreSQL
    a job that another slot is just taking is passed over; on SQLite there is one writer at a time anyway.
    """
    running = aliased(Job)
    share = (
        sa.select(sa.func.count())
        .where(running.owner_id == Job.owner_id, running.status == "running")
        .scalar_subquery()
    )
    best = (
        sa.select(Job)
        .where(Job.status == "queued", Job.accelerator.in_({"any", *accelerators}))
        .order_by(Job.priority.desc(), share, Job.id)
        .limit(1)
        .with_for_update(skip_locked=True, of=Job)
    )
    job = session.scalar(best)
    if job is None:
        return None
    return job, lifecycle.start(session, job, worker, lease_seconds)


def position(session: Session, job: Job) -> int:
    """How many queued jobs come before this one, by priority and age, and one: 1 is the next."""
    before = sa.or_(Job.priority > job.priority, sa.and_(Job.priority == job.priority, Job.id < job.id))
    return 1 + (
        session.scalar(sa.select(sa.func.count()).select_from(Job).where(Job.status == "queued", before)) or 0
    )


def count_active(session: Session, owner_id: str) -> int:
    """How many jobs of a user wait or run."""
    active = Job.status.in_(ACTIVE)
    return session.scalar(sa.select(sa.func.count()).where(Job.owner_id == owner_id, active)) or 0
