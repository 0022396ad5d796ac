"""The connection to the service: where it is, who asks, and what a request may answer."""

import os
import time
from collections.abc import Iterator, Mapping
from ipaddress import ip_address
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from fittingroom import errors
from fittingroom.patience import PATIENCE_SECONDS

URL = "http://127.0.0.1:8080"
TIMEOUT = httpx.Timeout(60, connect=5)


class Answer(dict[str, Any]):
    """A JSON object that the service sent. `text` is the very text that came."""

    text = ""

    @classmethod
    def of(cls, response: httpx.Response) -> "Answer":
        """The object in a response.

        Raises:
            errors.ApiError: there is none, so it is not our service that answered.
        """
        try:
            body = response.json()
        except ValueError:
            body = None
        if not isinstance(body, dict):
            detail = f"{response.request.url} did not answer with a JSON object"
            raise errors.ApiError(response.status_code, "This is not Fitting Room", detail)
        answer = cls(body)
        answer.text = response.text
        return answer


class Connection:
    """What all requests have in common; `Client` says how `url` and `token` are found."""

    def __init__(self, url: str | None = None, token: str | None = None) -> None:
        home = Path(os.environ.get("FITTINGROOM_HOME") or "var")
        self.url = (url or os.environ.get("FITTINGROOM_URL") or _read(home / "url") or URL).rstrip("/")
        local = _is_local(self.url)
        if token is None:
            token = os.environ.get("FITTINGROOM_TOKEN")
        if not token and local:
            # To this machine only: the embedded administrator's token is nobody else's business.
            token = _read(home / "token")
        token = (token or "").strip()
        if not (token.isascii() and token.isprintable()):
            raise errors.RoomError("the token holds what no token does: it is ASCII, on one line")
        self._http = httpx.Client(
            base_url=self.url,
            headers={"Authorization": f"Bearer {token}"} if token else {},
            timeout=TIMEOUT,
            trust_env=not local,  # a proxy is not asked for what is on this machine
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Gives the connections back."""
        self._http.close()

    def get(self, path: str) -> Answer:
        """One thing, by its path."""
        return Answer.of(self._send("GET", path, again=True))

    def post(self, path: str, document: Mapping[str, Any] | None = None) -> Answer:
        """What comes of sending a document, or nothing at all, to a path."""
        return Answer.of(self._send("POST", path, json=document))

    def delete(self, path: str) -> None:
        """Deletes what is there."""
        self._send("DELETE", path)

    def page(self, path: str, **query: str | int | None) -> Answer:
        """One page of a list, as it is: `{"object": "list", "data": […], "has_more": …}`."""
        params = {key: value for key, value in query.items() if value is not None}
        return Answer.of(self._send("GET", path, again=True, params=params))

    def pages(self, path: str, *, key: str = "id", **query: str) -> Iterator[dict[str, Any]]:
        """The items of a list, page after page, as far as one reads; `key` is what tells them apart."""
        after: str | int | None = None
        while True:
            page = self.page(path, limit=100, after=after, **query)
            yield from page["data"]
            if not page.get("has_more") or not page["data"]:
                return
            after = page["data"][-1][key]

    def _send(self, method: str, path: str, *, again: bool = False, **request: Any) -> httpx.Response:  # noqa: ANN401 (httpx's arguments)
        """A response below 400. With `again`, an answer of 503 is asked once more when it says when."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                response = self._http.request(method, path, **request)
            except httpx.TransportError as error:
                raise errors.UnreachableError(self.url, str(error) or type(error).__name__) from error
            if response.status_code < 400:
                return response
            refusal = errors.api_error(response)
            pause = refusal.retry_after_seconds
            if not again or response.status_code != 503 or pause is None:
                raise refusal
            if time.monotonic() + pause > deadline:
                raise refusal
            time.sleep(max(pause, 0.1))


def _read(path: Path) -> str | None:
    try:
        return path.read_text().strip() or None
    except (OSError, UnicodeDecodeError):
        return None


def _is_local(url: str) -> bool:
    try:
        host = httpx.URL(url).host
    except httpx.InvalidURL as error:
        raise errors.RoomError(f"{url!r} is not a URL: {error}") from error
    if not url.startswith(("http://", "https://")):
        raise errors.RoomError(f"{url!r} is not a URL: it begins with neither http:// nor https://")
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
