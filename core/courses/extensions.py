"""What one student, or one group, is allowed beyond all others."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from core.courses import documents, grades, members
from core.errors import Fault, NotFoundError
from core.tables import Assignment, CourseGroup, Extension, Member, User


def put(session: Session, assignment: Assignment, document: dict[str, Any]) -> Extension:
    """Writes an extension, in the place of an earlier one of the same user or group.

    Raises:
        InvalidRequestError: with a pointer to everything that is wrong.
    """
    asked = documents.read(documents.Extension, document)
    user = members.by_name(session, asked.user) if asked.user is not None else None
    if user and session.get(Member, (assignment.course_id, user.id)) is None:
        raise documents.invalid(Fault("#/user", f"{user.name} is not in this course."))
    group = session.get(CourseGroup, asked.group) if asked.group is not None else None
    if asked.group is not None and (group is None or group.course_id != assignment.course_id):
        raise documents.invalid(Fault("#/group", f"There is no group {asked.group!r} in this course."))
    former = _of(session, assignment, user, group)
    extension = former or Extension(
        assignment_id=assignment.id, user_id=user and user.id, group_id=group and group.id
    )
    extension.due_at, extension.lock_at, extension.attempts = asked.due_at, asked.lock_at, asked.attempts
    session.add(extension)
    session.flush()
    grades.changed_for_all(session, assignment, _users(session, extension))
    return extension


def find(session: Session, assignment: Assignment, extension_id: str) -> Extension:
    """An extension of the assignment.

    Raises:
        NotFoundError: there is none.
    """
    extension = session.get(Extension, extension_id)
    if extension is None or extension.assignment_id != assignment.id:
        raise NotFoundError(f"There is no extension {extension_id!r} of this assignment.")
    return extension


def page(session: Session, assignment: Assignment, *, after: str | None, limit: int) -> Sequence[Extension]:
    """The extensions, newest first, below the id `after`."""
    query = sa.select(Extension).where(Extension.assignment_id == assignment.id)
    query = query.options(joinedload(Extension.user), joinedload(Extension.group))
    if after:
        query = query.where(Extension.id < after)
    return session.scalars(query.order_by(Extension.id.desc()).limit(limit)).all()


def delete(session: Session, assignment: Assignment, extension: Extension) -> None:
    """Takes an extension back."""
    users = _users(session, extension)
    session.delete(extension)
    session.flush()
    grades.changed_for_all(session, assignment, users)


def _of(
    session: Session, assignment: Assignment, user: User | None, group: CourseGroup | None
) -> Extension | None:
    query = sa.select(Extension).where(Extension.assignment_id == assignment.id)
    if user:
        return session.scalar(query.where(Extension.user_id == user.id))
    return session.scalar(query.where(Extension.group_id == (group and group.id)))


def _users(session: Session, extension: Extension) -> list[User]:
    """The students that it is for."""
    query = sa.select(User).join(Member, Member.user_id == User.id).where(Member.role == "student")
    if extension.user_id:
        query = query.where(User.id == extension.user_id)
    else:
        query = query.where(Member.group_id == extension.group_id)
    return list(session.scalars(query.order_by(User.id)))
