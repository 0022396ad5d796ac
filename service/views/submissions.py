"""Submissions: handing in, looking at what was handed in, commenting and choosing."""

from datetime import UTC, datetime
from typing import Any

import orjson
from flask import Response
from pydantic import BaseModel, Field

from core.courses import assignments, course, documents, members, passback, submissions, submitting
from core.errors import Fault, ForbiddenError, NotFoundError
from core.tables import User
from service import answers, auth, bodies, idempotency, parts, routes, tracing
from service import describing as jobs_describing
from service import describing_courses as describing
from service.queries import PageQuery
from service.views import specs
from service.views.assignments import AssignmentPath

api = routes.blueprint("submissions", "/v1")


class SubmissionPath(BaseModel):
    """A submission."""

    submission: str = Field(description="Its id")


class SubmissionsQuery(PageQuery):
    """Which submissions are wanted."""

    user: str | None = Field(None, max_length=100, description="Those of one user, by name (teachers only)")


@api.post("/assignments/<assignment>/submissions")
def submit(path: AssignmentPath) -> Response:
    """Hand in a network and how it is to be trained. When it arrives is when it was handed in."""
    at = tracing.arrived_at()
    own, user = parts.of_app(), auth.caller()
    with idempotency.held(own.database, user, f"POST submissions of {path.assignment}"[:100]) as hold:
        document = bodies.document()
        asked = idempotency.fingerprint(document)
        if replayed := hold.replay(asked):
            return replayed
        with own.database.writing() as session:
            assignment = assignments.find(session, user, path.assignment)
            made, warnings = submitting.submit(
                session,
                user,
                assignment,
                document,
                arrived_at=at,
                limits=own.spec_limits,
                most_active=own.settings.max_queued_jobs,
            )
            mark = submissions.find(session, user, made.id)
            body = describing.submission(session, user, mark) | {
                "mine": describing.standing(session, user, assignment, at),
                "warnings": [jobs_describing.fault(one) for one in warnings],
            }
            response = answers.json(body, 202, location=f"/v1/submissions/{made.id}")
            hold.answer(session, asked, response, body)
            accelerator = made.job.accelerator
    own.nudger.nudge(accelerator)
    return response


@api.post("/assignments/<assignment>/check")
def check(path: AssignmentPath) -> Response:
    """Check a submission against its assignment without handing it in."""
    own, user, document = parts.of_app(), auth.caller(), bodies.document()
    with own.database.reading() as session:
        assignment = assignments.find(session, user, path.assignment)
        checked, pace = submitting.look(session, user, assignment, document, own.spec_limits)
    return answers.json(specs.described(checked, pace))


@api.get("/assignments/<assignment>/submissions")
def listed(path: AssignmentPath, query: SubmissionsQuery) -> Response:
    """List what one handed in, or as a teacher what the class did, newest first."""
    user = auth.caller()
    with parts.of_app().database.reading() as session:
        assignment = assignments.find(session, user, path.assignment)
        of = None if query.user is None else members.by_name(session, query.user, "#/query/user")
        page = submissions.page(session, user, assignment, after=query.after, limit=query.limit + 1, of=of)
        return answers.page(page, query.limit, lambda one: describing.submission_briefly(session, one))


@api.get("/submissions/<submission>")
def show(path: SubmissionPath) -> Response:
    """Show a submission."""
    user = auth.caller()
    with parts.of_app().database.reading() as session:
        found = submissions.find(session, user, path.submission)
        return answers.tagged(describing.submission(session, user, found))


@api.patch("/submissions/<submission>")
def comment(path: SubmissionPath) -> Response:
    """Say something of a submission, as a teacher: `{"comment": …}`, null for nothing."""
    return answers.json(say(auth.caller(), path.submission, bodies.document()))


@api.post("/submissions/<submission>/choose")
def choose(path: SubmissionPath) -> Response:
    """Choose which submission counts, where the chosen one does."""
    user, at = auth.caller(), datetime.now(UTC)
    with parts.of_app().database.writing() as session:
        found = submissions.find(session, user, path.submission)
        submissions.choose(session, user, found, at)
        body = describing.submission(session, user, found)
    return answers.json(body)


@api.get("/submissions/<submission>/evaluation")
def evaluation(path: SubmissionPath) -> Response:
    """Show the evaluation on the hidden rows (teachers only)."""
    own, user = parts.of_app(), auth.caller()
    with own.database.reading() as session:
        found = submissions.find(session, user, path.submission)
        if not course.teaches(session, user, found.submission.assignment.course_id):
            raise ForbiddenError("What is hidden is for teachers of the course.")
        kept = found.run.evaluation if found.run else None
    if kept is None:
        raise NotFoundError("Nothing was scored on hidden rows.")
    told: dict[str, Any] = {"object": "evaluation"}
    return answers.json(told | orjson.loads(own.artifacts.path(kept).read_bytes()))


def say(user: User, submission_id: str, document: dict[str, Any]) -> dict[str, Any]:
    """Writes a teacher's comment on a submission, and answers that.

    Raises:
        InvalidRequestError: it is no text, or too long.
        ForbiddenError: the user is no teacher there.
    """
    text = _comment(document)
    with parts.of_app().database.writing() as session:
        found = submissions.find(session, user, submission_id)
        if not course.teaches(session, user, found.submission.assignment.course_id):
            raise ForbiddenError("This takes a teacher of the course.")
        found.submission.comment = text
        passback.tell_comment(session, found.submission)
        return describing.submission(session, user, found)


def _comment(document: dict[str, Any]) -> str | None:
    text = document.get("comment")
    fits = text is None or (
        isinstance(text, str) and len(text) <= submissions.MOST_COMMENT_CHARACTERS and "\0" not in text
    )
    if fits and document.keys() == {"comment"}:
        return text or None
    most = submissions.MOST_COMMENT_CHARACTERS
    detail = f'The body must be {{"comment": …}}, a text of at most {most:,} characters.'
    raise documents.invalid(Fault("#/comment", detail))
