"""Bodies of requests: JSON, whatever somebody may send in its place."""

import contextlib
import time
from typing import Any

import orjson
from flask import Response, g, request
from werkzeug.exceptions import UnsupportedMediaType

from core.errors import Fault, InvalidRequestError, MalformedError, TooLargeError
from service import parts

CHUNK_BYTES = 256 * 2**10
DRAINED_BYTES = 64 * 2**20
DRAIN_SECONDS = 5.0


def read() -> bytes:
    """The body.

    Raises:
        TooLargeError: it is larger than a body may be.
    """
    most = parts.of_app().settings.max_body_bytes
    asked = request.content_length
    # One more: a body that does not say how long it is would be cut off at the limit, and no word of it.
    request.max_content_length = most + 1
    if asked is None or asked <= most:
        body = request.get_data(cache=False)
        if len(body) <= most:
            return body
    raise TooLargeError("max_body_bytes", limit=most, asked=asked, unit="bytes")


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


def drain(response: Response) -> Response:
    """Reads what is left of the body of a request that is refused; for `after_request`.

    Most clients send all of a body before they look at the answer, and where it is not read they see a broken
    connection in its place. Not for strangers, who could keep a thread waiting; and not without bounds.
    """
    if response.status_code < 400 or "user" not in g or "Expect" in request.headers:
        return response
    stream, left = request.environ["wsgi.input"], DRAINED_BYTES
    until = time.monotonic() + DRAIN_SECONDS
    # The connection may be gone already, which is why the request is refused.
    with contextlib.suppress(OSError, ValueError):
        while left > 0 and time.monotonic() < until and (chunk := stream.read(CHUNK_BYTES)):
            left -= len(chunk)
    return response
