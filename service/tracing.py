"""Every request has an id, which stands in its answer and in all its log lines, and a line of its own."""

import re
import time
from datetime import UTC, datetime
from uuid import uuid4

import structlog
from flask import Flask, Response, g, request

HEADER = "X-Request-Id"
# What is asked all the time by machines is worth a line only to somebody who looks for it.
QUIET = frozenset({"/healthz", "/readyz"})

log = structlog.get_logger()


def add_to(app: Flask) -> None:
    """Traces every request of the application."""
    app.before_request(_begin)
    app.after_request(_end)


def arrived_at() -> datetime:
    """When the present request came, whatever it has waited for since."""
    at: datetime = g.arrived_at
    return at


def _begin() -> None:
    g.began, g.arrived_at = time.perf_counter(), datetime.now(UTC)
    given = request.headers.get(HEADER, "")
    # An id of the client's own goes into logs and headers: only what can do no harm there.
    g.request_id = given if re.fullmatch(r"[A-Za-z0-9._:/+=@-]{1,128}", given) else f"req_{uuid4().hex}"
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _end(response: Response) -> Response:
    response.headers[HEADER] = g.request_id
    milliseconds = round((time.perf_counter() - g.began) * 1000, 2)
    tell = log.debug if request.path in QUIET else log.info
    tell("request", method=request.method, path=request.path, status=response.status_code, ms=milliseconds)
    return response
