"""Jobs: the list, one of them, several over each other."""

from flask import Response

from service.pages import site
from service.pages.site import pages


@pages.get("/jobs")
def jobs() -> Response:
    """The list."""
    return site.show("jobs/list.html")
