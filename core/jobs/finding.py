"""Finding jobs: one, a page of them, and when one may begin."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, defer, joinedload, selectinload

from core import db, sharing, workers
from core.errors import ConflictError, NotFoundError
from core.jobs import lifecycle
from core.tables import ACTIVE, Job, ModelVersion, User

# The latest jobs from whose durations the next ones' are guessed.
REMEMBERED = 20


def find(session: Session, user: User, job_id: str) -> Job:
    """A job, with its transitions and the version that it made.

    Raises:
        NotFoundError: there is none that the user may see.
    """
    query = (
        sa.select(Job)
        .where(Job.id == job_id)
        .options(selectinload(Job.transitions), joinedload(Job.version).joinedload(ModelVersion.model))
    )
    job = session.scalar(query)
    if job is None or not _visible(session, user, job):
        raise NotFoundError(f"There is no job {job_id!r}.")
    return job


def _visible(session: Session, user: User, job: Job) -> bool:
    own = job.owner_id == user.id or user.role == "admin"
    return own or sharing.sees(session, sharing.jobs(user), job.id)


def page(
    session: Session,
    user: User,
    *,
    after: str | None,
    limit: int,
    status: str | None = None,
    name: str | None = None,
    tag: tuple[str, str | None] | None = None,
    dataset: str | None = None,
) -> Sequence[Job]:
    """The user's jobs, newest first, below the id `after`; `tag` is a key, and a value or None for any,
    and `dataset` an id.
    """
    query = sa.select(Job).order_by(Job.id.desc()).limit(limit)
    query = query.options(
        # What a list does not tell may be long.
        defer(Job.spec),
        defer(Job.resolved),
        defer(Job.plan),
        defer(Job.environment),
        joinedload(Job.version).joinedload(ModelVersion.model),
    )
    if user.role != "admin":
        query = query.where(Job.owner_id == user.id)
    if after:
        query = query.where(Job.id < after)
    if status:
        query = query.where(Job.status == status)
    if name:
        query = query.where(Job.name == name)
    if dataset:
        query = query.where(Job.dataset_id == dataset)
    if tag:
        query = query.where(_tagged(session, *tag))
    return session.scalars(query).all()


def delete(session: Session, job: Job) -> None:
    """Removes a job that has ended, with its story; a model that it made stays.

    Raises:
        ConflictError: it has not ended, or was handed in.
    """
    sharing.keep(session, job.id, "The job")
    lifecycle.lock(session, job)
    if job.status in ACTIVE:
        raise ConflictError(f"The job is {job.status}: cancel it first.")
    session.delete(job)


def estimate_start(session: Session, position: int) -> datetime | None:
    """When the queued job at that position may begin, if the next jobs last as the latest did.

    None when nothing is known: no worker is there, or no job has ended yet.
    """
    return estimate_starts(session, [position]).get(position)


def estimate_starts(session: Session, positions: Collection[int]) -> dict[int, datetime]:
    """The same for several positions, by position; none when nothing is known."""
    slots = sum(worker.slots for worker in workers.alive(session) if not worker.draining)
    ended = sa.select(Job.seconds).where(Job.status == "succeeded").order_by(Job.id.desc()).limit(REMEMBERED)
    seconds = session.scalars(ended).all()
    if not slots or not seconds:
        return {}
    running = session.scalar(sa.select(sa.func.count()).where(Job.status == "running")) or 0
    now, each = db.now(session), timedelta(seconds=sum(seconds) / len(seconds))
    return {place: now + (place - 1 + min(running, slots)) // slots * each for place in positions}


def _tagged(session: Session, key: str, value: str | None) -> sa.ColumnElement[bool]:
    if session.get_bind().dialect.name == "postgresql":
        if value is None:
            return Job.tags.op("?")(key)
        return Job.tags.op("@>")(sa.cast({key: value}, Job.tags.type))
    # By rows and not by path: a path would read what is special in a key.
    each = sa.func.json_each(Job.tags).table_valued("key", "value")
    found = sa.select(1).select_from(each).where(each.c.key == key)
    if value is not None:
        found = found.where(each.c.value == value)
    return found.exists()
