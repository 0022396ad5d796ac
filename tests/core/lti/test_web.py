"""No request leads where nobody should look, takes for ever, or brings more than one can hold."""

import ipaddress
import socket
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from core.lti.errors import AddressError, PlatformError
from core.lti.web import Web, is_public
from tests.lti.platform import Platform


@pytest.fixture(scope="module")
def server() -> Iterator[Platform]:
    platform = Platform().start()
    yield platform
    platform.close()


@pytest.fixture
def platform(server: Platform) -> Platform:
    server.forget()
    return server


@pytest.fixture
def web() -> Iterator[Web]:
    web = Web(frozenset({"127.0.0.1"}), seconds=1)
    yield web
    web.close()


@pytest.fixture
def strict() -> Iterator[Web]:
    web = Web(seconds=1)
    yield web
    web.close()


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fc00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "2002:7f00:1::",
        "64:ff9b::7f00:1",
        "2001:0:7f00:1::",
    ],
)
def test_addresses_that_are_not_the_internets_are_not_public(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_addresses_of_the_internet_are(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        "https://localhost/",
        "https://127.0.0.1:8080/",
        "https://[::1]/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://127.1/",
        "https://[::ffff:127.0.0.1]/",
    ],
)
def test_what_stands_for_a_private_address_is_not_asked(strict: Web, url: str) -> None:
    with pytest.raises(AddressError):
        strict.ask("GET", url)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/",
        "ftp://x/",
        "//x/",
        "",
        "https://",
        "https://a:b@x/",
        "https://x/#a",
    ],
)
def test_what_is_no_address_for_us_is_not_asked(strict: Web, url: str) -> None:
    with pytest.raises(AddressError):
        strict.check(url)


def test_a_name_that_stands_for_something_else_the_second_time_gains_nothing(
    strict: Web, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The address that was looked at is the one that is asked: there is no second look-up of the name."""
    lookups, real = [], socket.getaddrinfo
    port = httpx.URL(platform.issuer).port

    def resolve(host: str, *more: Any, **named: Any) -> Any:  # noqa: ANN401 - as the real one
        lookups.append(host)
        answers = {"rebound.example": "127.0.0.2" if lookups.count(host) == 1 else "127.0.0.1"}
        return real(answers.get(host, host), *more, **named)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr("core.lti.web.is_public", lambda one: str(one) != "127.0.0.1")
    with pytest.raises(PlatformError, match=r"rebound\.example does not answer"):
        strict.ask("GET", f"https://rebound.example:{port}/")
    assert lookups == ["rebound.example", "127.0.0.2"]
    assert platform.asked == []


def test_one_private_address_among_public_ones_is_enough_to_refuse(
    strict: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    def resolve(_: str, port: int, **__: object) -> list[tuple[object, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in ("8.8.8.8", "10.0.0.1")]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with pytest.raises(AddressError):
        strict.ask("GET", "https://mixed.example/")


def test_a_name_that_nobody_knows_is_told(strict: Web) -> None:
    with pytest.raises(PlatformError, match="is not known"):
        strict.ask("GET", "https://nobody.invalid/")


def test_redirects_are_not_followed(web: Web, platform: Platform) -> None:
    platform.answers["/jwks"] = [(302, {"Location": f"{platform.issuer}/elsewhere"}, b"")]
    with pytest.raises(PlatformError, match="leads elsewhere"):
        web.ask("GET", f"{platform.issuer}/jwks")
    assert platform.paths("GET") == ["/jwks"]


def test_the_host_is_told_as_it_stands_in_the_address(platform: Platform) -> None:
    web = Web(frozenset({f"localhost:{httpx.URL(platform.issuer).port}"}))
    named = platform.issuer.replace("127.0.0.1", "localhost")
    assert web.ask("GET", f"{named}/jwks").status == 200
    assert platform.asked[-1].headers["Host"] == named.removeprefix("http://")
    # The same host on another port is another one.
    with pytest.raises(AddressError):
        web.check("http://localhost:1/")
    web.close()


def test_an_answer_that_is_too_long_is_not_read_to_its_end(web: Web, platform: Platform) -> None:
    platform.answers["/jwks"] = [(200, {}, b"x" * 1001)]
    with pytest.raises(PlatformError, match="larger than 1,000 bytes"):
        web.ask("GET", f"{platform.issuer}/jwks", most_bytes=1000)


def test_an_answer_that_drips_is_given_up(web: Web, platform: Platform) -> None:
    platform.slow = 0.1
    with pytest.raises(PlatformError, match="takes too long"):
        web.ask("GET", f"{platform.issuer}/jwks")


def test_a_server_that_says_nothing_is_told(web: Web, platform: Platform) -> None:
    platform.away = True
    with pytest.raises(PlatformError, match="does not answer"):
        web.ask("GET", f"{platform.issuer}/jwks")
