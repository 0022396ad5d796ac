"""What every answer of the service must be like, whatever was asked."""

from typing import Any

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from service import operations, shapes

SECURITY = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY"}


def check(app: Flask, method: str, path: str, answer: TestResponse) -> None:
    """Asserts that an answer is one that the API's description knows."""
    assert answer.headers["X-Request-Id"]
    for name, value in SECURITY.items():
        assert answer.headers[name] == value
    name = operation_of(app, method, path)
    asked = path.partition("?")[0]
    predicting = asked.startswith("/v1/models/") and asked.endswith(
        (":predict", ":classify", ":regress", "/metadata")
    )
    if answer.status_code >= 400 and name not in operations.PUBLIC:
        check_error(answer, predicting=predicting)
    if name is None:
        return
    operation = operations.TABLE[name]
    known = {*operation.answers, *operation.errors, 400, 401, 413, 503}
    known |= {200} if operation.other else set()
    assert answer.status_code in known, f"{name} does not say that it may answer {answer.status_code}"
    shape = operation.answers.get(answer.status_code)
    if shape is not None and answer.mimetype == "application/json":
        shape.model_validate(answer.get_json())


def check_error(answer: TestResponse, *, predicting: bool = False) -> dict[str, Any]:
    """Asserts that an answer is a well-formed error, and answers its body."""
    body: dict[str, Any] = answer.get_json(force=True)
    if predicting:
        assert answer.mimetype == "application/json"
        shapes.PredictionError.model_validate(body)
        assert body["error"]
        return body
    assert answer.mimetype == "application/problem+json"
    problem = shapes.Problem.model_validate(body)
    assert problem.status == answer.status_code
    assert problem.type.startswith("/problems/")
    assert problem.title
    assert problem.detail
    assert not problem.title.endswith(".")
    assert problem.request_id == answer.headers["X-Request-Id"]
    assert all(fault.pointer.startswith("#") for fault in problem.errors)
    return body


def operation_of(app: Flask, method: str, path: str) -> str | None:
    """The operation's name in the API's description, if the address is one of it."""
    try:
        endpoint, _ = app.url_map.bind("").match(path.partition("?")[0], method)
    except HTTPException:
        return None
    name: str = endpoint.replace(".", "_", 1)
    return name if name in operations.TABLE else None
