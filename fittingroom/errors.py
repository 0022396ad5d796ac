"""What a user of the client or the command line may be told."""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

import httpx


class RoomError(Exception):
    """Something that one message explains; the command line prints it and exits with 1."""


class InputError(RoomError):
    """A file of the user's cannot be read, or holds something else than it should."""


class LauncherError(RoomError):
    """The embedded stack cannot run."""


class UnreachableError(RoomError):
    """Nothing answers at the service's address."""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(f"no service at {url}; is `fittingroom up` running? ({reason})")


class JobError(RoomError):
    """A training that was waited for did not succeed. `job` is how it ended."""

    def __init__(self, job: Mapping[str, Any]) -> None:
        error = job.get("error") or {}
        code = f" ({error['code']})" if error.get("code") else ""
        lines = [f"{job.get('id')} {job.get('status')}: {error.get('message') or 'it was ended'}{code}"]
        super().__init__("\n".join([*lines, *([error["hint"]] if error.get("hint") else [])]))
        self.job = dict(job)


class ApiError(RoomError):
    """The service's refusal. `str()` of it is for people; the parts are for programs.

    `errors` holds `{"pointer", "detail"}` for each thing that is wrong, some with a `suggestion`.
    """

    def __init__(
        self,
        status: int,
        title: str,
        detail: str = "",
        errors: Iterable[Mapping[str, Any]] = (),
        request_id: str | None = None,
        *,
        retry_after_seconds: float | None = None,
    ) -> None:
        super().__init__(status, title, detail)
        self.status = status
        self.title = title
        self.detail = detail
        self.errors = [dict(error) for error in errors]
        self.request_id = request_id
        self.retry_after_seconds = retry_after_seconds

    def __str__(self) -> str:
        first = f"{self.title} ({self.status})"
        if self.detail and self.detail != self.title:
            first += f": {self.detail}"
        lines = [first]
        for error in self.errors:
            text = str(error.get("detail") or "")
            # One fault is often the detail itself: then the pointer alone is news.
            news = f": {text}" if text and not f": {self.detail}".endswith(f": {text}") else ""
            lines.append(f"  {error.get('pointer', '#')}{news}")
            if suggestion := (error.get("suggestion") or {}).get("detail"):
                lines.append(f"    {suggestion}")
        if self.request_id:
            lines.append(f"  request {self.request_id}")
        return "\n".join(lines)


def api_error(response: httpx.Response) -> ApiError:
    """The error that a response of 400 or more stands for; it must have been read.

    Three forms are understood: RFC 9457 problems, the `{"error": "text"}` of the prediction
    protocols, and whatever a proxy on the way may say.
    """
    try:
        body = response.json()
    except ValueError:
        body = None
    told = body if isinstance(body, dict) else {}
    errors = told.get("errors")
    return ApiError(
        response.status_code,
        str(told.get("title") or _phrase(response)),
        str(told.get("detail") or told.get("error") or ("" if told else response.text.strip()[:200])),
        [error for error in errors if isinstance(error, dict)] if isinstance(errors, list) else [],
        told.get("request_id") or response.headers.get("X-Request-Id"),
        retry_after_seconds=_seconds(response.headers.get("Retry-After")),
    )


def _phrase(response: httpx.Response) -> str:
    try:
        return HTTPStatus(response.status_code).phrase
    except ValueError:
        return "The service refused"


def _seconds(header: str | None) -> float | None:
    """`Retry-After` in seconds; its other form, a date, is not one that our service sends."""
    return float(header) if header and header.isascii() and header.isdigit() else None
