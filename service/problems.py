"""What went wrong, as an answer: RFC 9457 problems, or `{"error": "text"}` where clients of predictions ask.

One table says which status and type an error has; everything else that may be raised is a 500 that tells
nothing but the request's id.
"""

from http import HTTPStatus
from typing import Any, NamedTuple

import sqlalchemy as sa
import structlog
from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException

from core import errors
from core.lti.errors import PlatformError
from service import answers, describing
from service.pages import site

MEDIA_TYPE = "application/problem+json"
# Of the prediction protocols' addresses.
ENDINGS = (":predict", ":classify", ":regress", "/metadata")
# What the answer to an unexpected error says.
INTERNAL = "Something went wrong on our side. The log has it under this request's id."

log = structlog.get_logger()


class Kind(NamedTuple):
    """How an error is answered."""

    status: int
    slug: str


TABLE: dict[type[errors.FittingRoomError], Kind] = {
    errors.MalformedError: Kind(400, "malformed"),
    errors.UnauthenticatedError: Kind(401, "unauthenticated"),
    errors.ForbiddenError: Kind(403, "forbidden"),
    errors.NotFoundError: Kind(404, "not-found"),
    errors.ConflictError: Kind(409, "conflict"),
    errors.TooLargeError: Kind(413, "too-large"),
    errors.InvalidRequestError: Kind(422, "invalid-request"),
    errors.InvalidSpecError: Kind(422, "invalid-spec"),
    errors.InvalidDataError: Kind(422, "invalid-data"),
    errors.SpecTooLargeError: Kind(422, "spec-too-large"),
    errors.TooManyError: Kind(429, "too-many"),
    errors.UnavailableError: Kind(503, "unavailable"),
    PlatformError: Kind(502, "platform"),
}
# Of HTTP itself: an address that is not there, a method that is not taken, and the like.
HTTP_TITLES = {
    400: ("malformed", "The request cannot be read"),
    404: ("not-found", "There is no such thing"),
    405: ("method-not-allowed", "This address does not take that method"),
    413: ("too-large", "The request is too large"),
    415: ("unsupported-media-type", "The request is of a media type that is not taken"),
    500: ("internal", "Something went wrong on our side"),
}


def add_to(app: Flask) -> None:
    """Answers every error of the application."""
    app.register_error_handler(errors.FittingRoomError, of_error)
    app.register_error_handler(HTTPException, of_http)
    app.register_error_handler(sa.exc.DBAPIError, of_database)
    app.register_error_handler(sa.exc.TimeoutError, of_database)
    app.register_error_handler(Exception, of_anything)


def of_error(error: errors.FittingRoomError) -> Response:
    """One of our own errors."""
    kind = next((TABLE[cls] for cls in type(error).__mro__ if cls in TABLE), None)
    if kind is None:
        return of_anything(error)
    more: dict[str, Any] = {}
    if error.faults:
        more["errors"] = [describing.fault(fault) for fault in error.faults]
    if isinstance(error, errors.LimitError):
        more |= {"limit": error.limit, "value": error.value, "asked": error.asked}
    response = _answer(kind.status, kind.slug, error.title, error.detail, more)
    if kind.status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="Fitting Room"'
    if isinstance(error, errors.UnavailableError | errors.TooManyError) and error.retry_after_seconds:
        response.headers["Retry-After"] = str(error.retry_after_seconds)
    return response


def of_http(error: HTTPException) -> Response:
    """An error that Flask or Werkzeug raised."""
    status = error.code or 500
    if status < 400:
        redirect = error.get_response()
        return Response(redirect.get_data(), status, redirect.headers)
    slug, title = HTTP_TITLES.get(status, ("http-error", HTTPStatus(status).phrase))
    response = _answer(status, slug, title, error.description or title, {})
    for name, value in error.get_headers():
        if name.lower() not in {"content-type", "content-length"}:
            response.headers[name] = value
    return response


def of_database(error: Exception) -> Response:
    """The database is away, busy for too long, or not migrated: nothing of the request's doing.

    Another error of the database's is ours to mend.
    """
    if not isinstance(error, sa.exc.OperationalError | sa.exc.InterfaceError | sa.exc.TimeoutError):
        return of_anything(error)
    log.error("database.failed", error=str(error))
    return of_error(errors.UnavailableError("The database does not answer.", retry_after_seconds=2))


def of_anything(error: Exception) -> Response:
    """What nobody thought of."""
    log.error("request.failed", exc_info=error)
    slug, title = HTTP_TITLES[500]
    return _answer(500, slug, title, INTERNAL, {})


def _answer(status: int, slug: str, title: str, detail: str, more: dict[str, Any]) -> Response:
    request_id = g.get("request_id")
    if speaks_of_predictions(request.path):
        told = detail if status != 500 else f"{detail} ({request_id})"
        # Their clients know no 422.
        return answers.json({"error": told}, 400 if status == 422 else status)
    problem = {"type": f"/problems/{slug}", "title": title, "status": status, "detail": detail}
    problem |= more | {"request_id": request_id}
    if _asked_for_a_page():
        return site.trouble(problem)
    return answers.json(problem, status, media_type=MEDIA_TYPE)


def _asked_for_a_page() -> bool:
    """Whether it is a person who looks: at one of our pages, or at an address that is not there."""
    if request.blueprint is not None or request.path.startswith("/v1"):
        return request.blueprint == "pages"
    return request.accept_mimetypes.best_match(["application/json", "text/html"]) == "text/html"


def speaks_of_predictions(path: str) -> bool:
    """Whether the address belongs to a prediction protocol, whose public clients want errors in its form."""
    return path.startswith("/v1/models/") and path.endswith(ENDINGS)
