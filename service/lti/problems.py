"""What went wrong on the way from a platform to us, as a page for people: what it was, and the way out."""

from collections.abc import Mapping
from typing import NamedTuple

import sqlalchemy as sa
import structlog
from flask import Blueprint, Response, g, render_template
from werkzeug.exceptions import HTTPException

from core.errors import FittingRoomError
from core.lti.errors import LaunchError, PlatformError
from core.tables import LtiRegistration
from service import problems
from service.language import N_
from service.language import translated as _
from service.lti import framing

log = structlog.get_logger()

AGAIN = N_("Go back to your course and open the link there once more.")
LATER = N_("Wait a minute. Go back to your course and open the link there once more.")
ADMIN = N_("The people who look after the platform can mend this: show them this page.")
OURS = N_("The people who look after Fitting Room can mend this: show them this page.")
TWICE = N_(
    "Go back to your course and open the link there once more. If that does not help: "
    "The people who look after the platform can mend this: show them this page."
)


class Kind(NamedTuple):
    """How a reason is told: the status, what it comes to, and what to do; the words in English."""

    status: int
    title: str
    way_out: str


_UNSIGNED = Kind(401, N_("The platform's word for you could not be believed"), ADMIN)
_CLOCK = Kind(401, N_("The platform's clock and ours do not agree"), TWICE)
_MESSAGE = Kind(400, N_("The platform sent something that is not understood here"), ADMIN)
_STALE = Kind(400, N_("This way in has been used up"), AGAIN)
_BROWSER = N_("Open it in a window of its own, with the button below.")

KINDS: dict[str, Kind] = {
    "platform_error": Kind(400, N_("The platform could not say who you are"), AGAIN),
    "login_malformed": _MESSAGE,
    "registration_unknown": Kind(404, N_("This platform is not registered here"), OURS),
    "client_missing": Kind(400, N_("The platform does not say which of its clients it is"), ADMIN),
    "opened_by_hand": Kind(400, N_("This is opened from a course"), AGAIN),
    "state_missing": _STALE,
    "state_unknown": _STALE,
    "state_used": Kind(409, N_("This way in has been used up"), AGAIN),
    "state_expired": Kind(400, N_("This took too long"), AGAIN),
    "cookie_missing": Kind(403, N_("Your browser keeps nothing of us in here"), _BROWSER),
    "other_browser": Kind(403, N_("Another browser began this"), _BROWSER),
    "token_missing": _MESSAGE,
    "token_malformed": _MESSAGE,
    "wrong_algorithm": _UNSIGNED,
    "kid_missing": _UNSIGNED,
    "kid_unknown": _UNSIGNED,
    "keyset_away": Kind(503, N_("The platform does not answer us just now"), LATER),
    "bad_signature": _UNSIGNED,
    "wrong_issuer": _UNSIGNED,
    "wrong_audience": _UNSIGNED,
    "other_audience": _UNSIGNED,
    "wrong_azp": _UNSIGNED,
    "exp_missing": _UNSIGNED,
    "expired": _CLOCK,
    "iat_missing": _UNSIGNED,
    "iat_future": _CLOCK,
    "iat_old": _CLOCK,
    "not_yet": _CLOCK,
    "wrong_nonce": Kind(401, N_("This way in belongs to another"), AGAIN),
    "wrong_version": _MESSAGE,
    "wrong_message_type": _MESSAGE,
    "unknown_deployment": Kind(403, N_("This part of the platform is not registered here"), OURS),
    "sub_missing": Kind(
        400,
        N_("The platform does not say who you are"),
        N_("Sign in there, and not as a guest. Go back to your course and open the link there once more."),
    ),
    "roles_missing": _MESSAGE,
    "resource_link_missing": _MESSAGE,
    "target_missing": _MESSAGE,
    "wrong_target": _MESSAGE,
    "foreign_target": _MESSAGE,
    "return_missing": _MESSAGE,
    "teachers_only": Kind(403, N_("This is for those who teach the course"), AGAIN),
    "link_not_taken": Kind(400, N_("The platform takes no link at this place"), AGAIN),
    "ticket_unknown": Kind(410, N_("This choice was brought back already, or took too long"), AGAIN),
    "invitation_unknown": Kind(410, N_("This invitation cannot be followed any more"), OURS),
    "issuer_elsewhere": Kind(400, N_("The platform is not the one that it says"), ADMIN),
    "not_a_platform": Kind(400, N_("What was found there is not a platform"), ADMIN),
}


