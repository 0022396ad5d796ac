"""Handing in: a submission is bound to a job, in one transaction."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import jobs, specs
from core.courses import attempts, course, dates, documents, parties, rules
from core.courses.parties import Party
from core.errors import ConflictError, Fault, ForbiddenError, InvalidSpecError
from core.tables import Assignment, Job, Run, Submission, User

SUPERSEDED = "superseded by a newer submission"
# Nobody is made to wait for those who submit often but have attempts left.
PRIORITY = 0
# No quota of a user's: they are a few, and of one call.
MOST_BASELINES = 1_000_000


def submit(
    session: Session,
    user: User,
    assignment: Assignment,
    document: dict[str, Any],
    *,
    arrived_at: datetime,
    limits: specs.Limits,
    most_active: int,
) -> tuple[Submission, list[Fault]]:
    """Takes what a student hands in: a queued job, and what a teacher would say of it.

    A teacher may try as well, which is neither counted nor graded; what has a `baseline`, its title, is shown
    as an entry.

    Raises:
        InvalidSpecError: with a pointer to what is wrong, or not as the assignment allows.
        ConflictError: the assignment is locked.
        AttemptsError: there are no attempts left.
    """
    teaching = course.teaches(session, user, assignment.course_id)
    baseline, document = _baseline(document, teaching=teaching)
    party = parties.of(session, assignment, user.id)
    parties.lock(session, party)
    if not teaching:
        _check_open(session, assignment, user, arrived_at)
        _supersede(session, assignment, party)
        found = attempts.count(session, assignment, party, arrived_at)
        attempts.check(found, arrived_at)
    # A teacher's entry need not be what students may hand in.
    allowed = documents.Rules() if baseline else parties.terms(assignment).rules
    job, warnings = _job(session, user, assignment, allowed, document, limits=limits, most_active=most_active)
    submission = Submission(
        assignment_id=assignment.id,
        user_id=user.id,
        group_id=None if teaching else party.group_id,
        baseline=baseline,
        arrived_at=arrived_at,
        job_id=job.id,
        spec_sha256=specs.Resolved.model_validate(job.resolved).meaning_sha256,
    )
    session.add(submission)
    session.flush()
    session.add(Run(submission_id=submission.id, job_id=job.id, kind="submitted"))
    session.flush()
    return submission, warnings


def add_baselines(
    session: Session,
    user: User,
    assignment: Assignment,
    baselines: Sequence[documents.Baseline],
    *,
    arrived_at: datetime,
    limits: specs.Limits,
) -> list[Submission]:
    """Hands in a new assignment's baselines.

    Raises:
        InvalidSpecError: with a pointer to what is wrong, below `#/baselines`.
    """
    made = []
    for place, one in enumerate(baselines):
        document = {"baseline": one.title, "model": one.model, "training": one.training}
        try:
            submission, _ = submit(
                session,
                user,
                assignment,
                document,
                arrived_at=arrived_at,
                limits=limits,
                most_active=MOST_BASELINES,
            )
        except InvalidSpecError as error:
            place_of = f"#/baselines/{place}"
            moved = [replace(fault, pointer=place_of + fault.pointer[1:]) for fault in error.faults]
            raise InvalidSpecError(f"baselines[{place}]: {error.detail}", moved) from error
        made.append(submission)
    return made


def look(
    session: Session, user: User, assignment: Assignment, document: dict[str, Any], limits: specs.Limits
) -> tuple[jobs.Checked, Any]:
    """The check of a submission without handing it in; see `jobs.check`.

    Raises:
        InvalidSpecError: with a pointer to what is wrong, or not as the assignment allows.
    """
    allowed = parties.terms(assignment).rules
    checked, pace = jobs.check(session, user, _document(assignment, allowed, document), limits)
    rules.check(allowed, checked)
    return checked, pace


def _job(
    session: Session,
    user: User,
    assignment: Assignment,
    allowed: documents.Rules,
    document: dict[str, Any],
    *,
    limits: specs.Limits,
    most_active: int,
) -> tuple[Job, list[Fault]]:
    bound = jobs.Bound(assignment.course_id, PRIORITY, lambda checked: rules.check(allowed, checked))
    return jobs.submit_with_advice(
        session,
        user,
        _document(assignment, allowed, document),
        limits=limits,
        most_active=most_active,
        bound=bound,
    )


def _document(assignment: Assignment, allowed: documents.Rules, document: dict[str, Any]) -> dict[str, Any]:
    """The submission as a job's document: a version of a model that is called after the assignment."""
    told: dict[str, Any] = {"name": assignment.id, "dataset": assignment.dataset_id}
    if allowed.max_seconds is not None:
        told["limits"] = {"max_seconds": allowed.max_seconds}
    return told | rules.complete(allowed, document)


def _baseline(document: dict[str, Any], *, teaching: bool) -> tuple[str | None, dict[str, Any]]:
    """The title of an entry of the teacher's, and the document without it."""
    title = document.get("baseline")
    rest = {name: value for name, value in document.items() if name != "baseline"}
    if title is None:
        return None, rest
    if not teaching:
        raise ForbiddenError("Only a teacher of the course adds baselines.")
    if isinstance(title, str) and 0 < len(title) <= 100 and title.isprintable():
        return title, rest
    raise documents.invalid(Fault("#/baseline", "A baseline's title is 1 to 100 printable characters."))


def _check_open(session: Session, assignment: Assignment, user: User, arrived_at: datetime) -> None:
    lock_at = dates.for_user(session, assignment, user.id).lock_at
    if lock_at is not None and arrived_at > lock_at:
        raise ConflictError(f"Nothing is taken any more since {lock_at:%Y-%m-%d %H:%M} UTC.")


def _supersede(session: Session, assignment: Assignment, party: Party) -> None:
    """Takes back what waits of theirs: it is not counted."""
    query = (
        sa.select(Submission)
        .join(Submission.job)
        .where(Submission.assignment_id == assignment.id, party.handed_in, Job.status == "queued")
    )
    for submission in session.scalars(query).all():
        if jobs.supersede(session, submission.job, reason=SUPERSEDED):
            submission.superseded = True
    session.flush()
