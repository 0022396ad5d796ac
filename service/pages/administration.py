"""What an administrator looks after: users, quotas, the queue."""

from flask import Response

from service import auth
from service.pages import site
from service.pages.site import pages


@pages.get("/administration")
def administration() -> Response:
    """Users, quotas, the queue."""
    auth.administrator()
    return site.show("administration.html")
