"""Data sets: the list, one of them, and how one becomes one."""

from flask import Response

from service.pages import site
from service.pages.site import pages


@pages.get("/datasets")
def datasets() -> Response:
    """The list."""
    return site.show("datasets/list.html")
