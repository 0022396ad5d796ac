"""The workers that are there, as they say themselves."""

from collections.abc import Collection, Sequence
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import db
from core.tables import Job, Worker

# A worker says that it is there with every sweep; one that missed several is taken for dead.
ALIVE_SECONDS = 15.0


def seen(session: Session, *, name: str, slots: int, accelerators: Collection[str], draining: bool) -> Worker:
    """Notes that a worker is there."""
    at = db.now(session)
    # Locked, or the sweeper might take it for gone at this very moment.
    worker = session.get(Worker, name, with_for_update=True)
    if worker is None:
        worker = Worker(name=name, started_at=at)
        session.add(worker)
    worker.slots, worker.accelerators, worker.draining = slots, sorted(accelerators), draining
    worker.seen_at = at
    return worker


def free_slots(session: Session, accelerator: str) -> int | None:
    """How many jobs that ask for `accelerator` could start now; None where there is no worker at all."""
    there = alive(session)
    if not there:
        return None
    taken = running(session)
    fitting = [one for one in there if not one.draining and accelerator in ("any", *one.accelerators)]
    return sum(max(0, one.slots - len(taken.get(one.name, ()))) for one in fitting)


def left(session: Session, name: str) -> None:
    """Notes that a worker has gone."""
    session.execute(sa.delete(Worker).where(Worker.name == name))


def alive(session: Session) -> Sequence[Worker]:
    """The workers that said something lately, by name."""
    since = db.now(session) - timedelta(seconds=ALIVE_SECONDS)
    return session.scalars(sa.select(Worker).where(Worker.seen_at > since).order_by(Worker.name)).all()


def running(session: Session) -> dict[str, list[str]]:
    """The ids of the jobs that each worker runs, by its name."""
    found: dict[str, list[str]] = {}
    query = sa.select(Job.worker, Job.id).where(Job.status == "running").order_by(Job.id)
    for name, job_id in session.execute(query):
        found.setdefault(name or "", []).append(job_id)
    return found
