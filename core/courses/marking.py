"""What a worker is to score of a submission, and what comes back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import db
from core.courses import grades, metrics
from core.tables import Job, Run


@dataclass(frozen=True)
class Order:
    """What is to be scored for a job.

    Attributes:
        run_id: of which run.
        hidden: the arrays of the hidden rows, by the names of a test split; empty where none are hidden.
        split_sha256: which rows the public and the hidden ones are.
    """

    run_id: str
    hidden: Mapping[str, str]
    split_sha256: str


def order(session: Session, job: Job) -> Order | None:
    """What is to be scored for the job; null for one that is no submission's."""
    run = session.scalar(sa.select(Run).where(Run.job_id == job.id))
    if run is None:
        return None
    assignment = run.submission.assignment
    return Order(run.id, assignment.hidden, assignment.split_sha256)


def record(
    session: Session,
    of: Order,
    *,
    public: Mapping[str, Any] | None,
    hidden: Mapping[str, Any] | None,
    evaluation: str | None,
) -> None:
    """Writes what the job scored, and the grades that follow, in the transaction that ends it.

    `public` and `hidden` are evaluations; `evaluation` is where the hidden one is kept.
    """
    run = session.get_one(Run, of.run_id)
    run.public = None if public is None else metrics.numbers(public)
    run.hidden = None if hidden is None else metrics.numbers(hidden)
    run.evaluation, run.split_sha256, run.scored_at = evaluation, of.split_sha256, db.now(session)
    session.flush()
    grades.changed_by(session, run.submission)
