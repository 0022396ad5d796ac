"""Assignments: making them, how they stand, extensions, the leaderboard, grades and regrades."""

from datetime import UTC, datetime
from typing import Any, Literal, cast

from flask import Response
from pydantic import BaseModel, Field

from core import scratch
from core.courses import (
    assignments,
    course,
    documents,
    exercises,
    extensions,
    grades,
    leaderboard,
    regrading,
    submitting,
)
from core.courses.exercises import Exercise
from core.courses.splitting import Divided
from core.errors import Fault
from core.tables import Dataset, User
from service import answers, auth, bodies, parts, routes, tables_csv
from service import describing_courses as describing
from service.queries import PageQuery
from service.views.courses import NamesQuery

api = routes.blueprint("assignments", "/v1")

# As many slots are woken for a regrade; each takes job after job.
MOST_NUDGES = 16


class AssignmentPath(BaseModel):
    """An assignment."""

    assignment: str = Field(description="Its id")


class ExtensionPath(AssignmentPath):
    """An extension."""

    extension: str = Field(description="Its id")


class ExercisePath(BaseModel):
    """An exercise."""

    exercise: str = Field(description="Its name")


class AssignmentsQuery(PageQuery):
    """Which assignments are wanted."""

    course: str | None = Field(None, max_length=40, description="Those of one course, by its id")


@api.post("/assignments")
def create() -> Response:
    """Give an assignment, on a data set of one's own or as one of the exercises."""
    body = give(auth.caller(), bodies.document())
    return answers.json(body, 201, location=f"/v1/assignments/{body['id']}")


@api.get("/assignments")
def listed(query: AssignmentsQuery) -> Response:
    """List the assignments of one's courses, newest first."""
    with parts.of_app().database.reading() as session:
        page = assignments.page(
            session, auth.caller(), after=query.after, limit=query.limit + 1, course_id=query.course
        )
        return answers.page(page, query.limit, describing.assignment_briefly)


@api.get("/assignments/<assignment>")
def show(path: AssignmentPath) -> Response:
    """Show an assignment, and how it stands for who asks."""
    user = auth.caller()
    with parts.of_app().database.reading() as session:
        found = assignments.find(session, user, path.assignment)
        return answers.tagged(describing.assignment(session, user, found, datetime.now(UTC)))


@api.patch("/assignments/<assignment>")
def change(path: AssignmentPath) -> Response:
    """Change an assignment. Grades follow at once; new hidden rows count from the next regrade on."""
    return answers.json(alter(auth.caller(), path.assignment, bodies.document()))


@api.delete("/assignments/<assignment>")
def delete(path: AssignmentPath) -> Response:
    """Delete an assignment that no student handed anything in for."""
    with parts.of_app().database.writing() as session:
        found = assignments.find_taught(session, auth.caller(), path.assignment)
        assignments.delete(session, found)
    return answers.nothing()


@api.get("/assignments/<assignment>/leaderboard")
def show_leaderboard(path: AssignmentPath) -> Response:
    """Show how those stand who handed in, and the baselines among them."""
    user = auth.caller()
    with parts.of_app().database.reading() as session:
        found = assignments.find(session, user, path.assignment)
        board = leaderboard.board(session, user, found, datetime.now(UTC))
    data = [vars(entry) | {"object": "entry"} for entry in board.entries]
    return answers.json({"object": "list", "data": data, "has_more": False, "frozen_at": board.frozen_at})


@api.get("/assignments/<assignment>/grades")
def list_grades(path: AssignmentPath, query: NamesQuery) -> Response:
    """List the grades by name, one's own if one is no teacher; as a table with `Accept: text/csv`."""
    user = auth.caller()
    with parts.of_app().database.reading() as session:
        found = assignments.find(session, user, path.assignment)
        only = None if course.teaches(session, user, found.course_id) else user
        page = grades.page(session, found, after=query.after, limit=query.limit + 1, only=only)
        told = [describing.grade(one) for one in page]
    if tables_csv.wanted():
        head = ["user", "group", "score", "penalty", "submission", "arrived_at", "submissions", "changed_at"]
        return tables_csv.answer(
            found.id, head, [[one[name] for name in head] for one in told[: query.limit]]
        )
    return answers.page(told, query.limit, dict)


@api.post("/assignments/<assignment>/regrade")
def regrade(path: AssignmentPath) -> Response:
    """Score what the whole class handed in once more, behind everybody else's jobs."""
    return answers.json(regrade_class(auth.caller(), path.assignment, bodies.document()), 202)


@api.get("/assignments/<assignment>/regrade")
def show_regrade(path: AssignmentPath) -> Response:
    """Show how far the latest regrade is: how many of its jobs there are by their status (teachers only)."""
    with parts.of_app().database.reading() as session:
        found = assignments.find_taught(session, auth.caller(), path.assignment)
        return answers.tagged({"object": "regrade_progress", **regrading.progress(session, found)})


