"""Grades on their way to learning platforms: what the outbox is told whenever a grade changes."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from core.lti import grades as outbox
from core.tables import Assignment, CourseGrade, LtiLink, LtiScore, Submission

MAXIMUM = 100


def tell(session: Session, grade: CourseGrade, *, handed_in: bool = True, comment: str | None = None) -> None:
    """Has every platform with a link to the assignment told of a grade.

    `handed_in` says whether something new was: some platforms count every score as an attempt unless they are
    told that it is none. Where there is no score (any more) nothing is told: it would erase what was. Without
    a comment on the run that counts, the platform keeps the one that it has.
    """
    if grade.score is None:
        return
    links = sa.select(LtiLink).where(LtiLink.assignment_id == grade.assignment_id)
    submission = session.get(Submission, grade.submission_id) if grade.submission_id else None
    for link in session.scalars(links.options(joinedload(LtiLink.registration))):
        outbox.put(
            session,
            link,
            grade.user_id,
            score=grade.score,
            maximum=MAXIMUM,
            comment=comment if submission is None or submission.comment is None else submission.comment,
            submitted_at=submission.arrived_at if submission else None,
            new_submission=handed_in,
        )


def tell_comment(session: Session, submission: Submission) -> None:
    """A teacher said something of a submission, or took it back: told where it is the one that counts."""
    counting = sa.select(CourseGrade).where(CourseGrade.submission_id == submission.id)
    for grade in session.scalars(counting).all():
        tell(session, grade, handed_in=False, comment="")


def tell_all(session: Session, link: LtiLink, user_id: str | None = None) -> None:
    """A link was just bound to its assignment, or somebody came by it for the first time."""
    kept = sa.select(CourseGrade).where(CourseGrade.assignment_id == link.assignment_id)
    if user_id is not None:
        kept = kept.where(CourseGrade.user_id == user_id)
    for grade in session.scalars(kept).all():
        tell(session, grade, handed_in=False)


def page(session: Session, assignment: Assignment, *, user_id: str | None = None) -> Sequence[LtiScore]:
    """The scores of an assignment and how far each has got; those of one student, if asked."""
    query = sa.select(LtiScore).join(LtiScore.link).where(LtiLink.assignment_id == assignment.id)
    if user_id is not None:
        query = query.where(LtiScore.user_id == user_id)
    return session.scalars(query.order_by(LtiScore.id)).all()


def links(session: Session, assignment: Assignment) -> int:
    """How many links on platforms lead to the assignment."""
    query = sa.select(sa.func.count()).where(LtiLink.assignment_id == assignment.id)
    return session.scalar(query) or 0


def resend(session: Session, assignment: Assignment, *, user_id: str | None = None) -> int:
    """Has the scores sent again that platforms refused, or a student's whatever became of it; how many."""
    found = [
        row
        for row in page(session, assignment, user_id=user_id)
        if user_id is not None or row.status == "refused"
    ]
    for row in found:
        outbox.resend(session, row)
    return len(found)
