"""Courses: making, finding, changing and deleting them, and who may do what in one."""

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import db
from core.courses import documents, members
from core.errors import ConflictError, Fault, ForbiddenError, NotFoundError
from core.tables import Assignment, Course, Member, User


def create(session: Session, user: User, document: dict[str, Any]) -> Course:
    """A new course, whose teacher the user is.

    Raises:
        InvalidRequestError: with a pointer to everything that is wrong.
    """
    asked = documents.read(documents.Course, document)
    _check_timezone(asked.timezone)
    course = Course(name=asked.name, timezone=asked.timezone, created_at=db.now(session))
    session.add(course)
    session.flush()
    members.put(session, course, user, "teacher")
    return course


def find(session: Session, user: User, course_id: str) -> Course:
    """A course that the user is in; an administrator sees all.

    Raises:
        NotFoundError: there is none that the user may see.
    """
    course = session.get(Course, course_id)
    if course is None or (user.role != "admin" and session.get(Member, (course.id, user.id)) is None):
        raise NotFoundError(f"There is no course {course_id!r}.")
    return course


def find_taught(session: Session, user: User, course_id: str) -> Course:
    """A course that the user teaches.

    Raises:
        NotFoundError: there is none that the user may see.
        ForbiddenError: the user is no teacher in it.
    """
    course = find(session, user, course_id)
    if not teaches(session, user, course.id):
        raise ForbiddenError("This takes a teacher of the course.")
    return course


def role(session: Session, user: User, course_id: str) -> str | None:
    """What the user is in the course; `teacher` for an administrator, too."""
    member = session.get(Member, (course_id, user.id))
    if user.role == "admin":
        return "teacher"
    return member.role if member else None


def teaches(session: Session, user: User, course_id: str) -> bool:
    """Whether the user may do what teachers do in the course."""
    return role(session, user, course_id) == "teacher"


def page(session: Session, user: User, *, after: str | None, limit: int) -> Sequence[Course]:
    """The user's courses, newest first, below the id `after`."""
    query = sa.select(Course).order_by(Course.id.desc()).limit(limit)
    if user.role != "admin":
        query = query.where(Course.id.in_(sa.select(Member.course_id).where(Member.user_id == user.id)))
    if after:
        query = query.where(Course.id < after)
    return session.scalars(query).all()


def change(course: Course, document: dict[str, Any]) -> None:
    """Changes what the document has.

    Raises:
        InvalidRequestError: with a pointer to everything that is wrong.
    """
    asked = documents.read(documents.Course, {"name": course.name, "timezone": course.timezone} | document)
    _check_timezone(asked.timezone)
    course.name, course.timezone = asked.name, asked.timezone


def delete(session: Session, course: Course) -> None:
    """Removes a course without assignments.

    Raises:
        ConflictError: it has some.
    """
    if session.scalar(sa.select(Assignment.id).where(Assignment.course_id == course.id).limit(1)):
        raise ConflictError("The course has assignments: delete them first.")
    session.delete(course)


def _check_timezone(name: str) -> None:
    try:
        name == "UTC" or ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        detail = f"There is no time zone {name!r}; one is called Europe/Paris, say."
        raise documents.invalid(Fault("#/timezone", detail)) from None
