"""Who one is, and what one may take."""

from typing import Any, NamedTuple

from flask import Response

from core import jobs
from core.config import Settings
from service import answers, auth, parts, routes

api = routes.blueprint("account", "/v1")


class Limit(NamedTuple):
    """A setting that limits what a user may ask for."""

    setting: str
    unit: str


LIMITS = (
    Limit("max_body_bytes", "bytes"),
    Limit("max_upload_bytes", "bytes"),
    Limit("max_columns", "columns"),
    Limit("max_unpacked_bytes", "bytes"),
    Limit("reader_seconds", "seconds"),
    Limit("reader_memory_bytes", "bytes"),
    Limit("max_layers", "layers"),
    Limit("max_parameters", "parameters"),
    Limit("max_row_numbers", "numbers"),
    Limit("max_epochs", "epochs"),
    Limit("max_seconds", "seconds"),
    Limit("max_queued_jobs", "jobs"),
    Limit("event_streams", "streams"),
)


@api.get("/me")
def me() -> Response:
    """Tell who asks, and how much of the quota is used and left."""
    user = auth.caller()
    return answers.json(
        {
            "id": user.id,
            "object": "user",
            "name": user.name,
            "full_name": user.full_name,
            "role": user.role,
            "created_at": user.created_at,
            "quota": {"jobs": _jobs()},
        }
    )


@api.get("/limits")
def limits() -> Response:
    """List the limits: each one's value, and what is left of it where it is used up."""
    return answers.json({"object": "list", "data": described(), "has_more": False})


def described() -> list[dict[str, Any]]:
    """What `limits` lists."""
    return [_describe(limit) for limit in LIMITS]


def _describe(limit: Limit) -> dict[str, Any]:
    told: dict[str, Any] = {
        "limit": limit.setting,
        "value": getattr(parts.of_app().settings, limit.setting),
        "unit": limit.unit,
        "description": Settings.model_fields[limit.setting].description,
    }
    if limit.setting == "max_queued_jobs":
        quota = _jobs()
        return told | {"used": quota["used"], "left": quota["left"]}
    return told


def _jobs() -> dict[str, int]:
    """Jobs that wait or run."""
    own = parts.of_app()
    with own.database.reading() as session:
        used = jobs.count_active(session, auth.caller().id)
    most = own.settings.max_queued_jobs
    return {"limit": most, "used": used, "left": max(0, most - used)}
