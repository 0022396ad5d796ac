"""Models: the list, versions and scores, and what one can do with them."""

import json
from typing import Any

import orjson
from flask import Response, request

from core import models
from core.artifacts import MissingArtifactError
from core.datasets import catalogue, previews
from core.errors import FittingRoomError, MalformedError, NotFoundError
from service import answers, auth, describing, parts
from service.pages import evaluations, figures, scores, site, trying
from service.pages.site import pages
from service.views import models as api

LIMIT = 20
NO_PREVIEW: dict[str, Any] = {"rows": [], "columns": [], "thumbnails": []}


@pages.get("/models", endpoint="models")
def models_list() -> Response:
    """The list."""
    after = request.args.get("after", "")[:100]
    with parts.of_app().database.reading() as session:
        found = models.page(session, auth.caller(), after=after or None, limit=LIMIT + 1)
        told = [_plain(describing.model(one)) for one in found[:LIMIT]]
    return site.show(
        "models/list.html", models=told, more=len(found) > LIMIT, after=after, scores=scores, figures=figures
    )


@pages.get("/models/<model>")
def model(model: str) -> Response:
    """One: its versions, and its labels."""
    with parts.of_app().database.reading() as session:
        told = _plain(describing.model(models.find(session, auth.caller(), model)))
    return site.show("models/model.html", model=told, scores=scores, figures=figures)


@pages.post("/models/<model>/labels")
def label_version(model: str) -> Response:
    """Puts a label on a version."""
    number = request.form.get("version", "")
    if not number.isdecimal() or len(number) > len(str(api.MOST_VERSIONS)):
        raise MalformedError("A version is a number.")
    api.put_label(auth.caller(), model, request.form.get("label", "").strip(), int(number))
    return site.go("pages.model", model=model)


@pages.get("/models/<model>/versions/<int(max=2147483647):version>")
def version(model: str, version: int) -> Response:
    """A version: what it is worth, and a place to try it."""
    return _version(model, version)


@pages.post("/models/<model>/versions/<int(max=2147483647):version>")
def try_version(model: str, version: int) -> Response:
    """The version's answer to rows in JSON: for who has no JavaScript."""
    return _version(model, version, request.form.get("rows", ""))


@pages.post("/models/<model>/versions/<int(max=2147483647):version>/delete")
def delete_version(model: str, version: int) -> Response:
    """Deletes a version that no label is on."""
    with parts.of_app().database.writing() as session:
        found = models.find_version(session, auth.caller(), model, version)
        models.delete_version(session, found.model, found)
    return site.go("pages.model", model=model)


def _version(name: str, number: int, rows: str | None = None) -> Response:
    own, user = parts.of_app(), auth.caller()
    with own.database.reading() as session:
        found = models.find_version(session, user, name, number)
        told = _plain(describing.version(found, api.evaluation(own.artifacts, found.artifacts)))
        model_id = found.model_id
    preview = _preview(told["lineage"]["dataset"]["id"])
    answered, wrong = _answered(model_id, told, rows)
    return site.show(
        "models/version.html",
        422 if wrong else 200,
        version=told,
        model=model_id,
        known=preview is not None,
        rows=rows if rows is not None else _rows(told, preview or NO_PREVIEW),
        answered=answered,
        wrong=wrong,
        questions=trying.questions(told),
        scores=scores,
        figures=figures,
        evaluations=evaluations,
    )


def _answered(
    model_id: str, told: dict[str, Any], rows: str | None
) -> tuple[list[dict[str, Any]] | None, str | None]:
    """What the version says to rows, or what is wrong with them."""
    if rows is None:
        return None, None
    try:
        return _plain(trying.answer(auth.caller(), model_id, told, rows)), None
    except FittingRoomError as error:
        return None, error.detail


def _preview(dataset_id: str) -> dict[str, Any] | None:
    """What there is to see of the data set; None if it was deleted, or is somebody else's."""
    own = parts.of_app()
    try:
        with own.database.reading() as session:
            return previews.load(own.artifacts, catalogue.find(session, auth.caller(), dataset_id))
    except (NotFoundError, MissingArtifactError, FileNotFoundError):
        return None


def _rows(told: dict[str, Any], preview: dict[str, Any]) -> str:
    return json.dumps([trying.example(told, preview)], ensure_ascii=False)


def _plain(told: Any) -> Any:  # noqa: ANN401 - JSON
    """As the API tells it: times are texts, and what is no number is null."""
    return orjson.loads(answers.dump(told))
