"""Access tokens of platforms: asked for with a signed assertion, and kept until shortly before they end.

LTI Security Framework 1.0, section 4.1 (OAuth 2.0 client credentials with a JWT, RFC 7523). The audience is
the token's address; D2L wants another one, which a registration may name.
"""

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from core.lti.errors import TokenError
from core.tables import LtiRegistration

if TYPE_CHECKING:
    # It brings the HTTP client along, which no start of a process is to wait for.
    from core.lti.web import Reply, Web

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ASSERTION_SECONDS = 60
# A token is given up so long before its end, so that it does not end on the way.
EARLY_SECONDS = 60.0
# How long one holds that does not say.
ASSUMED_SECONDS = 3600.0
MOST_TOKENS = 10_000

Sign = Callable[[dict[str, Any]], str]


@dataclass(frozen=True)
class _Token:
    text: str
    until: float


class Tokens:
    """What one process has of them."""

    def __init__(self, web: "Web", sign: Sign, clock: Callable[[], float] = time.monotonic) -> None:
        self._web, self._sign, self._clock = web, sign, clock
        self._lock = threading.Lock()
        self._tokens: dict[tuple[str, ...], _Token] = {}

    def get(self, registration: LtiRegistration, scopes: Iterable[str]) -> str:
        """A token for exactly these scopes.

        Raises:
            TokenError: the platform gives none.
            PlatformError: it does not answer.
        """
        key = _key(registration, scopes)
        with self._lock:
            held = self._tokens.get(key)
        if held is None or held.until <= self._clock():
            held = self._fetch(registration, sorted(set(scopes)))
            with self._lock:
                if len(self._tokens) >= MOST_TOKENS:
                    self._tokens.clear()
                self._tokens[key] = held
        return held.text

    def drop(self, registration: LtiRegistration, scopes: Iterable[str]) -> None:
        """Forgets a token that the platform no longer takes."""
        with self._lock:
            self._tokens.pop(_key(registration, scopes), None)

    def ask(
        self,
        registration: LtiRegistration,
        scopes: Iterable[str],
        method: str,
        url: str,
        *,
        headers: dict[str, str] | None = None,
        content: bytes | None = None,
        most_bytes: int = 2**20,
    ) -> "Reply":
        """The platform's answer to a request with a token; one that ended early is asked for once more.

        Raises:
            PlatformError: there is no token, or no answer.
        """
        scopes = list(scopes)
        for attempt in range(2):
            told = {**(headers or {}), "Authorization": f"Bearer {self.get(registration, scopes)}"}
            reply = self._web.ask(method, url, headers=told, content=content, most_bytes=most_bytes)
            if reply.status != 401 or attempt:
                break
            self.drop(registration, scopes)
        return reply

    def _fetch(self, registration: LtiRegistration, scopes: list[str]) -> _Token:
        began = self._clock()
        reply = self._web.ask(
            "POST",
            registration.auth_token_url,
            headers={"Accept": "application/json"},
            form={
                "grant_type": "client_credentials",
                "client_assertion_type": ASSERTION,
                "client_assertion": self._assertion(registration),
                "scope": " ".join(scopes),
            },
        )
        answer = reply.json() if reply.status < 500 else {}
        text = answer.get("access_token") if isinstance(answer, dict) else None
        if reply.status not in {200, 201} or not isinstance(text, str) or not _is_header(text):
            raise TokenError(
                f"The platform gives no token: {_told(reply, answer)}",
                status=reply.status,
                retry_after_seconds=retry_after(reply),
            )
        seconds = _number(answer.get("expires_in"))
        return _Token(text, began + max(0.0, min(seconds, 24 * 3600.0) - EARLY_SECONDS))

    def _assertion(self, registration: LtiRegistration) -> str:
        now = int(time.time())
        return self._sign(
            {
                "iss": registration.client_id,
                "sub": registration.client_id,
                "aud": registration.token_audience or registration.auth_token_url,
                "iat": now,
                "exp": now + ASSERTION_SECONDS,
                "jti": uuid4().hex,
            }
        )


def retry_after(reply: "Reply") -> float | None:
    """`Retry-After` in seconds, if the platform gives it so."""
    given = reply.headers.get("Retry-After", "")
    return float(given) if given.isascii() and given.isdigit() and len(given) < 10 else None


def _key(registration: LtiRegistration, scopes: Iterable[str]) -> tuple[str, ...]:
    return (registration.id, registration.auth_token_url, *sorted(set(scopes)))


def _is_header(text: str) -> bool:
    return text.isascii() and text.isprintable() and " " not in text


def _number(lasts: Any) -> float:  # noqa: ANN401 - JSON of somebody else's
    try:
        return float(lasts)
    except (TypeError, ValueError):
        return ASSUMED_SECONDS


def _told(reply: "Reply", answer: Any) -> str:  # noqa: ANN401 - likewise
    """What the platform says of it (RFC 6749, section 5.2), on one line."""
    words = [answer.get("error"), answer.get("error_description")] if isinstance(answer, dict) else []
    said = ": ".join(one for one in words if isinstance(one, str))
    return f"{reply.status} {said}".strip()[:300]
