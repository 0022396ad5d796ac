"""Models: their versions, labels and files."""

import contextlib
import re
from typing import Any, Literal

from flask import Response, send_file
from pydantic import BaseModel, Field

from core import models
from core.artifacts import Artifacts, MissingArtifactError
from core.errors import Fault, InvalidRequestError, NotFoundError
from core.tables import User
from service import answers, auth, bodies, describing, parts, routes
from service.queries import PageQuery, Query

api = routes.blueprint("models", "/v1/models")

# As many as a database counts; the routes below say so too.
MOST_VERSIONS = 2**31 - 1
LATER = ("saved_model", "litert")
ENDINGS = {"keras": ".keras", "onnx": ".onnx"}


class ModelPath(BaseModel):
    """A model."""

    model: str = Field(description="Its name among your own, or its id")


class VersionPath(ModelPath):
    """A version of a model."""

    version: int = Field(description="Its number")


class LabelPath(ModelPath):
    """A label of a model."""

    label: str = Field(description="A name for one version, such as `stable`")


class ArtifactQuery(Query):
    """In which format it is wanted."""

    format: Literal["keras", "onnx", "saved_model", "litert"] = Field(
        "keras", description="The file's format"
    )


@api.get("")
def listed(query: PageQuery) -> Response:
    """List models, newest first."""
    with parts.of_app().database.reading() as session:
        page = models.page(session, auth.caller(), after=query.after, limit=query.limit + 1)
        return answers.page(page, query.limit, describing.model)


@api.get("/<model>")
def show(path: ModelPath) -> Response:
    """Show a model: its versions and labels."""
    with parts.of_app().database.reading() as session:
        return answers.tagged(describing.model(models.find(session, auth.caller(), path.model)))


@api.get("/<model>/versions/<int(max=2147483647):version>")
def show_version(path: VersionPath) -> Response:
    """Show a version: its scores on the test split, and what it was made from."""
    own = parts.of_app()
    with own.database.reading() as session:
        found = models.find_version(session, auth.caller(), path.model, path.version)
        return answers.tagged(describing.version(found, evaluation(own.artifacts, found.artifacts)))


@api.delete("/<model>/versions/<int(max=2147483647):version>")
def delete_version(path: VersionPath) -> Response:
    """Delete a version that no label is on."""
    with parts.of_app().database.writing() as session:
        found = models.find_version(session, auth.caller(), path.model, path.version)
        models.delete_version(session, found.model, found)
    return answers.nothing()


@api.put("/<model>/labels/<label>")
def set_label(path: LabelPath) -> Response:
    """Put a label on a version, or move it there."""
    return answers.json(put_label(auth.caller(), path.model, path.label, _number(bodies.document())))


@api.get("/<model>/versions/<int(max=2147483647):version>/artifact")
def download(path: VersionPath, query: ArtifactQuery) -> Response:
    """Download a version's file, for plain Keras or ONNX Runtime."""
    own = parts.of_app()
    with own.database.reading() as session:
        found = models.find_version(session, auth.caller(), path.model, path.version)
        name = found.model.name
    if query.format not in found.artifacts:
        why = "is not offered yet" if query.format in LATER else "this version could not be exported to"
        detail = f"{query.format} {why}." if query.format in LATER else f"ONNX: {why} it."
        raise InvalidRequestError(detail, [Fault("#/query/format", detail)])
    sha256: str = found.artifacts[query.format]["sha256"]
    return send_file(
        own.artifacts.path(sha256),
        mimetype="application/octet-stream",
        as_attachment=True,
        download_name=f"{name}-{found.version}{ENDINGS[query.format]}",
        etag=sha256,
        max_age=0,
    )


def put_label(user: User, name: str, label: str, number: int) -> dict[str, Any]:
    """The model once the label is on that version of it.

    Raises:
        NotFoundError: there is no such model.
        InvalidRequestError: there is no such version, or it is no label.
    """
    _check_label(label)
    with parts.of_app().database.writing() as session:
        model = models.find(session, user, name)
        try:
            version = models.find_version(session, user, name, number)
        except NotFoundError as error:
            raise InvalidRequestError(error.detail, [Fault("#/version", error.detail)]) from error
        models.set_label(session, model, label, version)
        session.refresh(model)
        return describing.model(model)


def evaluation(store: Artifacts, artifacts: dict[str, Any]) -> bytes | None:
    """The evaluation of a version in JSON; None for one that was made before there were any."""
    # A lost file is no reason not to tell the rest.
    with contextlib.suppress(KeyError, MissingArtifactError, FileNotFoundError):
        return store.path(artifacts["evaluation"]["sha256"]).read_bytes()
    return None


def _check_label(text: str) -> None:
    if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}", text) and not text.isdecimal():
        return
    detail = "A label is 1 to 63 letters, digits, '.', '_' and '-', and is no number."
    raise InvalidRequestError(detail, [Fault("#/path/label", detail)])


def _number(document: dict[str, Any]) -> int:
    number = document.get("version")
    if type(number) is int and 0 < number <= MOST_VERSIONS and document.keys() == {"version"}:
        return number
    detail = 'The body must be an object such as {"version": 3}.'
    raise InvalidRequestError(detail, [Fault("#/version", detail)])
