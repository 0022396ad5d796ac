"""What a spec may be made of."""

from typing import Any

from flask import Response

from core.specs import catalogue
from service import answers, routes

api = routes.blueprint("catalogue", "/v1")


@api.get("/activations")
def activations() -> Response:
    """List the activations, which layers take by name."""
    return _all(catalogue.activation_names())


@api.get("/constraints")
def constraints() -> Response:
    """List the constraints of weights, with their arguments."""
    return _all(catalogue.members("constraints"))


@api.get("/initializers")
def initializers() -> Response:
    """List the initializers of weights, with their arguments."""
    return _all(catalogue.members("initializers"))


@api.get("/layers")
def layers() -> Response:
    """List the layers that a spec may use, with their arguments."""
    return _all(catalogue.layers())


@api.get("/losses")
def losses() -> Response:
    """List the losses, with their arguments."""
    return _all(catalogue.members("losses"))


@api.get("/metrics")
def metrics() -> Response:
    """List the metrics, with their arguments."""
    return _all(catalogue.members("metrics"))


@api.get("/optimizers")
def optimizers() -> Response:
    """List the optimizers, with their arguments."""
    return _all(catalogue.members("optimizers"))


@api.get("/regularizers")
def regularizers() -> Response:
    """List the regularizers of weights and outputs, with their arguments."""
    return _all(catalogue.members("regularizers"))


@api.get("/schedules")
def schedules() -> Response:
    """List the schedules that a learning rate may follow, with their arguments."""
    return _all(catalogue.members("schedules"))


def _all(members: list[dict[str, Any]]) -> Response:
    return answers.tagged({"object": "list", "data": members, "has_more": False})
