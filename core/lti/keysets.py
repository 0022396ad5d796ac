"""The platforms' keys: fetched, remembered, and fetched again when a token names one that is not among them.

A token that names an unknown key may be the first after the platform changed its keys; or one of a flood of
forgeries, each of which would make us ask the platform. So a keyset is asked for again at
most a few times a minute.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.algorithms import RSAAlgorithm
from jwt.exceptions import InvalidKeyError

from core.lti.errors import LaunchError, PlatformError
from core.lti.web import Web

FRESH_SECONDS = 3600.0
# While the platform's keyset cannot be had, what is remembered will do for so long.
STALE_SECONDS = 24 * 3600.0
MOST_FETCHES, FETCHES_SECONDS = 4, 60.0
LEAST_BITS = 2048
MOST_KEYS = 100


@dataclass
class _Keyset:
    keys: dict[str, RSAPublicKey] = field(default_factory=dict)
    fetched_at: float | None = None
    fetches: deque[float] = field(default_factory=lambda: deque(maxlen=MOST_FETCHES))
    lock: threading.Lock = field(default_factory=threading.Lock)


class Keysets:
    """What one process remembers of all platforms' keys."""

    def __init__(self, web: Web, clock: Callable[[], float] = time.monotonic) -> None:
        self._web, self._clock = web, clock
        self._lock = threading.Lock()
        self._keysets: dict[str, _Keyset] = {}

    def find(self, url: str, kid: str) -> RSAPublicKey:
        """The key of that name.

        Raises:
            LaunchError: there is none; or nobody knows, as the keyset cannot be had.
        """
        with self._lock:
            keyset = self._keysets.setdefault(url, _Keyset())
        # Whoever comes meanwhile waits, and finds what was fetched: a flood is one request.
        with keyset.lock:
            if kid not in keyset.keys or self._age(keyset) > FRESH_SECONDS:
                self._refresh(keyset, url, known=kid in keyset.keys)
            if kid not in keyset.keys:
                raise LaunchError("kid_unknown", "The platform has no key of the name that the token gives.")
            return keyset.keys[kid]

    def fetch(self, url: str) -> dict[str, RSAPublicKey]:
        """The keys at an address, asked for now.

        Raises:
            PlatformError: they cannot be had.
        """
        reply = self._web.ask("GET", url, headers={"Accept": "application/json"})
        if reply.status != 200:
            raise PlatformError(f"The platform's keyset answered {reply.status}.", status=reply.status)
        return _read(reply.json())

    def _refresh(self, keyset: _Keyset, url: str, *, known: bool) -> None:
        at = self._clock()
        full = len(keyset.fetches) == MOST_FETCHES
        if full and at - keyset.fetches[0] < FETCHES_SECONDS:
            if keyset.fetched_at is None:
                raise LaunchError("keyset_away", "The platform's keys could not be had a moment ago.")
            return
        keyset.fetches.append(at)
        try:
            keyset.keys, keyset.fetched_at = self.fetch(url), at
        except PlatformError as error:
            if known and self._age(keyset) < STALE_SECONDS:
                return
            raise LaunchError("keyset_away", f"The platform's keys cannot be had: {error.detail}") from error

    def _age(self, keyset: _Keyset) -> float:
        return float("inf") if keyset.fetched_at is None else self._clock() - keyset.fetched_at


def _read(document: Any) -> dict[str, RSAPublicKey]:  # noqa: ANN401 - JSON of somebody else's
    """The keys of a set that can check an RS256 signature; all others are left aside."""
    listed = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(listed, list):
        raise PlatformError("The platform's keyset is none: it has no list `keys`.")
    found: dict[str, RSAPublicKey] = {}
    for one in listed[:MOST_KEYS]:
        key = _key(one)
        if key is not None:
            found.setdefault(one["kid"], key)
    return found


def _key(one: Any) -> RSAPublicKey | None:  # noqa: ANN401 - likewise
    if not isinstance(one, dict) or one.get("kty") != "RSA" or not isinstance(one.get("kid"), str):
        return None
    if one.get("alg", "RS256") != "RS256" or one.get("use", "sig") != "sig" or "d" in one:
        return None
    try:
        key = RSAAlgorithm.from_jwk(one)
    except (InvalidKeyError, ValueError, TypeError):
        return None
    return key if isinstance(key, RSAPublicKey) and key.key_size >= LEAST_BITS else None
