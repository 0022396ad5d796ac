"""How a resource's routes are gathered."""

from typing import Any

from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag


def blueprint(name: str, prefix: str = "") -> APIBlueprint:
    """The routes of one resource: an operation is called after the resource and its function."""
    return APIBlueprint(
        name,
        __name__,
        url_prefix=prefix or None,
        abp_tags=[Tag(name=name)],
        operation_id_callback=_operation_id,
    )


def _operation_id(*, bp_name: str, name: str, **_of_route: Any) -> str:  # noqa: ANN401 - flask-openapi3's
    return f"{bp_name}_{name}"
