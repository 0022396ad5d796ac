"""What tests of `core` need to be there: users, data sets, jobs; and many threads at the same time."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from celery import Celery
from sqlalchemy.orm import Session

from core import db, jobs, models, specs, users
from core.tables import Dataset, Job, Lock, ModelVersion, Transition, User

THREADS = 16
LIMITS = specs.Limits()
FAR = 3600.0
MODEL = {"layers": [{"type": "Dense", "units": 3}, {"type": "Softmax"}]}


def user(session: Session, name: str = "ada", role: str | None = None) -> User:
    return users.find_or_create(session, name, role)


def dataset(session: Session, owner: User, name: str = "pets") -> Dataset:
    """Four numbers a row, and three kinds of pet."""
    made = Dataset(
        owner_id=owner.id,
        name=name,
        format="csv",
        bytes=1000,
        sha256="d" * 64,
        options={},
        description={
            "rows": 120,
            "inputs": {"shape": [4], "dtype": "float32", "columns": []},
            "target": {"name": "pet", "kind": "class", "classes": ["cat", "dog", "eel"]},
            "splits": {"train": 100, "test": 20},
            "warnings": [],
        },
        class_counts=[40, 30, 30],
        artifacts={name: name[0] * 64 for name in ("x_train", "y_train", "x_test", "y_test")},
        created_at=db.now(session),
    )
    session.add(made)
    session.flush()
    return made


def document(**more: object) -> dict[str, Any]:
    return {"dataset": "pets", "model": MODEL, **more}


def submit(session: Session, owner: User | None = None, *, most_active: int = 10_000, **more: object) -> Job:
    """A queued job of the owner's, and the data set that it is about if need be."""
    owner = owner or user(session)
    if session.scalar(sa.select(Dataset.id).where(Dataset.owner_id == owner.id)) is None:
        dataset(session, owner)
    return jobs.submit(session, owner, document(**more), limits=LIMITS, most_active=most_active)


def claim(
    session: Session,
    worker: str = "w1",
    *,
    accelerators: tuple[str, ...] = ("cpu",),
    seconds: float = FAR,
    gpus: int = 1,
    free_gpus: int | None = None,
) -> tuple[Job, jobs.Lease] | None:
    return jobs.claim(
        session,
        worker=worker,
        accelerators=accelerators,
        lease_seconds=seconds,
        gpus=gpus,
        free_gpus=gpus if free_gpus is None else free_gpus,
    )


def start(session: Session, owner: User | None = None, **more: object) -> jobs.Lease:
    """The lease of a job that was submitted and claimed."""
    job = submit(session, owner, **more)
    claimed = claim(session)
    assert claimed is not None
    assert claimed[0] is job
    return claimed[1]


def expire(session: Session, lease: jobs.Lease) -> None:
    """Lets the lease run out."""
    job = session.get_one(Job, lease.job_id)
    job.lease_until = db.now(session) - timedelta(seconds=1)
    session.flush()


def expire_turn(session: Session, name: str) -> None:
    """Lets a turn run out."""
    session.get_one(Lock, name).until = db.now(session) - timedelta(seconds=1)
    session.flush()


def epoch(number: int, **metrics: float) -> dict[str, Any]:
    return {"epoch": number, "metrics": metrics or {"loss": 1 / number}, "learning_rate": 0.1, "seconds": 0.5}


def facts(sha256: str = "e" * 64) -> dict[str, Any]:
    """What the worker tells of a trained network."""
    return {
        "test": {"loss": 0.1},
        "parity": {"largest_difference": 1e-7},
        "parameters": 15,
        "artifacts": {"keras": {"sha256": sha256, "bytes": 10}},
    }


def version(session: Session, owner: User | None = None, name: str = "pets") -> ModelVersion:
    """The model version of a job that was trained."""
    lease = start(session, owner, name=name)
    return models.add_version(session, jobs.succeed(session, lease), facts())


def story(session: Session, job: Job) -> list[str]:
    """The statuses that the job had, in order."""
    query = sa.select(Transition.status).where(Transition.job_id == job.id).order_by(Transition.number)
    return list(session.scalars(query))


def at_once(work: Callable[[int], object], count: int = THREADS) -> list[object]:
    """Does the work in so many threads, which all begin at the same moment."""
    ready = threading.Barrier(count)

    def run(number: int) -> object:
        ready.wait()
        return work(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def messages(celery: Celery, name: str) -> list[Any]:
    """What a worker of that queue would get: taken out of it."""
    with celery.connection_for_read() as connection:
        channel = connection.default_channel
        found = []
        while (message := channel.basic_get(name, no_ack=True)) is not None:
            found.append(message)
        return found
