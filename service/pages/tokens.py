"""Tokens: one's own, and for an administrator everybody's."""

from typing import Any

from flask import Response, request

from core import users
from core.errors import InvalidRequestError
from service import auth, parts
from service.pages import site
from service.pages.site import pages
from service.views import tokens as api

LIMIT = 20


@pages.get("/tokens")
def tokens() -> Response:
    """The list."""
    return _show()


@pages.post("/tokens")
def make_token() -> Response:
    """Makes one for whoever asks; it is shown this once."""
    return _show(made=api.make(auth.caller(), {}))


@pages.post("/tokens/<token>/revoke")
def revoke_token(token: str) -> Response:
    """Revokes one."""
    with parts.of_app().database.writing() as session:
        users.revoke(session, auth.caller(), token)
    return site.go("pages.tokens")


def made_for(asked: dict[str, str]) -> tuple[dict[str, Any] | None, str | None]:
    """A new token of some user's, or what is wrong with what was asked for."""
    try:
        return api.make(auth.administrator(), asked), None
    except InvalidRequestError as error:
        return None, error.detail


def _show(made: dict[str, Any] | None = None) -> Response:
    after = request.args.get("after", "")[:100]
    with parts.of_app().database.reading() as session:
        found = users.page(session, auth.caller(), after=after or None, limit=LIMIT + 1)
        told = [api.describe(one) for one in found[:LIMIT]]
    more = told[-1]["id"] if len(found) > LIMIT else None
    return secret(site.show("tokens.html", tokens=told, more=more, after=after, made=made))


def secret(page: Response) -> Response:
    """A page that may show a token: nothing keeps it."""
    page.headers["Cache-Control"] = "no-store"
    return page
