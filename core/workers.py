"""The workers that are there, as they say themselves."""

from collections.abc import Collection, Sequence
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import db
from core.tables import Job, Worker

# A worker says that it is there with every sweep; one that missed several is taken for dead.
ALIVE_SECONDS = 15.0


def seen(
    session: Session,
    *,
    name: str,
    slots: int,
    accelerators: Collection[str],
    draining: bool,
    gpus: int = 0,
) -> Worker:
    """Notes that a worker is there."""
    at = db.now(session)
    # Locked, or the sweeper might take it for gone at this very moment.
    worker = session.get(Worker, name, with_for_update=True)
    if worker is None:
        worker = Worker(name=name, started_at=at)
        session.add(worker)
    worker.slots, worker.accelerators, worker.draining = slots, sorted(accelerators), draining
    worker.gpus = gpus
    worker.seen_at = at
    return worker


def free_slots(session: Session, accelerator: str) -> int | None:
    """How many jobs that ask for `accelerator` could start now; None where there is no worker at all."""
    there = alive(session)
    if not there:
        return None
    taken = running(session)
    fitting = [one for one in there if not one.draining and _takes(one, accelerator, 1)]
    return sum(max(0, one.slots - len(taken.get(one.name, ()))) for one in fitting)


def missing(session: Session, accelerator: str, gpus: int) -> str | None:
    """Why a job that asks for these cannot start on any worker, however long it waits; None where it can."""
    there = [one for one in alive(session) if not one.draining]
    if any(_takes(one, accelerator, gpus) for one in there):
        return None
    if not there:
        return "no worker is there"
    if accelerator == "cpu":
        return "no worker takes jobs for a CPU"
    return "no worker has a GPU" if gpus == 1 else f"no worker has {gpus} GPUs"


def left(session: Session, name: str) -> None:
    """Notes that a worker has gone."""
    session.execute(sa.delete(Worker).where(Worker.name == name))


def alive(session: Session) -> Sequence[Worker]:
    """The workers that said something lately, by name."""
    since = db.now(session) - timedelta(seconds=ALIVE_SECONDS)
    return session.scalars(sa.select(Worker).where(Worker.seen_at > since).order_by(Worker.name)).all()


def _takes(worker: Worker, accelerator: str, gpus: int) -> bool:
    on_gpus = "gpu" in worker.accelerators and worker.gpus >= gpus
    return (accelerator != "gpu" and "cpu" in worker.accelerators) or (accelerator != "cpu" and on_gpus)


def running(session: Session, *, owner_id: str | None = None) -> dict[str, list[str]]:
    """The ids of the jobs that each worker runs, by its name; with `owner_id` those of that user alone."""
    found: dict[str, list[str]] = {}
    query = sa.select(Job.worker, Job.id).where(Job.status == "running").order_by(Job.id)
    if owner_id is not None:
        query = query.where(Job.owner_id == owner_id)
    for name, job_id in session.execute(query):
        found.setdefault(name or "", []).append(job_id)
    return found
