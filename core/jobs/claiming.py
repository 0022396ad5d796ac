"""Which job a free slot gets."""

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import db
from core.jobs import lifecycle
from core.tables import ACTIVE, Job

# PostgreSQL's advisory locks are numbered: an arbitrary number of our own.
LOCK = 0xF178


def claim(
    session: Session, *, worker: str, accelerators: Collection[str], lease_seconds: float
) -> tuple[Job, lifecycle.Lease] | None:
    """Takes the best queued job that a slot with `accelerators` can run: none, or the job and its lease.

    Best is: the highest priority, then of the user who has fewest running, then the oldest. One slot claims
    at a time, as it is only fair to count who has how many running when nobody is just taking another. A job
    that somebody else has in hand, to cancel it for one, is passed over.
    """
    db.take_lock(session, LOCK)
    share = _running_by_owner()
    # Its id alone: what is sorted here is the whole queue, and a spec is long.
    best = (
        sa.select(Job.id)
        .outerjoin(share, share.c.owner_id == Job.owner_id)
        .where(Job.status == "queued", Job.accelerator.in_(("any", *sorted(accelerators))))
        .order_by(Job.priority.desc(), sa.func.coalesce(share.c.jobs, 0), Job.id)
        .limit(1)
        .with_for_update(skip_locked=True, of=Job)
    )
    job_id = session.scalar(best)
    if job_id is None:
        return None
    job = session.get_one(Job, job_id, populate_existing=True)
    return job, lifecycle.start(session, job, worker, lease_seconds)


def position(session: Session, job: Job) -> int:
    """Which claim from now is the queued job's, if no job ends meanwhile: 1 is the next.

    Jobs that ask for another accelerator do not stand before it.
    """
    share = _running_by_owner()
    turn = sa.func.row_number().over(partition_by=Job.owner_id, order_by=(Job.priority.desc(), Job.id))
    rivals = sa.select(
        Job.id, Job.priority, (sa.func.coalesce(share.c.jobs, 0) + turn).label("share")
    ).outerjoin(share, share.c.owner_id == Job.owner_id)
    rivals = rivals.where(Job.status == "queued")
    if job.accelerator != "any":
        rivals = rivals.where(Job.accelerator.in_(("any", job.accelerator)))
    queue = rivals.subquery()
    ahead = sa.func.row_number().over(order_by=(queue.c.priority.desc(), queue.c.share, queue.c.id))
    numbered = sa.select(queue.c.id, ahead.label("position")).subquery()
    return session.scalar(sa.select(numbered.c.position).where(numbered.c.id == job.id)) or 1


def count_active(session: Session, owner_id: str) -> int:
    """How many jobs of a user wait or run."""
    active = Job.status.in_(ACTIVE)
    return session.scalar(sa.select(sa.func.count()).where(Job.owner_id == owner_id, active)) or 0


def _running_by_owner() -> sa.Subquery:
    count = sa.func.count().label("jobs")
    running = sa.select(Job.owner_id, count).where(Job.status == "running")
    return running.group_by(Job.owner_id).subquery()
