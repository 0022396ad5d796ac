"""Jobs: submitting them, watching them, ending them."""

import time
from typing import Any, Literal

from flask import Response, request
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from core import jobs
from core.tables import User
from service import answers, auth, bodies, describing, idempotency, parts, routes
from service.queries import PageQuery, StoryQuery

api = routes.blueprint("jobs", "/v1/jobs")

ROUTE = "POST /v1/jobs"
REMEMBERED_SECONDS = 2


class JobPath(BaseModel):
    """A job."""

    job: str = Field(description="Its id")


class JobsQuery(PageQuery):
    """Which jobs are wanted."""

    status: Literal["queued", "running", "succeeded", "failed", "cancelled"] | None = None
    name: str | None = Field(None, max_length=63, description="The model that they make a version of")
    dataset: str | None = Field(None, max_length=100, description="The id of the data set that they train on")
    tag: str | None = Field(None, max_length=400, description="A tag, as `key` or `key:value`")


@api.post("")
def submit() -> Response:
    """Submit a training job."""
    own, user = parts.of_app(), auth.caller()
    with idempotency.held(own.database, user, ROUTE) as hold:
        document = bodies.document()
        asked = idempotency.fingerprint(document)
        if replayed := hold.replay(asked):
            return replayed
        with own.database.writing() as session:
            job, warnings = jobs.submit_with_advice(
                session, user, document, limits=own.spec_limits, most_active=own.settings.max_queued_jobs
            )
            body = describing.job(session, job) | {"warnings": [describing.fault(one) for one in warnings]}
            response = answers.json(body, 202, location=f"/v1/jobs/{job.id}")
            hold.answer(session, asked, response, body)
    own.nudger.nudge(job.accelerator)
    return response


@api.get("")
def listed(query: JobsQuery) -> Response:
    """List jobs, newest first, each told briefly."""
    with parts.of_app().database.reading() as session:
        body = page(session, auth.caller(), query)
    return answers.tagged(body, ignoring=_without_estimates)


def page(session: Session, user: User, query: JobsQuery) -> dict[str, Any]:
    """What `listed` answers."""
    found = jobs.page(
        session,
        user,
        after=query.after,
        limit=query.limit + 1,
        status=query.status,
        name=query.name,
        tag=_tag(query.tag),
        dataset=query.dataset,
    )
    data = describing.jobs_briefly(session, found[: query.limit])
    return {"object": "list", "data": data, "has_more": len(found) > query.limit}


@api.get("/<job>")
def show(path: JobPath) -> Response:
    """Show a job."""
    own, user = parts.of_app(), auth.caller()

    def told() -> dict[str, Any]:
        with own.database.reading() as session:
            return describing.job(session, jobs.find(session, user, path.job))

    # Many may watch one job. What a queue tells depends on the clock too.
    moment = int(time.monotonic() / REMEMBERED_SECONDS)
    body = own.memory.recall(("job", user.id, path.job, moment), told)
    return answers.tagged(body, ignoring=_without_estimate)


@api.delete("/<job>")
def delete(path: JobPath) -> Response:
    """Delete a job that has ended; a model that it made stays."""
    delete_job(auth.caller(), path.job)
    return answers.nothing()


@api.post("/<job>/cancel")
def cancel(path: JobPath) -> Response:
    """End a job; it keeps its metrics. 200 when there is nothing left to cancel."""
    body, something = cancel_job(auth.caller(), path.job)
    return answers.json(body, 202 if something else 200)


@api.post("/<job>/retry")
def retry(path: JobPath) -> Response:
    """Try a failed or cancelled job again, from its last checkpoint."""
    body = retry_job(auth.caller(), path.job)
    return answers.json(body, 202, location=f"/v1/jobs/{body['id']}")


def delete_job(user: User, job_id: str) -> None:
    """What `delete` does."""
    with parts.of_app().database.writing() as session:
        jobs.delete(session, jobs.find(session, user, job_id))


def cancel_job(user: User, job_id: str) -> tuple[dict[str, Any], bool]:
    """What `cancel` does: the job, and whether there was anything to cancel."""
    with parts.of_app().database.writing() as session:
        job = jobs.find(session, user, job_id)
        something = jobs.request_cancel(session, job)
        return describing.job(session, job), something


def retry_job(user: User, job_id: str) -> dict[str, Any]:
    """What `retry` does."""
    own = parts.of_app()
    with own.database.writing() as session:
        job = jobs.find(session, user, job_id)
        jobs.retry(session, job)
        body = describing.job(session, job)
    own.nudger.nudge(job.accelerator)
    return body


@api.get("/<job>/epochs")
def epochs(path: JobPath, query: StoryQuery) -> Response:
    """List a job's epochs, in order."""
    with parts.of_app().database.reading() as session:
        job = jobs.find(session, auth.caller(), path.job)
        found = jobs.epochs(session, job, after=query.after, limit=query.limit + 1)
    return answers.tagged(_story([jobs.describe_epoch(epoch) for epoch in found], query.limit))


@api.get("/<job>/logs")
def logs(path: JobPath, query: StoryQuery) -> Response:
    """Show what the training printed: as a list, or as text when that is asked for."""
    with parts.of_app().database.reading() as session:
        job = jobs.find(session, auth.caller(), path.job)
        found = jobs.lines(session, job, after=query.after, limit=query.limit + 1)
    if request.accept_mimetypes.best_match(["application/json", "text/plain"]) == "text/plain":
        text = "".join(f"{line.line}\n" for line in found[: query.limit])
        return Response(text, content_type="text/plain; charset=utf-8")
    return answers.json(_story([jobs.describe_line(line) for line in found], query.limit))


def _story(items: list[dict[str, Any]], limit: int) -> dict[str, Any]:
    return {"object": "list", "data": items[:limit], "has_more": len(items) > limit}


def _tag(text: str | None) -> tuple[str, str | None] | None:
    if not text:
        return None
    key, colon, value = text.partition(":")
    return key, value if colon else None


def _without_estimates(body: object) -> object:
    if not isinstance(body, dict):
        return body
    return body | {"data": [_without_estimate(one) for one in body["data"]]}


def _without_estimate(body: object) -> object:
    """A guess at a time moves on with the clock, and is no news."""
    if not isinstance(body, dict) or body["queue"] is None:
        return body
    return body | {
        "queue": {name: value for name, value in body["queue"].items() if name != "estimated_start"}
    }
