"""Data sets: uploading, listing, deleting."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Response, request
from pydantic import BaseModel, Field, TypeAdapter, ValidationError
from sqlalchemy.orm import Session

from core import scratch
from core.datasets import catalogue, limits, options, previews, reading
from core.errors import ConflictError, Fault, InvalidRequestError, UnavailableError
from core.specs.spec import Name
from core.tables import Dataset, User
from service import answers, auth, bodies, idempotency, parts, routes, uploads
from service.queries import PageQuery, Query

api = routes.blueprint("datasets", "/v1/datasets")

ROUTE = "POST /v1/datasets"
FIELDS = frozenset({"name", "options"})
ARRAYS = "arrays"
# How long an upload waits for its turn to be read.
TURN_SECONDS = 60.0

_NAME: TypeAdapter[str] = TypeAdapter(Name)


class DatasetPath(BaseModel):
    """A data set."""

    dataset: str = Field(description="Its id, or its name among your own")


class PreviewQuery(Query):
    """How much is to be seen."""

    limit: int = Field(20, ge=0, le=100, description="How many rows at most")


@dataclass(frozen=True)
class Order:
    """What is asked for: an upload, under which name, to be read how."""

    user: User
    name: str
    options: dict[str, Any]
    form: uploads.Form

    @property
    def fingerprint(self) -> str:
        """The parts and not the bytes: a form's boundary is another each time."""
        files = [upload.name for upload in self.form.files]
        return idempotency.fingerprint(self.name, self.options, files, self.form.hashes)


@api.post("")
def add() -> Response:
    """Upload a data set."""
    own, user = parts.of_app(), auth.caller()
    with (
        idempotency.held(own.database, user, ROUTE) as hold,
        scratch.folder(own.settings.scratch_folder, "upload") as folder,
    ):
        form = uploads.receive(request, folder, most_bytes=own.settings.max_upload_bytes, fields=FIELDS)
        order = Order(user, _name(form), _options(form), form)
        if replayed := hold.replay(order.fingerprint):
            return replayed
        how = options.parse_options(order.options)
        # What is there already need not be read again.
        return _existing(order, hold) or _keep(
            order, hold, _read(form, how, folder / ARRAYS), folder / ARRAYS
        )


@api.get("")
def listed(query: PageQuery) -> Response:
    """List data sets, newest first."""
    with parts.of_app().database.reading() as session:
        page = catalogue.page(session, auth.caller(), after=query.after, limit=query.limit + 1)
    return answers.page(page, query.limit, describe)


@api.get("/<dataset>")
def show(path: DatasetPath) -> Response:
    """Show a data set."""
    with parts.of_app().database.reading() as session:
        found = catalogue.find(session, auth.caller(), path.dataset)
    return answers.tagged(describe(found))


@api.get("/<dataset>/preview")
def preview(path: DatasetPath, query: PreviewQuery) -> Response:
    """Show first rows, statistics of columns, class counts, and thumbnails of pictures."""
    own = parts.of_app()
    with own.database.reading() as session:
        found = catalogue.find(session, auth.caller(), path.dataset)
        shown = previews.load(own.artifacts, found)
    return answers.tagged({"object": "preview", **shown, "rows": shown["rows"][: query.limit]})


@api.delete("/<dataset>")
def delete(path: DatasetPath) -> Response:
    """Delete a data set; jobs and models made with it stay."""
    with parts.of_app().database.writing() as session:
        catalogue.delete(session, catalogue.find_own(session, auth.caller(), path.dataset))
    return answers.nothing()


def describe(dataset: Dataset) -> dict[str, Any]:
    """A data set as the API tells it."""
    return {
        "id": dataset.id,
        "object": "dataset",
        "name": dataset.name,
        "format": dataset.format,
        "bytes": dataset.bytes,
        "sha256": dataset.sha256,
        **dataset.description,
        "options": dataset.options,
        "created_at": dataset.created_at,
    }


def _name(form: uploads.Form) -> str:
    given = form.fields.get("name")
    if given is None:
        detail = "A field `name` is needed."
        raise InvalidRequestError(detail, [Fault("#/name", detail)])
    try:
        return _NAME.validate_python(given)
    except ValidationError:
        detail = (
            "A name is 1 to 63 characters of a-z, 0-9, '.', '_' and '-', and begins with a letter or digit."
        )
        raise InvalidRequestError(detail, [Fault("#/name", detail)]) from None


def _options(form: uploads.Form) -> dict[str, Any]:
    """The options as they were sent."""
    if not form.files:
        detail = "A part `file` with a filename is needed."
        raise InvalidRequestError(detail, [Fault("#/file", detail)])
    text = form.fields.get("options", "").strip()
    document = bodies.parse(text, what="The field options") if text else {}
    # What is no object is refused in words by `parse_options`.
    return document if isinstance(document, dict) else options.parse_options(document).model_dump()


def _read(form: uploads.Form, settings: options.Options, into: Path) -> reading.Reading:
    own = parts.of_app()
    if not own.readers.acquire(timeout=TURN_SECONDS):
        raise UnavailableError("Other uploads are being read.", retry_after_seconds=10)
    try:
        return reading.read_apart(form.files, settings, into, limits.of(own.settings))
    finally:
        own.readers.release()


def _keep(order: Order, hold: idempotency.Hold, read: reading.Reading, folder: Path) -> Response:
    own = parts.of_app()
    kept = catalogue.keep_arrays(own.artifacts, read, folder)
    try:
        with own.database.writing() as session:
            made = catalogue.add(
                session,
                order.user,
                name=order.name,
                size=order.form.size,
                sha256=order.form.sha256,
                options=order.options,
                reading=read,
                artifacts=kept,
            )
            return _answer(session, order, hold, made, 201)
    except ConflictError:
        # Somebody was faster; if it was with the same, theirs is as good.
        if found := _existing(order, hold):
            return found
        raise


def _existing(order: Order, hold: idempotency.Hold) -> Response | None:
    with parts.of_app().database.writing() as session:
        found = catalogue.same(session, order.user, order.name, order.form.sha256, order.options)
        return _answer(session, order, hold, found, 200) if found else None


def _answer(
    session: Session, order: Order, hold: idempotency.Hold, dataset: Dataset, status: int
) -> Response:
    body = describe(dataset)
    response = answers.json(body, status, location=f"/v1/datasets/{dataset.id}")
    hold.answer(session, order.fingerprint, response, body)
    return response
