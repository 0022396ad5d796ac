"""Who looks with a browser: the session in a cookie, and the token that every change must bring along.

The cookie goes with whatever the browser asks of us, even when somebody else's page made it ask. So whoever
changes something must also send what only our own pages can read: a hash of the cookie, as the field
`csrf_token` of a form or as the header `X-CSRF-Token`.
"""

import hashlib
import hmac
import secrets
from datetime import UTC, datetime

from flask import Flask, Response, g, request

from core import sessions
from core.errors import ForbiddenError
from core.tables import User
from service import parts

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
# Forms with files, which are written to the disk as they come: their views show `confirm` the field.
STREAMED = frozenset({"pages.add_dataset"})
HEADER, FIELD = "X-CSRF-Token", "csrf_token"
# Who has not signed in needs a secret too, for the form with which they do.
VISITOR_SECONDS = 24 * 3600


def add_to(app: Flask) -> None:
    """Gives every visitor who was shown a form the secret that the form was made with."""
    app.after_request(_keep_visitor)


def user() -> User | None:
    """Who signed in with this browser."""
    secret = request.cookies.get(_name("session"))
    if not secret:
        return None
    found = parts.of_app().memory.recall(("session", secret), lambda: _find(secret))
    if found is None or found.expires_at <= datetime.now(UTC):
        return None
    return found.user


def check() -> None:
    """Makes sure that it was one of our pages that asked for a change.

    Raises:
        ForbiddenError: it was not, or the page is older than the session.
    """
    if request.method not in SAFE and request.endpoint not in STREAMED:
        confirm(request.headers.get(HEADER) or _field())


def confirm(given: str) -> None:
    """Makes sure that `given` is what one of our pages was made with.

    Raises:
        ForbiddenError: it is not.
    """
    own = _own_secret()
    if own is None or not hmac.compare_digest(_token(own), given):
        raise ForbiddenError("This page is out of date: load it again, and then once more what you did.")


def csrf_token() -> str:
    """What this browser must send along with a change."""
    own = _own_secret()
    if own is None:
        own = g.visitor = secrets.token_urlsafe(32)
    return _token(own)


def begin(response: Response, owner: User, *, token_id: str | None = None, framed: bool = False) -> None:
    """Signs somebody in. `framed`: it is sure to be within a page of another site."""
    own = parts.of_app()
    seconds = own.settings.session_seconds
    with own.database.writing() as session:
        secret = sessions.begin(session, owner, seconds=seconds, token_id=token_id)
    _set(response, "session", secret, seconds, framed=framed or in_frame())


def end(response: Response) -> None:
    """Signs whoever it is out."""
    if secret := request.cookies.get(_name("session")):
        with parts.of_app().database.writing() as session:
            sessions.end(session, secret)
    framed = in_frame()
    samesite = "None" if framed else None
    response.delete_cookie(
        _name("session"), secure=_secure(), httponly=True, samesite=samesite, partitioned=framed
    )


def in_frame() -> bool:
    """Whether the browser says that a frame is to show what it asks for.

    There it takes such cookies only as are meant for frames, and keeps them apart for each site around them.
    """
    return _secure() and request.headers.get("Sec-Fetch-Dest") == "iframe"


def _find(secret: str) -> sessions.SignedIn | None:
    with parts.of_app().database.reading() as session:
        return sessions.find(session, secret)


def _own_secret() -> str | None:
    if "user" in g:
        return request.cookies.get(_name("session"))
    return g.get("visitor") or request.cookies.get(_name("visitor"))


def _token(secret: str) -> str:
    return hmac.new(secret.encode(), b"csrf", hashlib.sha256).hexdigest()


def _field() -> str:
    """The token of a form; a body of JSON is nobody's form, and is left to who reads it."""
    return request.form.get(FIELD, "") if request.blueprint == "pages" else ""


def _keep_visitor(response: Response) -> Response:
    if "visitor" in g:
        _set(response, "visitor", g.visitor, VISITOR_SECONDS, framed=in_frame())
    return response


def _set(response: Response, kind: str, value: str, seconds: int, *, framed: bool = False) -> None:
    response.set_cookie(
        _name(kind),
        value,
        max_age=seconds,
        secure=_secure() or framed,
        httponly=True,
        samesite="None" if framed else "Lax",
        partitioned=framed,
    )


def _name(kind: str) -> str:
    """With the prefix, a browser takes the cookie from this very host alone, and over HTTPS."""
    return f"__Host-fittingroom-{kind}" if _secure() else f"fittingroom-{kind}"


def _secure() -> bool:
    return request.is_secure or (parts.of_app().settings.public_url or "").startswith("https://")
