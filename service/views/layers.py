"""What a spec may be made of."""

from functools import cache
from typing import Any

from flask import Response

from core import specs
from service import answers, routes

api = routes.blueprint("layers", "/v1/layers")


@api.get("")
def listed() -> Response:
    """List the layers that a spec may use, with their arguments."""
    return answers.tagged({"object": "list", "data": _layers(), "has_more": False})


@cache
def _layers() -> list[dict[str, Any]]:
    return [
        {
            "type": name,
            "object": "layer",
            "description": schema["description"],
            "augmentation": schema.pop("augmentation", False),
            "arguments": schema,
        }
        for name, schema in specs.layer_types().items()
    ]
