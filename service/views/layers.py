"""What a spec may be made of."""

from functools import cache
from typing import Any

from flask import Response
from flask_openapi3.blueprint import APIBlueprint

from core import specs
from service import answers

api = APIBlueprint("layers", __name__, url_prefix="/v1/layers")


@api.get("")
def listed() -> Response:
    """List the layers that a spec may use, with their arguments."""
    return answers.tagged({"object": "list", "data": _layers(), "has_more": False})


@cache
def _layers() -> list[dict[str, Any]]:
    return [{"type": name, "object": "layer", **schema} for name, schema in specs.layer_types().items()]
