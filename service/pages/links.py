"""A link on a learning platform's page that leads to no assignment yet: a teacher says to which."""

from flask import Response, request
from sqlalchemy.orm import Session

from core.courses import arrivals, assignments, course
from core.errors import NotFoundError
from core.tables import Assignment, Course, LtiContext, LtiLink
from service import auth, parts
from service.pages import site
from service.pages.site import pages


@pages.get("/links/<link>")
def link(link: str) -> Response:
    """What a teacher may choose; to a student, that there is nothing here yet."""
    with parts.of_app().database.reading() as session:
        row, own = _find(session, link)
        return site.show(
            "courses/link.html",
            link=row,
            course=own,
            teaching=course.teaches(session, auth.caller(), own.id),
            assignments=list(assignments.of_course(session, own)),
        )


@pages.post("/links/<link>")
def bind_link(link: str) -> Response:
    """The teacher chose."""
    with parts.of_app().database.writing() as session:
        row, own = _find(session, link)
        course.find_taught(session, auth.caller(), own.id)
        chosen = session.get(Assignment, request.form.get("assignment", ""))
        if chosen is None or chosen.course_id != own.id:
            raise NotFoundError("There is no such assignment in this course.")
        arrivals.bind(session, row, chosen)
    return site.go("pages.assignment", assignment=chosen.id)


def _find(session: Session, link_id: str) -> tuple[LtiLink, Course]:
    row = session.get(LtiLink, link_id)
    context = session.get(LtiContext, row.context_row) if row and row.context_row else None
    if row is None or context is None or context.course_id is None:
        raise NotFoundError("There is no such link.")
    return row, course.find(session, auth.caller(), context.course_id)
