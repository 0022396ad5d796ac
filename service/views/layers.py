"""What a spec may be made of."""

from flask import Response

from core.specs import catalogue
from service import answers, routes

api = routes.blueprint("layers", "/v1/layers")


@api.get("")
def listed() -> Response:
    """List the layers that a spec may use, with their arguments."""
    return answers.tagged({"object": "list", "data": catalogue.layers(), "has_more": False})
