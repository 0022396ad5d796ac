"""The campus by itself: what a tool may rely on, seen from a tool that only keeps what it is sent."""

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import jwt
import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from tests.platform.browser import Browser, Form, Page
from tests.platform.campuses import Campus, campus

CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
AGS = "https://purl.imsglobal.org/spec/lti-ags/"
NRPS = "https://purl.imsglobal.org/spec/lti-nrps/"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Keys(BaseHTTPRequestHandler):
    """All that the platform asks a tool for: its keys."""

    def do_GET(self) -> None:
        told = RSAAlgorithm.to_jwk(KEY.public_key(), as_dict=True) | {"kid": "tool", "use": "sig"}
        self.send_response(200)
        self.end_headers()
        self.wfile.write(orjson.dumps({"keys": [told]}))

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Campus]:
    with campus(tmp_path_factory.mktemp("campus") / "log") as found:
        yield found


@pytest.fixture(scope="module")
def tool() -> Iterator[dict[str, str]]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Keys)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    names = ("login_url", "launch_url", "jwks_url", "deep_linking_url")
    yield {name: f"http://127.0.0.1:{server.server_port}/{name}" for name in names}
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def teacher(there: Campus) -> Iterator[Browser]:
    with there.signed_in("teacher") as browser:
        yield browser


@pytest.fixture(scope="module")
def known(there: Campus, teacher: Browser, tool: dict[str, str]) -> dict[str, str]:
    return there.add(teacher, "first", tool, display_name="A first network")


def launched(browser: Browser, url: str, known: dict[str, str]) -> tuple[Form, dict[str, Any]]:
    """The form that a launch ends in, and the claims of its token: of a tool that answers every login."""
    away = browser.http.get(url, follow_redirects=False).headers["Location"]
    login = {name: values[0] for name, values in parse_qs(urlsplit(away).query).items()}
    told = {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": login["client_id"],
        "redirect_uri": login["target_link_uri"],
        "login_hint": login["login_hint"],
        "lti_message_hint": login["lti_message_hint"],
        "state": "of the tool",
        "nonce": "likewise",
    }
    [form] = Page(browser.http.get(known["oidc_callback"], params=told)).forms
    token = form.fields["id_token"]
    keys = jwt.PyJWKSet.from_dict(httpx.get(known["keyset_url"], trust_env=False).json())
    key = keys[jwt.get_unverified_header(token)["kid"]]
    claims = jwt.decode(token, key, ["RS256"], audience=known["client_id"], issuer=known["issuer"])
    return form, claims


def asked(known: dict[str, str], key: rsa.RSAPrivateKey, *scopes: str) -> httpx.Response:
    """What the platform answers a tool that asks for a token."""
    now, name = int(time.time()), known["client_id"]
    claims = {"iss": name, "sub": name, "aud": known["token_url"], "iat": now, "exp": now + 60, "jti": "one"}
    told = {
        "grant_type": "client_credentials",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": jwt.encode(claims, key, "RS256", headers={"kid": "tool"}),
        "scope": " ".join(scopes),
    }
    return httpx.post(known["token_url"], data=told, trust_env=False)


def access(known: dict[str, str], *scopes: str) -> httpx.Client:
    """A client with a token of the platform's."""
    token = asked(known, KEY, *scopes).raise_for_status().json()["access_token"]
    return httpx.Client(headers={"Authorization": f"Bearer {token}"}, trust_env=False)


def test_a_launch_is_a_token_that_the_platforms_keys_have_signed(
    there: Campus, known: dict[str, str]
) -> None:
    with there.signed_in("ada") as browser:
        page = browser.open(f"{there.url}/course")
        assert [kind for kind, _ in page.links] == ["open"], "students choose nothing"
        form, claims = launched(browser, page.link("open"), known)
    assert form.method == "POST"
    assert form.fields["state"] == "of the tool"
    assert claims["nonce"] == "likewise"
    assert "http://purl.imsglobal.org/vocab/lis/v2/membership#Learner" in claims[CLAIM + "roles"]
    assert claims["name"] == "Ada Lovelace"


def test_only_a_teacher_chooses(there: Campus, teacher: Browser, known: dict[str, str]) -> None:
    _, claims = launched(teacher, teacher.open(f"{there.url}/course").link("choose"), known)
    assert claims[CLAIM + "message_type"] == "LtiDeepLinkingRequest"
    with there.signed_in("ada") as browser:
        assert browser.open(f"{there.url}/blocks/first/choose").response.status_code == 403
        assert browser.open(f"{there.url}/gradebook").response.status_code == 403


def test_a_score_is_in_the_gradebook_and_an_older_one_is_refused(
    there: Campus, teacher: Browser, known: dict[str, str]
) -> None:
    _, claims = launched(teacher, f"{there.url}/blocks/first/open", known)
    item = claims[AGS + "claim/endpoint"]["lineitem"]
    score = {
        "userId": there.read(teacher, "members")["alan"],
        "scoreGiven": 7.5,
        "scoreMaximum": 10,
        "activityProgress": "Completed",
        "gradingProgress": "FullyGraded",
        "timestamp": "2026-01-01T12:00:00Z",
    }
    headers = {"Content-Type": "application/vnd.ims.lis.v1.score+json"}
    with access(known, AGS + "scope/score") as http:
        answers = [
            http.post(f"{item}/scores", content=orjson.dumps(score | more), headers=headers).status_code
            for more in ({}, {"scoreGiven": 9, "timestamp": "2026-01-01T11:59:59Z"})
        ]
        refused = http.get(item).status_code
    assert answers == [201, 400]
    assert refused == 403, "the token is for scores alone"
    assert there.read(teacher, "gradebook") == {"first": {"alan": {"earned": 75, "possible": 100}}}


def test_a_token_takes_a_signature_of_the_tools(known: dict[str, str]) -> None:
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    answer = asked(known, other, AGS + "scope/score")
    assert (answer.status_code, answer.json()) == (400, {"error": "invalid_client"})


def test_the_roster_has_everybody_and_their_roles(
    there: Campus, teacher: Browser, known: dict[str, str]
) -> None:
    _, claims = launched(teacher, f"{there.url}/blocks/first/open", known)
    url = claims[NRPS + "claim/namesroleservice"]["context_memberships_url"]
    with access(known, NRPS + "scope/contextmembership.readonly") as http:
        found = http.get(url).raise_for_status().json()["members"]
    assert {one["user_id"] for one in found} == set(there.read(teacher, "members").values())
    assert sorted(role.partition("#")[2] for one in found for role in one["roles"]) == [
        "Administrator",
        "Instructor",
        "Learner",
        "Learner",
    ]
