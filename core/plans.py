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
    resolved = specs.Resolved.model_validate(job.resolved)
    found = session.get(Measured, _key(resolved, device, threads))
    return None if found is None else found.paces


def record(session: Session, job: Job, resolved: specs.Resolved) -> None:
    """Notes what was measured in a job that has just succeeded, if anything was."""
    plan = job.plan or {}
    if "measured" not in plan:
        return
    key = _key(resolved, plan["device"], plan["threads"])
    session.execute(sa.delete(Measured).where(Measured.key == key))
    # Another job of its kind may end in the same moment: what either measured will do.
    values = {"key": key, "paces": plan["measured"], "at": db.now(session)}
    db.insert_or_nothing(session, Measured, values)


def trim(session: Session) -> None:
    """Forgets all but the latest so many."""
    latest = sa.select(Measured.at).order_by(Measured.at.desc()).offset(MOST_KEPT).limit(1)
    if (oldest := session.scalar(latest)) is not None:
        session.execute(sa.delete(Measured).where(Measured.at <= oldest))


def _key(resolved: specs.Resolved, device: str, threads: int) -> str:
    return f"{resolved.work_sha256}-{device}-{threads}"
