"""Answers: JSON in UTF-8, lists, and the tags with which a client asks whether something has changed."""

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

import orjson
from flask import Response, request

OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_SERIALIZE_NUMPY


def dump(value: object) -> bytes:
    """JSON: times end in Z, and numbers that are not finite are null."""
    return orjson.dumps(value, option=OPTIONS)


def json(
    value: object,
    status: int = 200,
    *,
    location: str | None = None,
    media_type: str = "application/json",
) -> Response:
    """An answer of JSON."""
    response = Response(dump(value), status, content_type=media_type)
    if location is not None:
        response.headers["Location"] = location
        # As it stands: an absolute address would have to guess what a proxy is called.
        response.autocorrect_location_header = False
    return response


def nothing() -> Response:
    """204: it is done, and there is nothing to tell."""
    return Response(status=204)


def tagged(value: object, *, ignoring: Callable[[object], object] | None = None) -> Response:
    """JSON with an `ETag`, or 304 when it is what the client has.

    `ignoring` takes out what changes by itself and is no news.
    """
    response = json(value)
    news = response.get_data() if ignoring is None else dump(ignoring(value))
    response.set_etag(hashlib.blake2b(news, digest_size=12).hexdigest())
    response.make_conditional(request)
    return response


def page(items: Sequence[Any], limit: int, describe: Callable[[Any], dict[str, Any]]) -> Response:
    """A list of at most `limit` things; `items` has one more when there are more."""
    data = [describe(item) for item in items[:limit]]
    return json({"object": "list", "data": data, "has_more": len(items) > limit})
