"""Who asks: the bearer of a token, or of a browser's session."""

from flask import Flask, g, request

from core import users
from core.errors import ForbiddenError, MalformedError, UnauthenticatedError
from core.tables import User
from service import parts, sessions

# Blueprints of which no route needs a token; all others do.
PUBLIC = frozenset({"docs", "health", "assets", "lti"})
# Pages for whoever has not signed in.
ENTRANCES = frozenset({"pages.sign_in", "pages.enter", "pages.speak"})


def add_to(app: Flask) -> None:
    """Asks for a token wherever one is needed, before anything else is looked at."""
    app.before_request(_identify)


def caller() -> User:
    """Who asks."""
    user: User = g.user
    return user


def administrator() -> User:
    """Who asks, and must be an administrator.

    Raises:
        ForbiddenError: it is not one.
    """
    if caller().role != "admin":
        raise ForbiddenError("This takes an administrator's token.")
    return caller()


def _identify() -> None:
    if "\0" in request.path or "%00" in request.query_string.decode("latin-1"):
        raise MalformedError("The address holds the character NUL.")
    if request.url_rule is None or request.blueprint in PUBLIC:
        return
    if "Authorization" not in request.headers and (user := sessions.user()) is not None:
        g.user = user
        sessions.check()
    elif request.endpoint in ENTRANCES:
        sessions.check()
    else:
        g.user = _bearer()


def _bearer() -> User:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise UnauthenticatedError("Send the header `Authorization: Bearer TOKEN`.")
    return parts.of_app().memory.recall(("token", token), lambda: _owner(token.strip()))


def _owner(token: str) -> User:
    with parts.of_app().database.reading() as session:
        user = users.authenticate(session, token)
    if user is None:
        raise UnauthenticatedError("This token is not known: it was mistyped, revoked or never made.")
    return user
