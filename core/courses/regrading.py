"""A whole class graded once more, behind everybody else's jobs."""

from dataclasses import dataclass
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import jobs, specs
from core.courses import marks, parties
from core.courses.attempts import OWN
from core.errors import InvalidSpecError, LimitError
from core.tables import STATUSES, Assignment, Job, Run, Submission, User

How = Literal["rescore", "retrain"]
KINDS: dict[How, str] = {"rescore": "rescored", "retrain": "retrained"}
# Below what a spec may ask for.
PRIORITY = -101
SUPERSEDED = "superseded by a newer regrade"
# No quota of a user's: it is one call.
MOST_ACTIVE = 1_000_000


@dataclass(frozen=True)
class Regraded:
    """How many jobs there are, and which submissions have none, each with the reason."""

    jobs: int
    skipped: dict[str, str]


class SkippedError(Exception):
    """A submission that is not graded once more, and why."""


def regrade(session: Session, user: User, assignment: Assignment, how: How, limits: specs.Limits) -> Regraded:
    """Scores what was handed in once more: the trained networks, or networks that are trained anew.

    The jobs are the teacher's own. What an earlier regrade left waiting is superseded.
    """
    made, skipped = 0, {}
    for mark in marks.all_of(session, assignment, parties.terms(assignment)):
        submission = mark.submission
        _supersede(session, submission)
        try:
            job = (
                _retrain(session, user, submission, limits)
                if how == "retrain"
                else _rescore(session, user, submission)
            )
        except SkippedError as error:
            skipped[submission.id] = str(error)
            continue
        made += 1
        session.add(Run(submission_id=submission.id, job_id=job.id, kind=KINDS[how]))
        session.flush()
    return Regraded(made, skipped)


def progress(session: Session, assignment: Assignment) -> dict[str, int]:
    """How many jobs of the latest regrade there are by their status; of each submission, the latest."""
    latest = (
        sa.select(sa.func.max(Run.id))
        .join(Run.submission)
        .where(Submission.assignment_id == assignment.id, Run.kind != "submitted")
        .group_by(Run.submission_id)
    )
    counted = sa.select(Job.status, sa.func.count()).join(Run, Run.job_id == Job.id)
    found = dict(session.execute(counted.where(Run.id.in_(latest)).group_by(Job.status)).all())
    return {status: found.get(status, 0) for status in STATUSES}


def _retrain(session: Session, user: User, submission: Submission, limits: specs.Limits) -> Job:
    """A new job of the same spec."""
    former = submission.job
    own = former.status == "failed" and (former.error or {}).get("code") in OWN
    if former.status in {"queued", "running", "cancelled"} or own:
        raise SkippedError(f"its job is {former.status}")
    bound = jobs.Bound(submission.assignment.course_id, PRIORITY, lambda _checked: None)
    try:
        job, _ = jobs.submit_with_advice(
            session, user, former.spec, limits=limits, most_active=MOST_ACTIVE, bound=bound
        )
    except (InvalidSpecError, LimitError) as error:
        raise SkippedError(error.detail) from error
    return job


def _rescore(session: Session, user: User, submission: Submission) -> Job:
    """A job that trains nothing: it scores the network that counts."""
    trained = [run.job for run in submission.runs if run.job.version is not None]
    if not trained:
        raise SkippedError(f"its job is {submission.job.status}: no network was trained")
    job = trained[-1]
    artifacts = job.version.artifacts if job.version else {}
    learned = (artifacts.get("encoding") or {}).get("sha256")
    if learned != submission.assignment.dataset.artifacts["encoding"]:
        raise SkippedError("it was trained on other data: train it anew")
    return jobs.score_again(session, user, job, keras=artifacts["keras"], priority=PRIORITY)


def _supersede(session: Session, submission: Submission) -> None:
    for run in submission.runs:
        if run.kind != "submitted" and run.job.status == "queued":
            jobs.supersede(session, run.job, reason=SUPERSEDED)
