"""An assignment as a teacher makes and changes it: from an exercise, or on a data set of one's own."""

from datetime import datetime
from typing import Any

from flask import Response, request
from sqlalchemy.orm import Session

from core.courses import assignments, course, exercises, metrics
from core.errors import FittingRoomError
from core.specs import spec
from core.tables import Assignment, Course
from service import auth, parts
from service import describing_courses as courses
from service.pages import assignment_form, choosing, clock, forms, measures, prose, site, understanding
from service.pages.site import pages
from service.views import assignments as api

DATES = assignment_form.DATES
# What the API asks for, and is not changed once there is an assignment.
START: dict[str, Any] = {
    "text": "",
    "hidden": 0.5,
    "rules": {"training": {"seed": 0, "deterministic": True}},
    "attempts": {"per_day": 5},
    "counts": "best",
    "leaderboard": {"show": "off"},
}


@pages.get("/courses/<course_id>/assignments/new")
def new_assignment(course_id: str) -> Response:
    """What an assignment can be made of; with `?exercise=` or `?dataset=` the form for one of that."""
    with parts.of_app().database.reading() as session:
        found = _course(session, course_id)
    if not (request.args.get("exercise") or request.args.get("dataset")):
        return _choices(found)
    exercise, dataset = choosing.begun()
    told = exercise.assignment if exercise else START | {"dataset": dataset["name"] if dataset else ""}
    return _new(found, assignment_form.values(told, found.timezone))


@pages.post("/courses/<course_id>/assignments/new")
def make_assignment(course_id: str) -> Response:
    """Makes it, or shows how its text will look."""
    user, exercise = auth.caller(), choosing.exercise(request.form.get("exercise", ""))
    with parts.of_app().database.reading() as session:
        found = _course(session, course_id)
    values = assignment_form.said(request.form)
    if request.form.get("action") == "preview":
        return _new(found, values, preview=True)
    document = assignment_form.document(request.form, found.timezone, {}) | {"course": found.id}
    try:
        if exercise:
            document |= {"exercise": exercise.name}
            choosing.provide(exercise.dataset)
        made = api.give(user, document)
    except forms.REFUSED as error:
        return _new(found, values, error)
    return site.go("pages.assignment", assignment=made["id"])


@pages.get("/assignments/<assignment_id>/change")
def edit_assignment(assignment_id: str) -> Response:
    """The form of one that is there."""
    with parts.of_app().database.reading() as session:
        found = _taught(session, assignment_id)
        told = courses.assignment_briefly(found)
        return _change(found, assignment_form.values(told, found.course.timezone))


@pages.post("/assignments/<assignment_id>/change")
def change_assignment(assignment_id: str) -> Response:
    """Changes it, or shows how its text will look."""
    values = assignment_form.said(request.form)
    with parts.of_app().database.reading() as session:
        found = _taught(session, assignment_id)
        if request.form.get("action") == "preview":
            return _change(found, values, preview=True)
        was: dict[str, datetime | None] = {name: getattr(found, name) for name in DATES}
        document = assignment_form.document(request.form, found.course.timezone, was)
    try:
        api.alter(auth.caller(), assignment_id, document)
    except forms.REFUSED as error:
        with parts.of_app().database.reading() as session:
            return _change(_taught(session, assignment_id), values, error)
    return site.go("pages.assignment", assignment=assignment_id)


@pages.post("/assignments/<assignment_id>/delete")
def delete_assignment(assignment_id: str) -> Response:
    """Deletes one that no student handed anything in for."""
    with parts.of_app().database.writing() as session:
        found = _taught(session, assignment_id)
        course_id = found.course_id
        assignments.delete(session, found)
    return site.go("pages.course", course=course_id)


def _choices(found: Course) -> Response:
    with parts.of_app().database.reading() as session:
        own = choosing.own_datasets(session)
        had = {one["name"] for one in own}
    given = [
        {"name": one.name, "dataset": one.dataset, "had": one.dataset in had, **choosing.words(one)}
        for one in exercises.listed()
    ]
    return site.show(
        "courses/teach_choose.html",
        course=found,
        exercises=given,
        datasets=own,
        understanding=understanding,
    )


def _new(
    found: Course, values: dict[str, Any], error: FittingRoomError | None = None, *, preview: bool = False
) -> Response:
    exercise, dataset = choosing.begun()
    kind = dataset["target"].get("kind") if dataset else None
    known = metrics.OF_KIND.get(kind or "", {})
    if not exercise and not values["metric.name"]:
        values |= {"metric.name": next(iter(known), "")}
    return _form(
        "courses/teach_assignment.html",
        values,
        error,
        preview=preview,
        course=found,
        exercise=exercise,
        dataset=dataset,
        known=known or choosing.metrics_like(values["metric.name"]),
    )


def _change(
    found: Assignment,
    values: dict[str, Any],
    error: FittingRoomError | None = None,
    *,
    preview: bool = False,
) -> Response:
    return _form(
        "assignments/teach_change.html",
        values,
        error,
        preview=preview,
        course=found.course,
        assignment=found,
        known=metrics.OF_KIND[found.dataset.description["target"]["kind"]],
    )


def _form(
    template: str,
    values: dict[str, Any],
    error: FittingRoomError | None,
    *,
    preview: bool,
    **what: Any,  # noqa: ANN401 - the template's
) -> Response:
    wrong = forms.refusal(error, assignment_form.FIELDS) if error else forms.NONE
    return site.show(
        template,
        wrong.status,
        values=values,
        wrong=wrong,
        preview=prose.marked(values["text"]) if preview else None,
        layers=choosing.layers_by_group(),
        options=list(spec.Training.model_fields),
        measures=measures,
        clock=clock,
        **what,
    )


def _course(session: Session, course_id: str) -> Course:
    return course.find_taught(session, auth.caller(), course_id)


def _taught(session: Session, assignment_id: str) -> Assignment:
    return assignments.find_taught(session, auth.caller(), assignment_id)
