"""Data sets: the list, one of them, and how files become one."""

from typing import Any

import structlog
from flask import Response, request

from core import jobs, scratch
from core.artifacts import MissingArtifactError
from core.datasets import catalogue, previews
from core.errors import ConflictError, FittingRoomError, InvalidDataError, InvalidRequestError, MalformedError
from core.tables import ACTIVE
from service import auth, describing, idempotency, keeping, parts
from service.language import translated as _
from service.pages import figures, site, telling, understanding, uploading
from service.pages.site import pages
from service.views import samples

LIMIT = 50
FEW_ROWS, MOST_ROWS = 10, 100
# Jobs that are shown to have used a data set.
USED_BY = 10

log = structlog.get_logger()


@pages.get("/datasets")
def datasets() -> Response:
    """The list."""
    after = request.args.get("after", "")[:100]
    with parts.of_app().database.reading() as session:
        found = catalogue.page(session, auth.caller(), after=after or None, limit=LIMIT + 1)
        told = [describing.dataset(one) for one in found[:LIMIT]]
    return site.show(
        "datasets/list.html",
        datasets=told,
        more=len(found) > LIMIT,
        after=after,
        understanding=understanding,
        figures=figures,
    )


@pages.get("/datasets/new")
def new_dataset() -> Response:
    """Where one uploads files, or takes a sample."""
    return _form({}, {})


@pages.post("/datasets")
def add_dataset() -> Response:
    """Makes a data set of the files that a form brings."""
    own = parts.of_app()
    with scratch.folder(own.settings.scratch_folder, "upload") as folder:
        form = uploading.receive(folder)
        try:
            order = keeping.Order.of(auth.caller(), uploading.order(form))
            made = keeping.make(order, idempotency.Hold(), folder / "arrays")
        except (ConflictError, InvalidDataError, InvalidRequestError, MalformedError) as error:
            return _form(form.fields, uploading.places(error), error)
    return site.go("pages.dataset", dataset=made.get_json()["id"])


@pages.post("/samples/<sample>")
def add_sample(sample: str) -> Response:
    """Makes a data set of a sample; of who takes their first steps, the page of these is shown again."""
    made = samples.make(auth.caller(), sample)
    if "first" in request.form:
        return site.go("pages.home")
    return site.go("pages.dataset", dataset=made.get_json()["id"])


@pages.get("/datasets/<dataset>")
def dataset(dataset: str) -> Response:
    """One: what was understood of it, what is in it, and what was made with it."""
    return _dataset(dataset)


@pages.post("/datasets/<dataset>/delete")
def delete_dataset(dataset: str) -> Response:
    """Deletes one that no job needs."""
    try:
        with parts.of_app().database.writing() as session:
            catalogue.delete(session, catalogue.find(session, auth.caller(), dataset))
    except ConflictError as error:
        return _dataset(dataset, error)
    return site.go("pages.datasets")


def _dataset(name: str, refused: ConflictError | None = None) -> Response:
    own, user = parts.of_app(), auth.caller()
    with own.database.reading() as session:
        found = catalogue.find(session, user, name)
        used = jobs.page(session, user, after=None, limit=USED_BY + 1, dataset=found.id)
        told, by = describing.dataset(found), describing.jobs_briefly(session, used)
        try:
            preview = previews.load(own.artifacts, found)
        except (MissingArtifactError, FileNotFoundError) as error:
            log.warning("preview.missing", dataset=found.id, error=str(error))
            preview = None
    return site.show(
        "datasets/dataset.html",
        409 if refused else 200,
        dataset=told,
        preview=preview,
        rows=MOST_ROWS if "rows" in request.args else FEW_ROWS,
        used=by[:USED_BY],
        more_used=len(by) > USED_BY,
        needing=[job for job in by if job["status"] in ACTIVE] if refused else [],
        refused=refused,
        understanding=understanding,
        figures=figures,
        telling=telling,
    )


def _form(
    values: dict[str, str], wrong: dict[str, list[str]], error: FittingRoomError | None = None
) -> Response:
    if isinstance(error, ConflictError):
        wrong = {"name": [error.detail]}
    status = 200 if error is None else 409 if isinstance(error, ConflictError) else 422
    return site.show(
        "datasets/new.html",
        status,
        values=values,
        wrong=wrong,
        detail=error and error.detail,
        samples=offered(),
        most=parts.of_app().settings.max_upload_bytes,
        understanding=understanding,
        figures=figures,
    )


def offered() -> list[dict[str, Any]]:
    """The samples, in the reader's language, each with the id of the data set that one has of it."""
    said = {
        "digits": _("Handwritten digits, as pictures of 8 by 8 pixels: which digit is it?"),
        "iris": _("Irises, measured in centimetres: which of three species is it?"),
        "wine": _("Wines, analysed in a laboratory: which of three growers made it?"),
        "breast_cancer": _("Tumours, measured under a microscope: malignant or benign?"),
        "diabetes": _("Patients with diabetes: how far will it have gone in a year?"),
    }
    with parts.of_app().database.reading() as session:
        told = [samples.describe(session, auth.caller(), sample) for sample in samples.SAMPLES.values()]
    return [one | {"said": said[one["name"]]} for one in told]
