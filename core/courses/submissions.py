"""What was handed in: found, commented on, chosen."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import db
from core.courses import course, dates, grades, marks, parties
from core.courses.marks import Mark
from core.errors import ConflictError, ForbiddenError, NotFoundError
from core.tables import Assignment, Member, Submission, User

MOST_COMMENT_CHARACTERS = 10_000


def find(session: Session, user: User, submission_id: str) -> Mark:
    """A submission of the user's own or their group's, or of a course that they teach.

    Raises:
        NotFoundError: there is none that the user may see.
    """
    submission = session.get(Submission, submission_id)
    if submission is None or not _visible(session, user, submission):
        raise NotFoundError(f"There is no submission {submission_id!r}.")
    assignment = submission.assignment
    [mark] = marks.all_of(session, assignment, parties.terms(assignment), Submission.id == submission.id)
    return mark


def page(
    session: Session,
    user: User,
    assignment: Assignment,
    *,
    after: str | None,
    limit: int,
    of: User | None = None,
) -> Sequence[Mark]:
    """The submissions that the user sees there, newest first, below the id `after`; of one user, if asked."""
    where: list[sa.ColumnElement[bool]] = []
    if not course.teaches(session, user, assignment.course_id):
        where.append(parties.of(session, assignment, user.id).handed_in)
    elif of is not None:
        where.append(parties.of(session, assignment, of.id).handed_in)
    if after:
        where.append(Submission.id < after)
    newest = sa.select(Submission.id).where(Submission.assignment_id == assignment.id, *where)
    ids = session.scalars(newest.order_by(Submission.id.desc()).limit(limit)).all()
    found = marks.all_of(session, assignment, parties.terms(assignment), Submission.id.in_(ids))
    return sorted(found, key=lambda mark: mark.submission.id, reverse=True)


def same(session: Session, submission: Submission) -> list[str]:
    """The ids of others' submissions whose spec means the same: a hint, and no proof of anything."""
    query = sa.select(Submission.id).where(
        Submission.assignment_id == submission.assignment_id,
        Submission.spec_sha256 == submission.spec_sha256,
        Submission.user_id != submission.user_id,
        Submission.baseline.is_(None),
    )
    if submission.group_id is not None:
        query = query.where(Submission.group_id.is_distinct_from(submission.group_id))
    return list(session.scalars(query.order_by(Submission.id).limit(100)))


def choose(session: Session, user: User, mark: Mark, at: datetime) -> None:
    """Makes the submission the one that counts, where the chosen one does.

    Raises:
        ForbiddenError: it is not the user's own, nor their group's.
        ConflictError: another one counts there, or the assignment is locked.
    """
    submission, assignment = mark.submission, mark.submission.assignment
    party = parties.of(session, assignment, user.id)
    own = (party.group_id or party.user_id) == (submission.group_id or submission.user_id)
    if not own or submission.baseline is not None:
        raise ForbiddenError("Only who handed it in chooses it.")
    counts = parties.terms(assignment).counts
    if counts != "chosen":
        raise ConflictError(f"There is nothing to choose: the {counts} submission counts.")
    lock_at = dates.for_user(session, assignment, user.id).lock_at
    if lock_at is not None and at > lock_at:
        raise ConflictError(f"Nothing is chosen any more since {lock_at:%Y-%m-%d %H:%M} UTC.")
    submission.chosen_at = db.now(session)
    session.flush()
    grades.changed_by(session, submission)


def _visible(session: Session, user: User, submission: Submission) -> bool:
    course_id = submission.assignment.course_id
    if course.teaches(session, user, course_id):
        return True
    member = session.get(Member, (course_id, user.id))
    if member is None or submission.baseline is not None:
        return False
    if submission.group_id is not None and member.group_id == submission.group_id:
        return True
    return submission.user_id == user.id
