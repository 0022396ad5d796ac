"""Courses: those that one is in, and what is to be done in one."""

from datetime import UTC, datetime
from typing import Any

from flask import Response, request
from sqlalchemy.orm import Session

from core.courses import assignments
from core.courses import course as courses
from core.tables import Course, User
from service import auth, parts
from service import describing_courses as describing
from service.pages import figures, site, standing
from service.pages.site import pages

PAGE = 20
# As many assignments of a course are looked at.
MOST = 100


@pages.get("/courses", endpoint="courses")
def courses_list() -> Response:
    """One's courses, each with what is to be done."""
    user, after = auth.caller(), request.args.get("after", "")[:100]
    with parts.of_app().database.reading() as session:
        found = courses.page(session, user, after=after or None, limit=PAGE + 1)
        told = [_told(session, user, one, None)[0] for one in found[:PAGE]]
    return site.show(
        "courses/list.html",
        courses=told,
        more=len(found) > PAGE,
        after=after,
        figures=figures,
        standing=standing,
    )


@pages.get("/courses/<course>")
def course(course: str) -> Response:
    """A course: its assignments, and how they stand."""
    user, after = auth.caller(), request.args.get("after", "")[:100]
    with parts.of_app().database.reading() as session:
        told, more = _told(session, user, courses.find(session, user, course), after or None)
    return site.show(
        "courses/course.html", course=told, more=more, after=after, figures=figures, standing=standing
    )


def _told(session: Session, user: User, row: Course, after: str | None) -> tuple[dict[str, Any], str | None]:
    """A course with its assignments; and after which id there are more."""
    told, at = describing.course_of(session, user, row), datetime.now(UTC)
    found = assignments.page(session, user, after=after, limit=MOST + 1, course_id=row.id)
    student = told["role"] != "teacher"
    listed = [
        describing.assignment_briefly(one)
        | {"mine": describing.standing(session, user, one, at) if student else None}
        for one in found[:MOST]
    ]
    more = found[MOST - 1].id if len(found) > MOST else None
    return told | {"assignments": standing.ordered(listed)}, more
