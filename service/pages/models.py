"""Models: the list, versions and scores, and what one can do with them."""

from flask import Response

from service.pages import site
from service.pages.site import pages


@pages.get("/models")
def models() -> Response:
    """The list."""
    return site.show("models/list.html")
