"""An assignment's grades on their way to learning platforms, and the rosters of these; for teachers."""

from typing import Any

import sqlalchemy as sa
from flask import Response
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from core.courses import arrivals, assignments, course, members, passback
from core.courses.arrivals import Enrolled
from core.errors import Fault, InvalidRequestError, NotFoundError, UnavailableError, pointer
from core.lti import places
from core.lti.errors import PlatformError
from core.tables import Assignment, Course, LtiScore, User
from service import answers, auth, bodies, parts, routes
from service import describing_courses as describing

api = routes.blueprint("passback", "/v1")


class PassbackPath(BaseModel):
    """An assignment."""

    assignment: str = Field(description="Its id")


class RosterPath(BaseModel):
    """A course."""

    course: str = Field(description="Its id")


@api.get("/assignments/<assignment>/passback")
def listed(path: PassbackPath) -> Response:
    """List an assignment's grades on their way to platforms, and how far each has got (teachers only)."""
    with parts.of_app().database.reading() as session:
        body = told(session, _taught(session, path.assignment))
    return answers.json(body)


@api.post("/assignments/<assignment>/passback/resend")
def resend(path: PassbackPath) -> Response:
    """Send once more what platforms refused; with `{"user": …}` one student's, whatever became of it."""
    asked = bodies.document(empty=True)
    if other := next((name for name in asked if name != "user"), None):
        detail = f"There is no member {other!r}: the body may have `user` alone."
        raise InvalidRequestError(detail, [Fault(pointer(other), detail)])
    with parts.of_app().database.writing() as session:
        assignment = _taught(session, path.assignment)
        user_id = members.by_name(session, asked["user"]).id if "user" in asked else None
        count = passback.resend(session, assignment, user_id=user_id)
    return answers.json({"object": "lti_resent", "count": count}, 202)


@api.post("/courses/<course>/roster")
def read_roster(path: RosterPath) -> Response:
    """Bring in everybody whom the learning platform lists in this course (teachers only)."""
    body = bring_in(auth.caller(), path.course)
    return answers.json(body)


def bring_in(user: User, course_id: str) -> dict[str, Any]:
    """Reads the rosters of a course and enrols everybody in them; how many there were.

    Raises:
        NotFoundError: no platform's course is bound to it.
        UnavailableError: the platform does not tell.
    """
    # Only here: it brings the HTTP client along.
    from core.lti import roster

    own = parts.of_app()
    with own.database.reading() as session:
        found = course.find_taught(session, user, course_id)
        contexts = places.of_course(session, found.id)
    if not contexts:
        raise NotFoundError("No learning platform's course leads here yet.")
    try:
        listed = [one for context in contexts for one in roster.read(own.platforms.tokens, context)]
    except PlatformError as error:
        raise UnavailableError(error.detail, retry_after_seconds=60) from error
    enrolled = [Enrolled(one.person, one.role) for one in listed if one.active]
    with own.database.writing() as session:
        count = arrivals.enrol_all(session, session.get_one(Course, found.id), enrolled)
    return {"object": "roster", "members": count}


def told(session: Session, assignment: Assignment) -> dict[str, Any]:
    """The grades of an assignment and how far each has got, and how many links on platforms lead to it."""
    rows = passback.page(session, assignment)
    named = sa.select(User).where(User.id.in_([row.user_id for row in rows]))
    names = {user.id: user for user in session.scalars(named)}
    data = [_row(row, names[row.user_id]) for row in rows]
    links = passback.links(session, assignment)
    return {"object": "list", "data": data, "has_more": False, "links": links}


def _row(row: LtiScore, user: User) -> dict[str, Any]:
    return {
        "object": "passback",
        "user": user.name,
        "full_name": user.full_name,
        "score": row.score,
        **describing.passback(row),
    }


def _taught(session: Session, assignment_id: str) -> Assignment:
    assignment = assignments.find(session, auth.caller(), assignment_id)
    course.find_taught(session, auth.caller(), assignment.course_id)
    return assignment