def add_to(api: Blueprint) -> None:
    """Answers every error of the entry points with a page."""
    api.register_error_handler(LaunchError, of_launch)
    api.register_error_handler(PlatformError, of_platform)
    api.register_error_handler(FittingRoomError, of_error)
    api.register_error_handler(HTTPException, of_http)
    api.register_error_handler(sa.exc.OperationalError, of_database)
    api.register_error_handler(sa.exc.InterfaceError, of_database)
    api.register_error_handler(sa.exc.TimeoutError, of_database)
    api.register_error_handler(Exception, of_anything)


def of_launch(
    error: LaunchError,
    *,
    registration: LtiRegistration | None = None,
    again: Mapping[str, str] | None = None,
) -> Response:
    """A launch that was refused. `again` begins its login anew, in a window of its own."""
    log.warning("lti.refused", reason=error.reason, detail=error.detail)
    kind = KINDS[error.reason]
    return _page(kind, error.reason, error.detail, registration, again=again, return_url=error.return_url)


def of_platform(error: PlatformError) -> Response:
    """The platform did not do its part."""
    log.warning("lti.platform_failed", detail=error.detail)
    kind = Kind(502, N_("The platform did not do what it was asked"), TWICE)
    return _page(kind, "platform_failed", error.detail)


def of_error(error: FittingRoomError) -> Response:
    """One of our own errors."""
    found = next((problems.TABLE[cls] for cls in type(error).__mro__ if cls in problems.TABLE), None)
    if found is None:
        return of_anything(error)
    return _page(Kind(found.status, error.title, AGAIN), found.slug, error.detail)


def of_http(error: HTTPException) -> Response:
    """An error of HTTP itself: a method that is not taken, a form that is too long."""
    status = error.code or 500
    if status < 400:
        return Response(error.get_response().get_data(), status)
    response = _page(Kind(status, error.name, AGAIN), "http", error.description or error.name)
    for name, value in error.get_headers():
        if name.lower() not in {"content-type", "content-length"}:
            response.headers[name] = value
    return response


def of_database(error: Exception) -> Response:
    """The database is away."""
    log.error("database.failed", error=str(error))
    kind = Kind(503, N_("We cannot look anything up just now"), LATER)
    return _page(kind, "unavailable", "The database does not answer.", framed=False)


def of_anything(error: Exception) -> Response:
    """What nobody thought of."""
    log.error("request.failed", exc_info=error)
    kind = Kind(500, N_("Something went wrong on our side"), OURS)
    return _page(kind, "internal", "The log has it under this request's id.", framed=False)


def _page(
    kind: Kind,
    reason: str,
    detail: str,
    registration: LtiRegistration | None = None,
    *,
    again: Mapping[str, str] | None = None,
    return_url: str | None = None,
    framed: bool = True,
) -> Response:
    page = render_template(
        "lti/problem.html",
        # Here and not in the template, which takes what it translates for markup.
        title=_(kind.title),
        way_out=_(kind.way_out),
        reason=reason,
        detail=detail,
        again=again,
        return_url=return_url,
        request_id=g.get("request_id"),
    )
    response = Response(page, kind.status, content_type="text/html; charset=utf-8")
    if framed:
        framing.policy(response, registration, return_url)
    else:
        # Nobody knows who may frame it while the database is away.
        response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'self'; img-src 'self'"
        response.headers["Cache-Control"] = "no-store"
    return response
