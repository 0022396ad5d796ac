"""Which job a free slot gets."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from functools import cache

import sqlalchemy as sa
from sqlalchemy.orm import Session, defer

from core import db
from core.jobs import lifecycle
from core.tables import ACTIVE, Job

# PostgreSQL's advisory locks are numbered: an arbitrary number of our own.
LOCK = 0xF178
# Who shares the slots with whom: a course, with all of its students, counts as one.
_PARTY = sa.func.coalesce(Job.course_id, Job.owner_id)


def claim(
    session: Session,
    *,
    worker: str,
    accelerators: Collection[str],
    lease_seconds: float,
    gpus: int = 0,
    free_gpus: int = 0,
) -> tuple[Job, lifecycle.Lease] | None:
    """Takes the best queued job that a slot with `accelerators` can run: none, or the job and its lease.

    Best is: the highest priority, then of the course, or the user without one, that has fewest running, then
    of the user who has fewest of these, then the oldest. One slot claims at a time, as it is only fair to
    count who has how many running when nobody is just taking another. A job that somebody else has in hand,
    to cancel it for one, is passed over.

    The worker has so many `gpus`, and can give a job `free_gpus` of them now. A job for which that is too few
    waits until more are free, and nothing that stands behind it gets one before.
    """
    db.take_lock(session, LOCK)
    job = _best(session, accelerators, gpus)
    if job is not None and _needed(job, accelerators, free_gpus) > free_gpus:
        free_gpus = 0
        job = _best(session, accelerators, 0)
    if job is None:
        return None
    given = _needed(job, accelerators, free_gpus)
    return job, lifecycle.start(session, job, worker, lease_seconds, given)


def _needed(job: Job, accelerators: Collection[str], free: int) -> int:
    """How many GPUs a job is to have. One that takes either runs on the CPU where there are too few."""
    if job.accelerator == "cpu" or "gpu" not in accelerators:
        return 0
    if job.accelerator == "any" and "cpu" in accelerators and job.gpus > free:
        return 0
    return job.gpus


def _best(session: Session, accelerators: Collection[str], gpus: int) -> Job | None:
    fits = [name for name in ("cpu", "any") if "cpu" in accelerators]
    on_gpus = [name for name in ("gpu", "any") if "gpu" in accelerators]
    party, own = _running(_PARTY), _running(_PARTY, Job.owner_id)
    # Its id alone: what is sorted here is the whole queue, and a spec is long.
    best = (
        sa.select(Job.id)
        .outerjoin(party, party.c.party == _PARTY)
        .outerjoin(own, sa.and_(own.c.party == _PARTY, own.c.owner_id == Job.owner_id))
        .where(
            Job.status == "queued",
            sa.or_(Job.accelerator.in_(fits), sa.and_(Job.accelerator.in_(on_gpus), Job.gpus <= gpus)),
        )
        .order_by(Job.priority.desc(), _count(party), _count(own), Job.id)
        .limit(1)
        .with_for_update(skip_locked=True, of=Job)
    )
    job_id = session.scalar(best)
    return None if job_id is None else session.get_one(Job, job_id, populate_existing=True)


def position(session: Session, job: Job) -> int:
    """Which claim from now is the queued job's, if no job ends meanwhile: 1 is the next.

    Jobs that ask for another accelerator do not stand before it.
    """
    return positions(session, [job]).get(job.id, 1)


def positions(session: Session, queued: Iterable[Job]) -> dict[str, int]:
    """The positions of several jobs by their ids; the queue is sorted once for each accelerator."""
    asking = defaultdict(list)
    for job in queued:
        asking[job.accelerator].append(job.id)
    found: dict[str, int] = {}
    for accelerator, ids in asking.items():
        told = session.execute(_places(accelerator), {"ids": ids})
        found.update((job_id, place) for job_id, place in told)
    return found


@cache
def _places(accelerator: str) -> sa.Select[str, int]:
    """The positions of the jobs `ids`: a statement that takes longer to put together than to run."""
    numbered = _numbered(accelerator)
    wanted = numbered.c.id.in_(sa.bindparam("ids", expanding=True))
    return sa.select(numbered.c.id, numbered.c.position).where(wanted)


def queue(session: Session, *, after: str | None, limit: int) -> Sequence[Job]:
    """All queued jobs in the order in which they are claimed, behind `after` if that is still queued."""
    numbered = _numbered("any")
    query = sa.select(Job).join(numbered, numbered.c.id == Job.id)
    # What a list does not tell may be long.
    query = query.options(*(defer(column) for column in (Job.spec, Job.resolved, Job.plan, Job.environment)))
    if after:
        last = sa.select(numbered.c.position).where(numbered.c.id == after).scalar_subquery()
        query = query.where(numbered.c.position > sa.func.coalesce(last, 0))
    return session.scalars(query.order_by(numbered.c.position).limit(limit)).all()


def _numbered(accelerator: str) -> sa.Subquery:
    """The queue as a job that asks for this accelerator sees it."""
    party, own = _running(_PARTY), _running(_PARTY, Job.owner_id)
    turn = sa.func.row_number().over(
        partition_by=(_PARTY, Job.owner_id), order_by=(Job.priority.desc(), Job.id)
    )
    rivals = (
        sa.select(
            Job.id,
            Job.priority,
            _PARTY.label("party"),
            _count(party).label("running"),
            (_count(own) + turn).label("share"),
        )
        .outerjoin(party, party.c.party == _PARTY)
        .outerjoin(own, sa.and_(own.c.party == _PARTY, own.c.owner_id == Job.owner_id))
        .where(Job.status == "queued")
    )
    if accelerator != "any":
        rivals = rivals.where(Job.accelerator.in_(("any", accelerator)))
    queue = rivals.subquery()
    # Which one of its party's it is, and with that how many of these run when it begins.
    among = sa.func.row_number().over(
        partition_by=queue.c.party, order_by=(queue.c.priority.desc(), queue.c.share, queue.c.id)
    )
    parties = sa.select(queue, (queue.c.running + among).label("turn")).subquery()
    ahead = sa.func.row_number().over(
        order_by=(parties.c.priority.desc(), parties.c.turn, parties.c.share, parties.c.id)
    )
    return sa.select(parties.c.id, ahead.label("position")).subquery()


def count_active(session: Session, owner_id: str) -> int:
    """How many jobs of a user wait or run."""
    active = Job.status.in_(ACTIVE)
    return session.scalar(sa.select(sa.func.count()).where(Job.owner_id == owner_id, active)) or 0


def _running(*by: sa.ColumnElement[str] | sa.orm.InstrumentedAttribute[str]) -> sa.Subquery:
    """How many jobs run, by party, or by party and user."""
    named = [column.label(name) for column, name in zip(by, ("party", "owner_id"), strict=False)]
    running = sa.select(*named, sa.func.count().label("jobs")).where(Job.status == "running")
    return running.group_by(*by).subquery()


def _count(running: sa.Subquery) -> sa.ColumnElement[int]:
    return sa.func.coalesce(running.c.jobs, 0)
