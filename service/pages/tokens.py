"""Tokens: one's own, and for an administrator everybody's."""

from flask import Response

from service.pages import site
from service.pages.site import pages


@pages.get("/tokens")
def tokens() -> Response:
    """The list."""
    return site.show("tokens.html")
