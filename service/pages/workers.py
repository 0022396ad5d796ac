"""Workers: which there are, and what they are busy with."""

from flask import Response

from service.pages import site
from service.pages.site import pages


@pages.get("/workers")
def workers() -> Response:
    """The list."""
    return site.show("workers.html")
