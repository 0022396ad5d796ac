"""Which way of training was the faster one: remembered, so that the next job of its kind need not measure.

What is remembered is true of one network, batch size and number of threads, on one kind of device. It is of
nobody's: a hash does not tell what the network was.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import db, specs
from core.tables import Job, Measured

MOST_KEPT = 5000


def recall(session: Session, job: Job, *, device: str, threads: int) -> dict[str, Any] | None:
    """What was measured for such a job: see `worker.planning`."""
    found = session.get(Measured, _key(job, device, threads))
    return None if found is None else found.paces


def record(session: Session, job: Job) -> None:
    """Notes what was measured in a job that has just succeeded, if anything was."""
    plan = job.plan or {}
    if "measured" not in plan:
        return
    key = _key(job, plan["device"], plan["threads"])
    session.execute(sa.delete(Measured).where(Measured.key == key))
    session.add(Measured(key=key, paces=plan["measured"], at=db.now(session)))


def trim(session: Session) -> None:
    """Forgets all but the latest so many."""
    latest = sa.select(Measured.at).order_by(Measured.at.desc()).offset(MOST_KEPT).limit(1)
    if (oldest := session.scalar(latest)) is not None:
        session.execute(sa.delete(Measured).where(Measured.at <= oldest))


def _key(job: Job, device: str, threads: int) -> str:
    return f"{specs.Resolved.model_validate(job.resolved).work_sha256}-{device}-{threads}"
