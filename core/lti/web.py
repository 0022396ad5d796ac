"""Requests to platforms: bounded in time and size, and to no address that is nobody else's business.

Whoever may name an address that we then ask could otherwise look around in our own network (a server-side
request forgery). So every address that a name stands for is looked at, and the very one that was looked at is
asked: between two look-ups a name may come to stand for another.
"""

import ipaddress
import socket
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import orjson

from core.lti.errors import AddressError, PlatformError

USER_AGENT = "FittingRoom-LTI/1.3"
SECONDS = 10.0
MOST_BYTES = 2**20

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# Ranges that are global by the book, and lead to IPv4 addresses that may not be: 6to4, Teredo, NAT64.
_TUNNELS = tuple(ipaddress.IPv6Network(one) for one in ("2002::/16", "2001::/32", "64:ff9b::/96"))


@dataclass(frozen=True)
class Reply:
    """What a platform answered."""

    status: int
    headers: httpx.Headers
    body: bytes

    def json(self) -> Any:  # noqa: ANN401 - JSON
        """The body as JSON.

        Raises:
            PlatformError: it is none.
        """
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError:
            raise PlatformError("The platform's answer is not JSON.", status=self.status) from None


class Web:
    """A client that asks public addresses over HTTPS, and those of `private_hosts` in any way.

    `private_hosts` holds `host` or `host:port`, in lower case.
    """

    def __init__(self, private_hosts: frozenset[str] = frozenset(), *, seconds: float = SECONDS) -> None:
        self._private, self._seconds = private_hosts, seconds
        self._http = httpx.Client(
            headers={"User-Agent": USER_AGENT, "Accept-Encoding": "identity"},
            # Names are looked up here, and so no proxy can stand in between.
            trust_env=False,
            verify=httpx.create_ssl_context(),
            follow_redirects=False,
            # A connection is to an address; the next request to it may be for another name's certificate.
            limits=httpx.Limits(max_keepalive_connections=0),
        )

    def close(self) -> None:
        """Gives the connections back."""
        self._http.close()

    def ask(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        form: Mapping[str, str] | None = None,
        most_bytes: int = MOST_BYTES,
    ) -> Reply:
        """The answer, whatever its status below 300 or from 400 on.

        Raises:
            AddressError: it is not an address that we ask.
            PlatformError: there was no answer in time, it is too long, or it leads elsewhere.
        """
        asked, until = self._allowed(url), time.monotonic() + self._seconds
        failed: Exception | None = None
        for address in self.addresses(asked):
            request = self._http.build_request(
                method,
                asked.copy_with(host=str(address)),
                headers={**(headers or {}), "Host": asked.netloc.decode()},
                content=content,
                data=form,
                timeout=self._seconds,
                extensions={"sni_hostname": asked.raw_host.decode()},
            )
            try:
                return self._send(request, until, most_bytes)
            except httpx.ConnectError as error:
                failed = error
            except httpx.HTTPError as error:
                failed = error
                break
        raise PlatformError(f"{asked.host} does not answer: {failed}") from failed

    def check(self, url: str) -> None:
        """Makes sure that this is an address that we ask, without asking anybody.

        Raises:
            AddressError: it is not.
        """
        self._allowed(url)

    def addresses(self, url: httpx.URL) -> list[Address]:
        """What the name stands for, every single one of it allowed."""
        host, port = url.raw_host.decode(), _port(url)
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise PlatformError(f"{url.host} is not known: {error}") from error
        addresses = list(dict.fromkeys(ipaddress.ip_address(one[4][0]) for one in found))
        if not self._is_private(url) and not all(is_public(one) for one in addresses):
            raise AddressError(f"{url.host} has a private address, which is not asked.")
        return addresses

    def _allowed(self, url: str) -> httpx.URL:
        try:
            asked = httpx.URL(url)
            if not asked.host or asked.userinfo or asked.fragment:
                raise AddressError("An address has a host, and neither a password nor a fragment.")
        except (httpx.InvalidURL, TypeError) as error:
            raise AddressError(f"This is not an address: {error}") from error
        if asked.scheme != "https" and not (asked.scheme == "http" and self._is_private(asked)):
            raise AddressError(f"{asked.host} is asked over HTTPS only.")
        return asked

    def _is_private(self, url: httpx.URL) -> bool:
        host = url.host.lower()
        return host in self._private or f"{host}:{_port(url)}" in self._private

    def _send(self, request: httpx.Request, until: float, most_bytes: int) -> Reply:
        response = self._http.send(request, stream=True)
        try:
            if response.is_redirect:
                raise PlatformError("The platform leads elsewhere, where we do not follow.", status=502)
            if response.headers.get("Content-Encoding", "identity") != "identity":
                raise PlatformError("The platform packs its answer, which nobody asked for.")
            body = b"".join(_bounded(response.iter_raw(), until, most_bytes))
            return Reply(response.status_code, response.headers, body)
        finally:
            response.close()


def is_public(address: Address) -> bool:
    """Whether it is anybody's on the internet."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if any(address in network for network in _TUNNELS):
            return False
    return address.is_global and not address.is_multicast


def _bounded(chunks: Iterator[bytes], until: float, most_bytes: int) -> Iterator[bytes]:
    left = most_bytes
    for chunk in chunks:
        left -= len(chunk)
        if left < 0:
            raise PlatformError(f"The platform's answer is larger than {most_bytes:,} bytes.")
        if time.monotonic() > until:
            raise PlatformError("The platform's answer takes too long.")
        yield chunk


def _port(url: httpx.URL) -> int:
    return url.port or (443 if url.scheme == "https" else 80)
