"""Keys, ours and theirs: how they change, and what a flood of unknown ones does."""

from collections.abc import Iterator
from datetime import timedelta

import jwt
import pytest

from core import db
from core.db import Database
from core.lti import keys
from core.lti.errors import LaunchError
from core.lti.keysets import FETCHES_SECONDS, FRESH_SECONDS, MOST_FETCHES, STALE_SECONDS, Keysets
from core.lti.web import USER_AGENT, Web
from core.tables import LtiKey
from tests.lti.browsing import Browser, reason, signed_in
from tests.lti.platform import Platform, key


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def keysets(clock: Clock) -> Iterator[Keysets]:
    web = Web(frozenset({"127.0.0.1"}), seconds=1)
    yield Keysets(web, clock)
    web.close()


def why(keysets: Keysets, platform: Platform, kid: str) -> str:
    with pytest.raises(LaunchError) as caught:
        keysets.find(f"{platform.issuer}/jwks", kid)
    return caught.value.reason


def test_a_platform_that_changed_its_keys_is_believed_at_once(browser: Browser, platform: Platform) -> None:
    signed_in(browser.launch(platform))
    platform.keys = {"one": key(1), "two": key(2)}
    asked = browser.begin(platform)
    claims = platform.claims(asked["nonce"], browser.tool.launch_url)
    signed_in(browser.bring(asked["state"], platform.sign(claims, kid="two")))


def test_a_flood_of_unknown_keys_is_a_few_requests_and_keeps_nobody_out(
    browser: Browser, platform: Platform
) -> None:
    signed_in(browser.launch(platform))
    for number in range(20):
        asked = browser.begin(platform)
        claims = platform.claims(asked["nonce"], browser.tool.launch_url)
        token = platform.sign(claims, kid=f"forged-{number}")
        assert reason(browser.bring(asked["state"], token)) == "kid_unknown"
    assert platform.paths("GET").count("/jwks") <= MOST_FETCHES
    signed_in(browser.launch(platform))


def test_after_a_while_an_unknown_key_is_asked_for_again(
    keysets: Keysets, platform: Platform, clock: Clock
) -> None:
    for number in range(10):
        assert why(keysets, platform, f"forged-{number}") == "kid_unknown"
    assert platform.paths("GET") == ["/jwks"] * MOST_FETCHES
    platform.keys["two"] = key(2)
    assert why(keysets, platform, "two") == "kid_unknown"
    clock.now += FETCHES_SECONDS
    assert keysets.find(f"{platform.issuer}/jwks", "two") == key(2).public_key()


def test_known_keys_are_remembered_and_a_key_that_was_taken_back_is_not_for_ever(
    keysets: Keysets, platform: Platform, clock: Clock
) -> None:
    for _ in range(5):
        keysets.find(f"{platform.issuer}/jwks", "one")
    assert platform.paths("GET") == ["/jwks"]
    assert platform.asked[0].headers["User-Agent"] == USER_AGENT
    platform.keys = {"two": key(2)}
    keysets.find(f"{platform.issuer}/jwks", "one")
    clock.now += FRESH_SECONDS + 1
    assert why(keysets, platform, "one") == "kid_unknown"


def test_while_a_platform_is_away_what_is_remembered_will_do_for_a_day(
    keysets: Keysets, platform: Platform, clock: Clock
) -> None:
    keysets.find(f"{platform.issuer}/jwks", "one")
    platform.away = True
    clock.now += FRESH_SECONDS + 1
    keysets.find(f"{platform.issuer}/jwks", "one")
    assert why(keysets, platform, "two") == "keyset_away"
    clock.now += STALE_SECONDS
    assert why(keysets, platform, "one") == "keyset_away"


@pytest.mark.parametrize(
    "answer",
    [
        (500, {}, b"{}"),
        (200, {}, b"<html>"),
        (200, {}, b"[]"),
        (200, {}, b'{"keys": 7}'),
        (302, {"Location": "/elsewhere"}, b""),
        (200, {"Content-Encoding": "gzip"}, b"x"),
        (200, {}, b"x" * (2**20 + 1)),
    ],
    ids=["500", "html", "list", "number", "redirect", "packed", "huge"],
)
def test_a_keyset_that_is_none_is_a_page_and_no_error(
    browser: Browser, platform: Platform, answer: tuple[int, dict[str, str], bytes]
) -> None:
    platform.answers["/strange"] = [answer]
    keyset = f"{platform.issuer}/strange"
    registration = browser.tool.register(platform, client_id=str(answer)[:50], jwks_url=keyset)
    asked = browser.begin(platform, client_id=registration.client_id)
    token = platform.sign(platform.claims(asked["nonce"], browser.tool.launch_url))
    refused = browser.bring(asked["state"], token)
    assert (refused.status_code, reason(refused)) == (503, "keyset_away")
    assert "/elsewhere" not in platform.paths("GET")


def test_keys_that_cannot_check_such_a_signature_are_left_aside(keysets: Keysets, platform: Platform) -> None:
    own = platform.jwks()["keys"][0]
    odd = [
        own | {"kid": "secret", "kty": "oct", "k": "eA"},
        own | {"kid": "encrypts", "use": "enc"},
        own | {"kid": "other", "alg": "RS512"},
        own | {"kid": "broken", "n": "!"},
        own | {"kid": "short", "n": "AQAB"},
        own | {"kid": 7},
        7,
    ]
    import json

    platform.answers["/jwks"] = [(200, {}, json.dumps({"keys": [*odd, own]}).encode())]
    keysets.find(f"{platform.issuer}/jwks", "one")
    for kid in ("secret", "encrypts", "other", "broken", "short"):
        assert why(keysets, platform, kid) == "kid_unknown"


def test_a_new_key_is_shown_before_it_signs_and_an_old_one_after_it_did(database: Database) -> None:
    def age(kid: str, **more: int) -> None:
        with database.writing() as session:
            session.get_one(LtiKey, kid).signs_from -= timedelta(**more)

    def state() -> tuple[str, list[str]]:
        with database.writing() as session:
            keys.trim(session)
            signing = keys.signing(session)
            assert signing is not None
            return signing.kid, [one["kid"] for one in keys.public(session)]

    with database.writing() as session:
        old = keys.ensure(session).kid
        assert keys.ensure(session).kid == old
        new = keys.rotate(session).kid
    assert state() == (old, [new, old])
    age(new, seconds=keys.SHOWN_SECONDS)
    age(old, days=30)
    assert state() == (new, [new, old])
    age(new, seconds=keys.KEPT_SECONDS)
    assert state() == (new, [new])


def test_our_keys_are_public_by_half_and_check_what_we_sign(browser: Browser, platform: Platform) -> None:
    answer = browser.ask("GET", "/lti/jwks")
    assert "max-age" in answer.headers["Cache-Control"]
    (one,) = answer.json()["keys"]
    assert set(one) == {"kty", "n", "e", "kid", "use", "alg"}
    token = browser.tool.parts.platforms.sign({"sub": "x"})
    assert jwt.get_unverified_header(token)["kid"] == one["kid"]
    public = jwt.PyJWK.from_dict(one)
    assert jwt.decode(token, public.key, ["RS256"]) == {"sub": "x"}
    assert db.new_id("key")[:4] == one["kid"][:4]
    del platform
