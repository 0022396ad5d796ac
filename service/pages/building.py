"""A new job: a data set, a network made of layers, and how to train it."""

from flask import Response

from service.pages import site
from service.pages.site import pages


@pages.get("/jobs/new")
def new_job() -> Response:
    """Where one builds a network and trains it."""
    return site.show("jobs/new.html")
