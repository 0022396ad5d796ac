"""Data sets: uploading, listing, deleting."""

from flask import Response, request
from pydantic import BaseModel, Field

from core import scratch
from core.datasets import catalogue, previews
from service import answers, auth, describing, idempotency, keeping, parts, routes, uploads
from service.queries import PageQuery, Query

api = routes.blueprint("datasets", "/v1/datasets")

ROUTE = "POST /v1/datasets"
FIELDS = frozenset({"name", "options"})
ARRAYS = "arrays"


class DatasetPath(BaseModel):
    """A data set."""

    dataset: str = Field(description="Its id, or its name among your own")


class PreviewQuery(Query):
    """How much is to be seen."""

    limit: int = Field(20, ge=0, le=100, description="How many rows at most")


@api.post("")
def add() -> Response:
    """Upload a data set."""
    own, user = parts.of_app(), auth.caller()
    with (
        idempotency.held(own.database, user, ROUTE) as hold,
        scratch.folder(own.settings.scratch_folder, "upload") as folder,
    ):
        form = uploads.receive(request, folder, most_bytes=own.settings.max_upload_bytes, fields=FIELDS)
        order = keeping.Order.of(user, form)
        return hold.replay(order.fingerprint) or keeping.make(order, hold, folder / ARRAYS)


@api.get("")
def listed(query: PageQuery) -> Response:
    """List data sets, newest first."""
    with parts.of_app().database.reading() as session:
        page = catalogue.page(session, auth.caller(), after=query.after, limit=query.limit + 1)
    return answers.page(page, query.limit, describing.dataset)


@api.get("/<dataset>")
def show(path: DatasetPath) -> Response:
    """Show a data set."""
    with parts.of_app().database.reading() as session:
        found = catalogue.find(session, auth.caller(), path.dataset)
    return answers.tagged(describing.dataset(found))


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
