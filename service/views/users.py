"""Who is there, and what waits: for who looks after the service."""

from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from core import jobs, users
from core.tables import User
from service import answers, auth, describing, parts, routes
from service.queries import PageQuery

api = routes.blueprint("users", "/v1")


@api.get("/users")
def listed(query: PageQuery) -> Response:
    """List everybody, newest first, with what they have and the quota that they use (administrators only)."""
    auth.administrator()
    with parts.of_app().database.reading() as session:
        return answers.json(everybody(session, after=query.after, limit=query.limit))


@api.get("/queue")
def queue(query: PageQuery) -> Response:
    """List all queued jobs in the order in which they begin, with their owners (administrators only)."""
    auth.administrator()
    with parts.of_app().database.reading() as session:
        body = waiting(session, after=query.after, limit=query.limit)
    return answers.tagged(body, ignoring=_without_estimates)


def everybody(session: Session, *, after: str | None, limit: int) -> dict[str, Any]:
    """What `listed` answers."""
    found = users.everybody(session, after=after, limit=limit + 1)
    has = users.holdings(session, [user.id for user in found])
    data = [_user(user, has[user.id]) for user in found[:limit]]
    return {"object": "list", "data": data, "has_more": len(found) > limit}


def waiting(session: Session, *, after: str | None, limit: int) -> dict[str, Any]:
    """What `queue` answers."""
    found = jobs.queue(session, after=after, limit=limit + 1)
    names = users.names(session, {job.owner_id for job in found})
    told = describing.jobs_briefly(session, found[:limit])
    data = [one | {"owner": names[job.owner_id]} for one, job in zip(told, found, strict=False)]
    return {"object": "list", "data": data, "has_more": len(found) > limit}


def _without_estimates(body: Any) -> Any:  # noqa: ANN401 - JSON
    """A guess at a time moves on with the clock, and is no news."""
    places = [{**(one["queue"] or {}), "estimated_start": None} for one in body["data"]]
    return [body | {"data": None}, [one | {"queue": None} for one in body["data"]], places]


def _user(user: User, has: dict[str, int]) -> dict[str, Any]:
    most = parts.of_app().settings.max_queued_jobs
    used = has["active"]
    return {
        "id": user.id,
        "object": "user",
        "name": user.name,
        "full_name": user.full_name,
        "role": user.role,
        "created_at": user.created_at,
        "quota": {"jobs": {"limit": most, "used": used, "left": max(0, most - used)}},
        "has": {what: has[what] for what in ("datasets", "models", "jobs")},
    }
