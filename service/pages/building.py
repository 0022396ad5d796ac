"""A new job: a data set, a network made of layers, and how to train it.

With JavaScript a builder stands where the text of the job does, and asks the API. Without, the text is edited
as it is, and its form checks it or trains it.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Response, request
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup
from sqlalchemy.orm import Session

from core import jobs
from core.datasets import catalogue
from core.errors import FittingRoomError, NotFoundError
from core.tables import Dataset, User
from service import auth, bodies, describing, parts
from service.pages import datasets as data_sets
from service.pages import figures, site, understanding
from service.pages.site import pages
from service.views import templates

# As many can be chosen from a list; others by their names.
MOST = 100
WIDTH = 64


@dataclass
class Start:
    """What the page begins with.

    Attributes:
        document: the job; None where there is no data set to train on.
        dataset: the one that it is about, if it is there.
        templates: networks that suit it.
        choices: data sets that one may choose, newest first, and whether there are more.
        job: the job that it began as, if it did.
    """

    document: dict[str, Any] | None = None
    dataset: dict[str, Any] | None = None
    templates: list[dict[str, Any]] = field(default_factory=list)
    choices: list[dict[str, Any]] = field(default_factory=list)
    more: bool = False
    job: str | None = None


@pages.get("/jobs/new")
def new_job() -> Response:
    """Where one builds a network and trains it: `?dataset=`, `?template=`, `?from=` (a job) to begin with."""
    begun = _start()
    return _show(begun, written(begun.document) if begun.document is not None else "")


@pages.post("/jobs/new")
def send_job() -> Response:
    """Checks the text of a job, or trains it."""
    text = request.form.get("document", "")
    try:
        document = bodies.parse(text, what="The text")
        if not isinstance(document, dict):
            return _show(_start(), text, problem={"detail": _no_object(), "errors": []})
        if request.form.get("action") == "train":
            return site.go("pages.job", job=_submit(document))
        return _show(_start(), text, checked=_check(document))
    except FittingRoomError as error:
        faults = [describing.fault(fault) for fault in error.faults]
        return _show(_start(), text, problem={"detail": error.detail, "errors": faults})


def written(value: Any, indent: str = "") -> str:  # noqa: ANN401 - JSON
    """A value as JSON: what is short stays in one line, so that a layer is a line."""
    line = json.dumps(value, ensure_ascii=False)
    if len(line) + len(indent) <= WIDTH or not isinstance(value, dict | list) or not value:
        return line
    inner = indent + "  "
    if isinstance(value, list):
        lines, (first, last) = [inner + written(one, inner) for one in value], "[]"
    else:
        members = ((json.dumps(name, ensure_ascii=False), one) for name, one in value.items())
        lines, (first, last) = [f"{inner}{name}: {written(one, inner)}" for name, one in members], "{}"
    return "\n".join([first, ",\n".join(lines), indent + last])


def _start() -> Start:
    user = auth.caller()
    with parts.of_app().database.reading() as session:
        found = catalogue.page(session, user, after=None, limit=MOST + 1)
        begun = Start(choices=[describing.dataset(one) for one in found[:MOST]], more=len(found) > MOST)
        if origin := request.values.get("from"):
            job = jobs.find(session, user, origin)
            begun.job, begun.document = job.id, dict(job.spec)
        dataset = _dataset(session, user, begun, found)
        if dataset is not None:
            begun.dataset, begun.templates = describing.dataset(dataset), templates.suiting(user, dataset)
            begun.document = _document(begun)
    return begun


def _dataset(session: Session, user: User, begun: Start, found: Sequence[Dataset]) -> Dataset | None:
    """The one that is asked for, or that a job was about; else the newest."""
    if asked := request.values.get("dataset"):
        return catalogue.find(session, user, asked)
    if begun.document is None:
        return found[0] if found else None
    try:
        return catalogue.find(session, user, begun.document["dataset"])
    except NotFoundError:
        return None


def _document(begun: Start) -> dict[str, Any]:
    asked = request.values.get("template")
    chosen = next((one for one in begun.templates if one["name"] == asked), begun.templates[0])
    if begun.document is None:
        spec: dict[str, Any] = chosen["spec"]
        return spec
    about = chosen["spec"]["dataset"] if "dataset" in request.values else begun.document["dataset"]
    return begun.document | {"dataset": about}


def _check(document: dict[str, Any]) -> dict[str, Any]:
    own = parts.of_app()
    with own.database.reading() as session:
        checked, _ = jobs.check(session, auth.caller(), document, own.spec_limits)
    warnings = [describing.fault(warning) for warning in checked.warnings]
    return {**checked.summary.model_dump(mode="json"), "warnings": warnings}


def _submit(document: dict[str, Any]) -> str:
    own, user = parts.of_app(), auth.caller()
    with own.database.writing() as session:
        job = jobs.submit(
            session, user, document, limits=own.spec_limits, most_active=own.settings.max_queued_jobs
        )
        made = job.id
    own.nudger.nudge(job.accelerator)
    return made


def _show(begun: Start, text: str, **told: Any) -> Response:  # noqa: ANN401 - the template's own
    samples = [] if begun.choices else data_sets.offered()
    return site.show(
        "jobs/new.html",
        422 if told.get("problem") else 200,
        start=begun,
        text=text,
        given=_given(begun),
        samples=samples,
        understanding=understanding,
        figures=figures,
        **told,
    )


def _given(begun: Start) -> Markup:
    """What the script begins with, as JSON in which everything keeps its order."""
    given = {"document": begun.document, "templates": begun.templates, "user": auth.caller().id}
    return htmlsafe_json_dumps(given, dumps=json.dumps)


def _no_object() -> str:
    return "A job is a JSON object: it begins with { and ends with }."
