"""Bodies of requests: JSON, whatever somebody may send in its place."""

from typing import Any

import orjson
from flask import request
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from core.errors import Fault, InvalidRequestError, MalformedError, TooLargeError
from service import parts


def read() -> bytes:
    """The body.

    Raises:
        TooLargeError: it is larger than a body may be.
    """
    most = parts.of_app().settings.max_body_bytes
    request.max_content_length = most
    try:
        return request.get_data(cache=False)
    except RequestEntityTooLarge:
        raise TooLargeError(
            "max_body_bytes", limit=most, asked=request.content_length, unit="bytes"
        ) from None


def document(*, empty: bool = False, of_any_type: bool = False) -> dict[str, Any]:
    """The object that the body is, in JSON.

    With `empty`, no body at all is an empty one. With `of_any_type`, it need not say that it is JSON.

    Raises:
        UnsupportedMediaType: it says that it is something else.
        MalformedError: it is not JSON.
        InvalidRequestError: it is not an object, or holds what no text may.
        TooLargeError: it is larger than a body may be.
    """
    if not (
        of_any_type or request.mimetype in {"", "application/json"} or request.mimetype.endswith("+json")
    ):
        raise UnsupportedMediaType(f"application/json is expected, not {request.mimetype}")
    body = read()
    if empty and not body:
        return {}
    value = parse(body)
    if not isinstance(value, dict):
        detail = "The body must be a JSON object."
        raise InvalidRequestError(detail, [Fault("#", detail)])
    return value


def parse(text: bytes | str, *, what: str = "The body") -> Any:  # noqa: ANN401 - JSON
    """The value of a JSON text: strictly by RFC 8259, so no NaN, and no half of a surrogate pair.

    Raises:
        MalformedError: it is not JSON; the sentence says where.
    """
    try:
        return orjson.loads(text)
    except (orjson.JSONDecodeError, UnicodeEncodeError) as error:
        raise MalformedError(f"{what} is not JSON: {error}") from None
