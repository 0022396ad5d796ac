"""Handing in: the builder, limited to what an assignment allows.

With JavaScript a builder stands where the text does, and asks the API. Without, the text is edited as it is,
and its form checks it or hands it in.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Response, request
from jinja2.utils import htmlsafe_json_dumps
from sqlalchemy.orm import Session

from core.courses import assignments, submissions, submitting
from core.datasets import catalogue
from core.errors import FittingRoomError, MalformedError
from service import auth, bodies, describing, parts, tracing
from service import describing_courses as courses
from service.language import translated as _
from service.pages import beginnings, building, figures, prose, site, standing
from service.pages.site import pages
from service.views import templates


@dataclass(frozen=True)
class Start:
    """What the page begins with.

    Attributes:
        assignment: what the API tells of it.
        course: likewise.
        document: the network and its training.
        templates: networks that suit the data, and are allowed: each with its `name` and `document`.
        origin: what it begins as, if that was asked for: with the `title` of an entry, null for a run.
        waits: whether a run of one's own waits, which the next one replaces.
    """

    assignment: dict[str, Any]
    course: dict[str, Any]
    document: dict[str, Any]
    templates: list[dict[str, Any]]
    origin: dict[str, Any] | None
    waits: bool


@pages.get("/assignments/<assignment>/new")
def hand_in(assignment: str) -> Response:
    """Where one builds a network and hands it in: `?template=`, `?from=` (a submission) to begin with."""
    begun = _start(assignment)
    return _show(begun, building.written(begun.document))


@pages.post("/assignments/<assignment>/new")
def send_in(assignment: str) -> Response:
    """Checks the text of a submission, or hands it in."""
    at, text = tracing.arrived_at(), request.form.get("document", "")
    try:
        document = bodies.parse(text, what="The text")
        if not isinstance(document, dict):
            raise MalformedError(_("This must be a JSON object: it begins with { and ends with }."))
        if request.form.get("action") == "hand_in":
            return site.go("pages.submission", submission=_submit(assignment, document, at))
        return _show(_start(assignment), text, checked=_check(assignment, document))
    except FittingRoomError as error:
        begun = _start(assignment)
        if not standing.is_open(begun.assignment["mine"]):
            # The page says by itself why nothing is taken.
            return _show(begun, text, 409)
        faults = [describing.fault(fault) for fault in error.faults]
        return _show(begun, text, 422, problem={"detail": error.detail, "errors": faults})


def _start(assignment: str) -> Start:
    user, at = auth.caller(), datetime.now(UTC)
    with parts.of_app().database.reading() as session:
        found = assignments.find(session, user, assignment)
        told = courses.assignment(session, user, found, at)
        suiting = templates.suiting(user, catalogue.find(session, user, found.dataset_id))
        newest = submissions.page(session, user, found, after=None, limit=1, of=user)
        origin = _origin(session, told["baselines"])
        course = courses.course_of(session, user, found.course)
    offered = beginnings.offered(told["rules"], suiting)
    return Start(
        assignment=told,
        course=course,
        document=beginnings.document(told, origin, offered, suiting, request.values.get("template")),
        templates=offered,
        origin=origin,
        waits=any(one.submission.job.status == "queued" for one in newest),
    )


def _origin(session: Session, entries: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The entry or the run that is asked for.

    Raises:
        NotFoundError: there is none that one may see.
    """
    asked = request.values.get("from")
    if not asked:
        return None
    if entry := next((one for one in entries if one["submission"] == asked), None):
        return entry
    run = courses.submission(session, auth.caller(), submissions.find(session, auth.caller(), asked))
    return {"title": None, "submission": asked, **run["spec"]}


def _check(assignment: str, document: dict[str, Any]) -> dict[str, Any]:
    own, user = parts.of_app(), auth.caller()
    with own.database.reading() as session:
        found = assignments.find(session, user, assignment)
        checked, _pace = submitting.look(session, user, found, document, own.spec_limits)
    warnings = [describing.fault(warning) for warning in checked.warnings]
    return {**checked.summary.model_dump(mode="json"), "warnings": warnings}


def _submit(assignment: str, document: dict[str, Any], at: datetime) -> str:
    own, user = parts.of_app(), auth.caller()
    with own.database.writing() as session:
        made, _warnings = submitting.submit(
            session,
            user,
            assignments.find(session, user, assignment),
            document,
            arrived_at=at,
            limits=own.spec_limits,
            most_active=own.settings.max_queued_jobs,
        )
        submission, accelerator = made.id, made.job.accelerator
    own.nudger.nudge(accelerator)
    return submission


def _show(begun: Start, text: str, status: int = 200, **told: Any) -> Response:  # noqa: ANN401 - the template's own
    words = standing.words(begun.assignment)
    return site.show(
        "assignments/new.html",
        status,
        start=begun,
        assignment=begun.assignment,
        title=words["title"],
        prose=prose.marked(words["text"]),
        text=text,
        given=htmlsafe_json_dumps(_given(begun), dumps=json.dumps),
        figures=figures,
        standing=standing,
        **told,
    )


def _given(begun: Start) -> dict[str, Any]:
    """What the script begins with."""
    rules = begun.assignment["rules"]
    return {
        "assignment": begun.assignment["id"],
        "user": auth.caller().id,
        "document": begun.document,
        "templates": begun.templates,
        "layers": rules["layers"],
        "choices": rules["choices"],
        "fixed": [f"/training/{name}" for name in rules["training"]]
        + ["/model"] * (rules["model"] is not None),
    }
