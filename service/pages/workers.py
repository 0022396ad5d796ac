"""Workers: which there are, and what they are busy with."""

from flask import Response

from service import auth, parts
from service.pages import site
from service.pages.site import pages
from service.views import workers as api


@pages.get("/workers")
def workers() -> Response:
    """The list."""
    with parts.of_app().database.reading() as session:
        told = api.told(session, auth.caller())
    return site.show("workers.html", workers=told)
