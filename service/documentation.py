"""The API's description (OpenAPI 3.1): made when it is first asked for, as starting must not wait for it."""

from http import HTTPStatus
from typing import Any

from flask_openapi3.openapi import OpenAPI
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from core.specs import schemas as taken
from service import operations, problems, shapes
from service.examples import EXAMPLES
from service.operations import HEADERS, Operation

REF = "#/components/schemas/{model}"
# What any operation that takes a token may answer: 503 while the database is away.
ALWAYS = (401, 500, 503)
INTRODUCTION = """Trains Keras networks described in JSON, and serves predictions from them.

Send `Authorization: Bearer TOKEN` on everything but health and these pages. Errors are RFC 9457 problems, but
for those of the prediction protocols, which are `{"error": "text"}`. Every answer has an `X-Request-Id`.

| problem | status | title |
|---|---|---|
"""


def describe(app: OpenAPI) -> dict[str, Any]:
    """The document: paths and parameters as flask-openapi3 found them, and what is told here."""
    document: dict[str, Any] = app.api_doc
    document["info"]["description"] = INTRODUCTION + "\n".join(_problem_rows())
    used: set[type[BaseModel]] = {shapes.Problem, shapes.PredictionError}
    for path in document["paths"].values():
        for described in path.values():
            name = described["operationId"]
            _tell(described, name, operations.TABLE[name])
            used |= {shape for shape in operations.TABLE[name].answers.values() if shape}
    ordered = sorted(used, key=lambda shape: shape.__name__)
    _, schemas = models_json_schema([(shape, "serialization") for shape in ordered], ref_template=REF)
    document["components"] = {
        # What is taken, and what is answered.
        "schemas": taken.components() | schemas["$defs"],
        "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
    }
    return document


def example_of(shape: type[BaseModel]) -> object:
    """An answer of that shape."""
    item = shape.__pydantic_generic_metadata__["args"]
    if item:
        return {"object": "list", "data": [EXAMPLES[item[0].__name__]], "has_more": False}
    return EXAMPLES[shape.__name__]


def _tell(described: dict[str, Any], name: str, operation: Operation) -> None:
    answers: dict[str, Any] = {}
    for status, shape in operation.answers.items():
        content = {"application/json": _content(shape)} if shape else {}
        answers[str(status)] = _answer(status, content)
    for media_type, example in operation.other.items():
        content = answers.setdefault("200", _answer(200, {})).setdefault("content", {})
        content[media_type] = {"schema": {"type": "string"}, "example": example}
    public = name in operations.PUBLIC
    for status in operation.errors if public else {*operation.errors, *ALWAYS}:
        answers.setdefault(str(status), _answer(status, _error(name)))
    described["responses"] = dict(sorted(answers.items()))
    described["security"] = [] if public else [{"bearer": []}]
    if operation.body:
        described["requestBody"] = operation.body
    if operation.headers:
        described.setdefault("parameters", []).extend(_header(header) for header in operation.headers)


def _answer(status: int, content: dict[str, Any]) -> dict[str, Any]:
    return {"description": HTTPStatus(status).phrase} | ({"content": content} if content else {})


def _content(shape: type[BaseModel]) -> dict[str, Any]:
    # The name that Pydantic gives a list of jobs is `Listed_Job_`.
    name = shape.__name__.translate(str.maketrans("[],. ", "_____"))
    return {"schema": {"$ref": REF.format(model=name)}, "example": example_of(shape)}


def _error(name: str) -> dict[str, Any]:
    if name in operations.PREDICTIONS:
        return {"application/json": _content(shapes.PredictionError)}
    return {problems.MEDIA_TYPE: _content(shapes.Problem)}


def _header(name: str) -> dict[str, Any]:
    return {"name": name, "in": "header", "description": HEADERS[name], "schema": {"type": "string"}}


def _problem_rows() -> list[str]:
    rows = {kind.slug: (kind.status, _title(error)) for error, kind in problems.TABLE.items()}
    for status, (slug, title) in problems.HTTP_TITLES.items():
        rows.setdefault(slug, (status, title))
    return [f"| `/problems/{slug}` | {status} | {title} |" for slug, (status, title) in sorted(rows.items())]


def _title(error: type[Exception]) -> str:
    return (error.__doc__ or "").splitlines()[0].removesuffix(".")