@api.get("/assignments/<assignment>/extensions")
def list_extensions(path: AssignmentPath, query: PageQuery) -> Response:
    """List the extensions, newest first (teachers only)."""
    with parts.of_app().database.reading() as session:
        found = assignments.find_taught(session, auth.caller(), path.assignment)
        page = extensions.page(session, found, after=query.after, limit=query.limit + 1)
        return answers.page(page, query.limit, describing.extension)


@api.put("/assignments/<assignment>/extensions")
def put_extension(path: AssignmentPath) -> Response:
    """Allow one student or one group more, in the place of what they were allowed before."""
    document = bodies.document()
    with parts.of_app().database.writing() as session:
        found = assignments.find_taught(session, auth.caller(), path.assignment)
        body = describing.extension(extensions.put(session, found, document))
    return answers.json(body)


@api.delete("/assignments/<assignment>/extensions/<extension>")
def delete_extension(path: ExtensionPath) -> Response:
    """Take an extension back."""
    with parts.of_app().database.writing() as session:
        found = assignments.find_taught(session, auth.caller(), path.assignment)
        extensions.delete(session, found, extensions.find(session, found, path.extension))
    return answers.nothing()


@api.get("/exercises")
def list_exercises() -> Response:
    """List the exercises that come with the service, in the order in which they are taught."""
    data = [_exercise(one) for one in exercises.listed()]
    return answers.tagged({"object": "list", "data": data, "has_more": False})


@api.get("/exercises/<exercise>")
def show_exercise(path: ExercisePath) -> Response:
    """Show an exercise."""
    return answers.tagged(_exercise(exercises.look_up(path.exercise)))


def give(user: User, document: dict[str, Any]) -> dict[str, Any]:
    """Makes the assignment that a document asks for, and answers it.

    Raises:
        InvalidRequestError: with a pointer to everything that is wrong.
    """
    own, at = parts.of_app(), datetime.now(UTC)
    with own.database.reading() as session:
        plan = assignments.plan(session, user, document)
    divided = _divide(plan.source, plan.asked)
    with own.database.writing() as session:
        made = assignments.create(session, user, plan, divided)
        entries = submitting.add_baselines(
            session, user, made, plan.baselines, arrived_at=at, limits=own.spec_limits
        )
        body = describing.assignment(session, user, made, at)
    for _ in entries:
        own.nudger.nudge("any")
    return body


def alter(user: User, assignment_id: str, document: dict[str, Any]) -> dict[str, Any]:
    """Changes what a document has of an assignment, and answers it.

    Raises:
        InvalidRequestError: with a pointer to everything that is wrong.
    """
    own = parts.of_app()
    with own.database.reading() as session:
        found = assignments.find_taught(session, user, assignment_id)
        asked = assignments.revise(session, found, document)
        source = assignments.source_to_divide(session, found, asked)
    divided = None if source is None else _divide(source, asked)
    with own.database.writing() as session:
        found = assignments.find_taught(session, user, assignment_id)
        assignments.change(session, found, asked, divided)
        return describing.assignment(session, user, found, datetime.now(UTC))


def regrade_class(user: User, assignment_id: str, document: dict[str, Any]) -> dict[str, Any]:
    """Has a class graded once more: how many jobs that makes, and what is left out, each with the reason.

    Raises:
        InvalidRequestError: it says something else than how.
    """
    own, how = parts.of_app(), _how(document)
    with own.database.writing() as session:
        found = assignments.find_taught(session, user, assignment_id)
        done = regrading.regrade(session, user, found, how, own.spec_limits)
    for _ in range(min(done.jobs, MOST_NUDGES)):
        own.nudger.nudge("any")
    skipped = [{"submission": one, "reason": reason} for one, reason in done.skipped.items()]
    return {"object": "regrade", "jobs": done.jobs, "skipped": skipped}


def _exercise(one: Exercise) -> dict[str, Any]:
    return {
        "name": one.name,
        "object": "exercise",
        "dataset": one.dataset,
        "assignment": one.assignment,
        "baseline": one.baseline.model_dump(mode="json"),
    }


def _divide(source: Dataset, asked: documents.Assignment) -> Divided:
    own = parts.of_app()
    with scratch.folder(own.settings.scratch_folder, "assignment") as folder:
        return assignments.divide(own.artifacts, source, asked, folder)


def _how(document: dict[str, Any]) -> regrading.How:
    how = document.get("how")
    if how in {"rescore", "retrain"} and document.keys() == {"how"}:
        return cast("Literal['rescore', 'retrain']", how)
    detail = 'The body must be {"how": "rescore"} or {"how": "retrain"}.'
    raise documents.invalid(Fault("#/how", detail))
