"""The first page: what is going on, and for who has nothing yet, the way in."""

from flask import Response

from service.pages import site
from service.pages.site import pages


@pages.get("/")
def home() -> Response:
    """What is going on."""
    return site.show("home.html")
