"""For whom somebody hands in: for themselves, or for their group."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.courses import documents
from core.tables import Assignment, CourseGroup, Extension, Member, Submission, User


@dataclass(frozen=True)
class Party:
    """A user, and the group that they are in where groups hand in."""

    user_id: str
    group_id: str | None

    @property
    def handed_in(self) -> sa.ColumnElement[bool]:
        """Which submissions are theirs; not those of a teacher that are shown as entries."""
        if self.group_id is not None:
            return sa.and_(Submission.group_id == self.group_id, Submission.baseline.is_(None))
        return sa.and_(
            Submission.user_id == self.user_id, Submission.group_id.is_(None), Submission.baseline.is_(None)
        )


def of(session: Session, assignment: Assignment, user_id: str) -> Party:
    """For whom the user hands in there."""
    if not assignment.settings["groups"]:
        return Party(user_id, None)
    member = session.get(Member, (assignment.course_id, user_id))
    return Party(user_id, member.group_id if member else None)


def lock(session: Session, party: Party) -> None:
    """Waits until nobody else hands in for these, and keeps it so until the transaction ends."""
    if party.group_id is not None:
        group = sa.select(CourseGroup.id).where(CourseGroup.id == party.group_id)
        session.scalar(group.with_for_update(key_share=True))
    session.scalar(sa.select(User.id).where(User.id == party.user_id).with_for_update(key_share=True))


def students_of(session: Session, submission: Submission) -> list[User]:
    """Whose grade it may change: students, in the order of their ids."""
    query = sa.select(User).join(Member, Member.user_id == User.id)
    query = query.where(Member.course_id == submission.assignment.course_id, Member.role == "student")
    if submission.group_id is None:
        query = query.where(User.id == submission.user_id)
    else:
        query = query.where(Member.group_id == submission.group_id)
    return list(session.scalars(query.order_by(User.id)))


def extensions(session: Session, assignment: Assignment, user_id: str) -> list[Extension]:
    """What the user was allowed beyond others: themselves, and with their group."""
    group_id = sa.select(Member.group_id).where(
        Member.course_id == assignment.course_id, Member.user_id == user_id
    )
    of_either = sa.or_(Extension.user_id == user_id, Extension.group_id == group_id.scalar_subquery())
    query = sa.select(Extension).where(Extension.assignment_id == assignment.id, of_either)
    return list(session.scalars(query))


def terms(assignment: Assignment) -> documents.Terms:
    """What the assignment says beside its title, text and dates."""
    return documents.Terms.model_validate_json(documents.dump(assignment.settings))
