"""Jobs: the list, and one of them. Several over each other are in `comparing`."""

from datetime import datetime

import orjson
from flask import Response, request
from pydantic import ValidationError

from core import jobs, specs
from core.tables import STATUSES
from service import answers, auth, describing, parts, queries
from service.pages import figures, site, telling
from service.pages.site import pages
from service.views import jobs as api
from service.views import workers

PAGE = 50
# What a page shows of a job's story at once; a link leads to the rest.
EPOCHS, LINES = 50, 200
MOST_NUMBER = 2**31 - 1


@pages.get("/jobs", endpoint="jobs")
def jobs_list() -> Response:
    """The list."""
    asked = {name: value for name, value in request.args.items() if value}
    query = _query(asked)
    with parts.of_app().database.reading() as session:
        listed = api.page(session, auth.caller(), query)
        busy = workers.told(session, auth.caller())
    return site.show(
        "jobs/list.html",
        jobs=listed["data"],
        more=listed["has_more"],
        asked=asked,
        newest={name: value for name, value in asked.items() if name != "after"},
        narrowed=bool(asked.keys() - {"after", "limit"}),
        limit=query.limit,
        statuses=STATUSES,
        workers=busy,
        names={one["id"]: one["name"] for one in listed["data"]},
        telling=telling,
        figures=figures,
    )


@pages.get("/jobs/<job>")
def job(job: str) -> Response:
    """A job: how it goes, and what it is."""
    with parts.of_app().database.reading() as session:
        row = jobs.find(session, auth.caller(), job)
        told = describing.job(session, row)
        resolved = specs.Resolved.model_validate(row.resolved)
        epochs_after = _after("epochs", told["story"]["epochs"], EPOCHS)
        lines_after = _after("lines", told["story"]["lines"], LINES)
        epochs = [
            jobs.describe_epoch(one) for one in jobs.epochs(session, row, after=epochs_after, limit=EPOCHS)
        ]
        lines = [jobs.describe_line(one) for one in jobs.lines(session, row, after=lines_after, limit=LINES)]
    return site.show(
        "jobs/show.html",
        job=told,
        network=specs.summarize(resolved).model_dump(mode="json"),
        epochs=list(reversed(epochs)),
        epochs_after=epochs_after,
        lines=lines,
        lines_after=lines_after,
        part={"epochs": EPOCHS, "lines": LINES},
        better=specs.directions(resolved.outputs),
        pretty=_pretty,
        telling=telling,
        figures=figures,
    )


@pages.post("/jobs/<job>/cancel")
def cancel_job(job: str) -> Response:
    """Ends a job."""
    api.cancel_job(auth.caller(), job)
    return site.go("pages.job", job=job)


@pages.post("/jobs/<job>/retry")
def retry_job(job: str) -> Response:
    """Tries a job again."""
    api.retry_job(auth.caller(), job)
    return site.go("pages.job", job=job)


@pages.post("/jobs/<job>/delete")
def delete_job(job: str) -> Response:
    """Deletes a job."""
    api.delete_job(auth.caller(), job)
    return site.go("pages.jobs")


def _query(asked: dict[str, str]) -> api.JobsQuery:
    """What a form asks for: what the API would be asked, by the page."""
    try:
        return api.JobsQuery.model_validate({"limit": PAGE} | asked)
    except ValidationError as error:
        queries.refuse(error)
        raise


def _after(name: str, count: int, size: int) -> int:
    """Where a part of the story begins: the last one, unless another is asked for."""
    asked = request.args.get(name, "")
    if asked.isdecimal() and len(asked) <= len(str(MOST_NUMBER)):
        return min(int(asked), max(0, count - 1))
    return max(0, count - size)


def _pretty(value: object) -> str:
    return orjson.dumps(value, option=answers.OPTIONS | orjson.OPT_INDENT_2).decode()


@pages.app_template_filter("instant")
def _instant(at: datetime) -> str:
    """A time as `<time datetime>` wants it."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
