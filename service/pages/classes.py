"""The class of an assignment, for its teachers: how everybody stands, regrades, and what platforms have."""

from typing import Any

from flask import Response, request
from sqlalchemy.orm import Session

from core.courses import assignments, extensions, grades, members, passback, regrading
from core.tables import Assignment, Extension
from service import auth, parts, tables_csv
from service import describing_courses as describing
from service.pages import clock, figures, progress, site
from service.pages.site import pages
from service.views import assignments as api
from service.views import passback as deliveries

MOST = 100_000
GRADES = ("user", "full_name", "group", "score", "penalty", "submission", "arrived_at", "submissions")


@pages.get("/assignments/<assignment_id>/class")
def class_of(assignment_id: str) -> Response:
    """How everybody stands: `?sort=` by a column, `?order=up` or `down`."""
    return _class(assignment_id)


@pages.get("/assignments/<assignment_id>/grades.csv")
def assignment_grades(assignment_id: str) -> Response:
    """The grades, as a file."""
    with parts.of_app().database.reading() as session:
        found = taught(session, assignment_id)
        told = [describing.grade(one) for one in grades.page(session, found, after=None, limit=MOST)]
    return tables_csv.answer(found.id, GRADES, [[one[name] for name in GRADES] for one in told])


@pages.post("/assignments/<assignment_id>/regrade")
def regrade_class(assignment_id: str) -> Response:
    """Has what the class handed in scored once more, or trained."""
    done = api.regrade_class(auth.caller(), assignment_id, {"how": request.form.get("how", "")})
    return _class(assignment_id, regraded=done)


@pages.post("/assignments/<assignment_id>/passback/resend")
def resend_grades(assignment_id: str) -> Response:
    """Sends grades to platforms again: those that were refused, or a student's."""
    with parts.of_app().database.writing() as session:
        found, name = taught(session, assignment_id), request.form.get("user")
        user_id = members.by_name(session, name).id if name else None
        passback.resend(session, found, user_id=user_id)
    return site.go("pages.class_of", assignment_id=assignment_id, _anchor="platforms")


def taught(session: Session, assignment_id: str) -> Assignment:
    """An assignment of a course that the reader teaches."""
    return assignments.find_taught(session, auth.caller(), assignment_id)


def extension(one: Extension) -> dict[str, Any]:
    """An extension as the API tells it, and what those are called whom it is for."""
    called = one.user.called if one.user else one.group.name if one.group else ""
    return describing.extension(one) | {"called": called}


def _class(assignment_id: str, regraded: dict[str, Any] | None = None) -> Response:
    by = request.args.get("sort", "called")
    by = by if by in progress.SORTS else "called"
    down = request.args.get("order", "down" if progress.SORTS[by] else "up") == "down"
    with parts.of_app().database.reading() as session:
        found = taught(session, assignment_id)
        delivery = deliveries.told(session, found)
        rows = progress.of_class(session, found, delivery["data"])
        given = extensions.page(session, found, after=None, limit=MOST)
        return site.show(
            "assignments/teach_class.html",
            assignment=describing.assignment_briefly(found),
            course=found.course,
            rows=progress.ordered(rows, by, down=down),
            by=by,
            down=down,
            sorts=progress.SORTS,
            delivery=delivery,
            extensions=[extension(one) for one in given],
            regraded=regraded,
            regrade=regrading.progress(session, found),
            clock=clock,
            figures=figures,
        )
