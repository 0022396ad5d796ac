"""Cookies and policies of pages that may stand in a frame of a platform's page."""

import re
import secrets
from collections.abc import Iterable
from urllib.parse import urlsplit

from flask import Response, request

from core.lti import registrations
from core.tables import LtiRegistration
from service import parts

COOKIE = "fittingroom-lti"
COOKIE_SECONDS = 24 * 3600
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")
_ORIGIN = re.compile(r"https?://[A-Za-z0-9.\[\]:_-]+")


def origin() -> str:
    """Where browsers find us, such as `https://room.example`."""
    return parts.of_app().settings.public_url or request.host_url.rstrip("/")


def browser() -> str | None:
    """The secret that this browser keeps, if it sent one."""
    given = request.cookies.get(_name())
    return given if given and _SECRET.fullmatch(given) else None


def new_browser() -> str:
    """A secret for a browser to keep."""
    return secrets.token_urlsafe(32)


def keep(response: Response, secret: str) -> None:
    """Has the browser keep it, in a frame too: apart from what it keeps of us elsewhere (CHIPS)."""
    plain = parts.of_app().settings.lti_plain_cookies
    response.set_cookie(
        _name(),
        secret,
        max_age=COOKIE_SECONDS,
        secure=not plain,
        httponly=True,
        samesite="Lax" if plain else "None",
        partitioned=not plain,
    )


def policy(response: Response, registration: LtiRegistration | None, *more: str | None) -> None:
    """Lets the page be shown in a frame of this platform's, or of any that is known; and lead there.

    `more` are further addresses that it may lead to and be framed by.
    """
    known = origins(registration)
    allowed = " ".join(sorted({*known, *(one for one in map(origin_of, more) if one)}))
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; base-uri 'none'; "
        f"form-action 'self' {allowed}; frame-ancestors 'self' {allowed}"
    )
    response.headers["Cache-Control"] = "no-store"


def origins(registration: LtiRegistration | None) -> set[str]:
    """Where the pages of this platform are, or those of all that are known."""
    return {one for one in map(origin_of, _addresses(registration)) if one}


def known() -> frozenset[str]:
    """Where the pages of all platforms are, looked up once for as long as nothing changes."""
    return parts.of_app().memory.recall(("platforms",), lambda: frozenset(origins(None)))


def is_own_page() -> bool:
    """Whether one of our own pages made the browser ask, and nobody else's.

    A page of ours that sends no referrer sends no origin either (Fetch, section 3.2), so both ways count.
    """
    return request.headers.get("Sec-Fetch-Site") == "same-origin" or request.headers.get("Origin") == origin()


def origin_of(url: str | None) -> str | None:
    """The origin of an address, fit for a header."""
    if not url:
        return None
    try:
        found = urlsplit(url)
    except ValueError:
        return None
    made = f"{found.scheme}://{found.netloc.rpartition('@')[2]}"
    return made if _ORIGIN.fullmatch(made) else None


def _addresses(registration: LtiRegistration | None) -> Iterable[str]:
    if registration is not None:
        known: Iterable[LtiRegistration] = [registration]
    else:
        with parts.of_app().database.reading() as session:
            known = registrations.page(session)
    for one in known:
        yield from (one.issuer, one.auth_login_url, *one.origins)


def _name() -> str:
    """With the prefix, a browser takes it from this very host alone, and over HTTPS."""
    return COOKIE if parts.of_app().settings.lti_plain_cookies else f"__Host-{COOKIE}"
