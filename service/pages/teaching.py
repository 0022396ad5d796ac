"""A course as its teachers make it: its name, its time zone, and all its grades."""

import zoneinfo
from functools import cache
from typing import Any

from flask import Response, request
from sqlalchemy.orm import Session

from core.courses import course, documents, grades, members
from core.errors import FittingRoomError
from core.tables import Course
from service import auth, parts, tables_csv
from service.pages import forms, site
from service.pages.site import pages

MOST_STUDENTS = 100_000


@pages.get("/courses/new")
def new_course() -> Response:
    """Where one makes a course."""
    return _new({"timezone": "UTC"})


@pages.post("/courses/new")
def make_course() -> Response:
    """Makes it; who does is its teacher."""
    asked = given("name", "timezone")
    try:
        with parts.of_app().database.writing() as session:
            made = course.create(session, auth.caller(), asked).id
    except forms.REFUSED as error:
        return _new(asked, error)
    return site.go("pages.course", course=made)


@pages.get("/courses/<course_id>/settings")
def course_settings(course_id: str) -> Response:
    """Name and time zone."""
    with parts.of_app().database.reading() as session:
        found = taught(session, course_id)
        return _settings(found, {"name": found.name, "timezone": found.timezone})


@pages.post("/courses/<course_id>/settings")
def change_course(course_id: str) -> Response:
    """Changes them."""
    asked = given("name", "timezone")
    try:
        with parts.of_app().database.writing() as session:
            course.change(taught(session, course_id), asked)
    except forms.REFUSED as error:
        with parts.of_app().database.reading() as session:
            return _settings(taught(session, course_id), asked, error)
    return site.go("pages.course", course=course_id)


@pages.post("/courses/<course_id>/delete")
def delete_course(course_id: str) -> Response:
    """Deletes a course without assignments."""
    with parts.of_app().database.writing() as session:
        course.delete(session, taught(session, course_id))
    return site.go("pages.courses")


@pages.get("/courses/<course_id>/grades.csv")
def course_grades(course_id: str) -> Response:
    """All scores of all students, as a file."""
    with parts.of_app().database.reading() as session:
        found = taught(session, course_id)
        titles, rows = grades.of_course(session, found, after=None, limit=MOST_STUDENTS)
        names = {one.user.name: one.user.full_name for one in members.students(session, found.id)}
    head = ["user", "full_name", *titles.values()]
    cells = [[name, names.get(name), *(scores.get(one) for one in titles)] for name, scores in rows]
    return tables_csv.answer(course_id, head, cells)


def _new(shown: dict[str, Any], error: FittingRoomError | None = None) -> Response:
    wrong = forms.refusal(error, documents.Course.model_fields) if error else forms.NONE
    return site.show("courses/teach_new.html", wrong.status, given=shown, wrong=wrong, zones=zones())


def _settings(found: Course, shown: dict[str, Any], error: FittingRoomError | None = None) -> Response:
    wrong = forms.refusal(error, documents.Course.model_fields) if error else forms.NONE
    return site.show(
        "courses/teach_settings.html", wrong.status, course=found, given=shown, wrong=wrong, zones=zones()
    )


def taught(session: Session, course_id: str) -> Course:
    """A course that the reader teaches."""
    return course.find_taught(session, auth.caller(), course_id)


def given(*names: str) -> dict[str, str]:
    """What stands in these fields of the form."""
    return {name: request.form.get(name, "").strip() for name in names}


@cache
def zones() -> list[str]:
    """What time zones are called: places, and UTC."""
    return ["UTC", *sorted(one for one in zoneinfo.available_timezones() if "/" in one and one[:3] != "Etc")]
