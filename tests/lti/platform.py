"""A learning platform for tests: a real HTTP server with its own keys and gradebook, which can misbehave."""

import json
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

LTI = "https://purl.imsglobal.org/spec/lti/claim/"
AGS = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
NRPS = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
DL = "https://purl.imsglobal.org/spec/lti-dl/claim/"
SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/"
SCOPES = [SCOPE + "lineitem", SCOPE + "score"]
ROSTER = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership#"
CLIENT = "fitting-room"

Answer = tuple[int, dict[str, str], bytes]


@cache
def key(number: int) -> rsa.RSAPrivateKey:
    """A key pair, made once for all tests."""
    del number
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class Asked:
    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes
    at: float

    def json(self) -> Any:  # noqa: ANN401 - JSON
        return json.loads(self.body)

    def form(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(self.body.decode()).items()}


@dataclass
class Platform:
    """What it was asked, what it keeps, and how it misbehaves.

    `moodle` answers 409 to a second score within a second, `edx` 400 to one that is not later. `answers` are
    given in place of its own, by path: in turn, the last again and again.
    """

    issuer: str = ""
    keys: dict[str, rsa.RSAPrivateKey] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    answers: dict[str, list[Answer]] = field(default_factory=dict)
    lineitems: dict[str, dict[str, Any]] = field(default_factory=dict)
    grades: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    tokens: dict[str, set[str]] = field(default_factory=dict)
    members: list[dict[str, Any]] = field(default_factory=list)
    coming: dict[str, dict[str, Any]] = field(default_factory=dict)
    """How the launches of people differ from a good one, by what a login hints at who they are."""
    teachers: set[str] = field(default_factory=set)
    moodle: bool = False
    edx: bool = False
    away: bool = False
    slow: float = 0.0
    tool_keys: Callable[[], dict[str, Any]] | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)
    server: ThreadingHTTPServer | None = None

    def start(self, host: str = "127.0.0.1") -> "Platform":
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.server.daemon_threads = True
        self.issuer = f"http://{host}:{self.server.server_address[1]}"
        self.keys = {"one": key(1)}
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def close(self) -> None:
        assert self.server is not None
        self.server.shutdown()
        self.server.server_close()

    def forget(self) -> None:
        """Back to good manners, and nothing kept."""
        fresh = Platform()
        kept = {"issuer", "server", "lock"}
        for name in fresh.__dataclass_fields__:
            if name not in kept:
                setattr(self, name, getattr(fresh, name))
        self.keys = {"one": key(1)}

    def registration(self, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - members
        return {
            "name": "A platform",
            "issuer": self.issuer,
            "client_id": CLIENT,
            "auth_login_url": f"{self.issuer}/auth?from=tool",
            "auth_token_url": f"{self.issuer}/token",
            "jwks_url": f"{self.issuer}/jwks",
            "deployment_ids": ["1"],
        } | changes

    def login(self, target: str, **changes: str) -> dict[str, str]:
        return {
            "iss": self.issuer,
            "client_id": CLIENT,
            "login_hint": "hint",
            "target_link_uri": target,
            "lti_message_hint": '{"cmid": 7, "odd": "&=%20+"}',
        } | changes

    def claims(self, nonce: str, target: str, /, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - claims
        """A good launch of a student. A change to None takes a claim away; short names are LTI's."""
        now = int(time.time())
        told: dict[str, Any] = {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": "student-1",
            "iat": now,
            "exp": now + 300,
            "nonce": nonce,
            "name": "Ada Lovelace",
            "email": "ada@example.org",
            LTI + "version": "1.3.0",
            LTI + "message_type": "LtiResourceLinkRequest",
            LTI + "deployment_id": "1",
            LTI + "roles": [MEMBERSHIP + "Learner"],
            LTI + "target_link_uri": target,
            LTI + "resource_link": {"id": "link-1", "title": "First network"},
            LTI + "context": {"id": "course-1", "title": "Networks"},
            LTI + "launch_presentation": {"return_url": f"{self.issuer}/back", "locale": "fr-CH"},
        }
        for name, value in changes.items():
            full = name if name in told or ":" in name or name in {"azp", "nbf"} else LTI + name
            told[full] = value
        return {name: value for name, value in told.items() if value is not None}

    def sign(
        self,
        claims: Mapping[str, Any],
        *,
        kid: str | None = "one",
        by: rsa.RSAPrivateKey | None = None,
        headers: Mapping[str, Any] | None = None,
    ) -> str:
        told = dict(headers or {}) | ({"kid": kid} if kid is not None else {})
        # Not the library's way for tokens, which refuses to sign claims that are none.
        payload = json.dumps(dict(claims)).encode()
        return jwt.PyJWS().encode(payload, by or self.keys.get(kid or "one", key(1)), "RS256", headers=told)

    def jwks(self) -> dict[str, Any]:
        return {
            "keys": [
                RSAAlgorithm.to_jwk(one.public_key(), as_dict=True)
                | {"kid": kid, "use": "sig", "alg": "RS256"}
                for kid, one in self.keys.items()
            ]
        }

    def paths(self, method: str) -> list[str]:
        return [one.path for one in self.asked if one.method == method]

    def scores(self, item: str = "1") -> list[dict[str, Any]]:
        """All scores that came for a column, whether they were taken or not."""
        return [one.json() for one in self.asked if one.path == f"/items/{item}/scores"]

    def add_lineitem(self, **more: Any) -> str:  # noqa: ANN401 - members
        number = str(len(self.lineitems) + 1)
        self.lineitems[number] = {"id": self.lineitem(number), "scoreMaximum": 100, "label": "x"} | more
        return self.lineitem(number)

    def lineitem(self, number: str) -> str:
        """As Moodle's: with a query."""
        return f"{self.issuer}/items/{number}?type_id=3"

    def ags(self, *, lineitem: bool = True, scopes: list[str] | None = None) -> dict[str, Any]:
        told = {"lineitems": f"{self.issuer}/items?type_id=3", "scope": SCOPES if scopes is None else scopes}
        return told | ({"lineitem": self.lineitem("1")} if lineitem else {})

    def answer(self, asked: Asked) -> Answer:  # noqa: PLR0911 - one for each address
        if forced := self.answers.get(asked.path):
            return forced.pop(0) if len(forced) > 1 else forced[0]
        with self.lock:
            if asked.path == "/auth":
                return self._authorize({name: values[0] for name, values in asked.query.items()})
            if asked.path == "/jwks":
                return _json(self.jwks())
            if asked.path == "/token":
                return self._token(asked.form())
            if asked.path == "/.well-known/openid-configuration":
                return _json(self.configuration())
            if asked.path == "/register":
                return _json({"client_id": "made", LTI_TOOL: {"deployment_id": "7"}}, 201)
            return self._service(asked)

    def _authorize(self, asked: dict[str, str]) -> Answer:
        """A page that brings the browser back by itself, with a token of who it was hinted at."""
        target = asked["redirect_uri"]
        claims = self.claims(asked["nonce"], target, **self.coming[asked["login_hint"]])
        page = f"""<!doctype html><link rel="icon" href="data:,"><form method="post" action="{target}">
            <input name="state" value="{asked["state"]}"><input name="id_token" value="{self.sign(claims)}">
            </form><script>document.forms[0].submit()</script>"""
        return 200, {"Content-Type": "text/html"}, page.encode()

    def configuration(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/auth",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "registration_endpoint": f"{self.issuer}/register",
            "scopes_supported": ["openid", *SCOPES, ROSTER],
        }

    def _token(self, form: dict[str, str]) -> Answer:
        claims = jwt.decode(form["client_assertion"], options={"verify_signature": False})
        if self.tool_keys is not None:
            kid = jwt.get_unverified_header(form["client_assertion"])["kid"]
            known = {one.key_id: one for one in jwt.PyJWKSet.from_dict(self.tool_keys()).keys}
            audience = f"{self.issuer}/token"
            claims = jwt.decode(form["client_assertion"], known[kid].key, ["RS256"], audience=audience)
        if claims["iss"] != CLIENT or claims["sub"] != CLIENT or not claims["jti"]:
            return _json({"error": "invalid_client"}, 400)
        token = secrets.token_urlsafe(8)
        self.tokens[token] = set(form["scope"].split())
        return _json({"access_token": token, "token_type": "Bearer", "expires_in": 3600})

    def _service(self, asked: Asked) -> Answer:
        scopes = self.tokens.get(asked.headers.get("Authorization", "").removeprefix("Bearer "))
        if scopes is None:
            return _json({"error": "no token"}, 401)
        parts = asked.path.strip("/").split("/")
        if parts == ["items"]:
            return self._items(asked)
        if parts[0] == "items" and parts[-1] == "scores" and asked.query.get("type_id") == ["3"]:
            return self._score(parts[1], asked.json()) if SCOPE + "score" in scopes else _json({}, 403)
        if parts[0] == "members":
            return self._members(int(parts[1]))
        return _json({"error": "no such thing"}, 404)

    def _items(self, asked: Asked) -> Answer:
        if asked.method == "GET":
            return _json(list(self.lineitems.values()))
        self.add_lineitem(**asked.json())
        return _json(list(self.lineitems.values())[-1], 201)

    def _score(self, item: str, told: dict[str, Any]) -> Answer:
        before = self.grades.get((item, told["userId"]))
        if item not in self.lineitems:
            return _json({"error": "no such column"}, 404)
        if told["userId"] in self.teachers:
            return _json({"error": "User is not gradable"}, 400)
        if before is not None:
            new, old = (datetime.fromisoformat(one["timestamp"]) for one in (told, before))
            if self.moodle and int(new.timestamp()) <= int(old.timestamp()):
                return _json({"error": "Refusing score with an earlier timestamp"}, 409)
            if self.edx and new <= old:
                return _json(
                    {"timestamp": ["Score timestamp can only be updated to a later point in time"]}, 400
                )
        self.grades[item, told["userId"]] = told
        return _json({"resultUrl": "x"})

    def _members(self, page: int) -> Answer:
        status, headers, body = _json(
            {"id": "x", "context": {"id": "course-1"}, "members": self.members[page : page + 1]}
        )
        if page + 1 < len(self.members):
            following = f"{self.issuer}/members/{page + 1}?Next=A%2FB"
            headers["Link"] = f'<{self.issuer}/first>; rel="first", <{following}>; rel="next"'
        return status, headers, body


LTI_TOOL = "https://purl.imsglobal.org/spec/lti-tool-configuration"


def _json(value: object, status: int = 200) -> Answer:
    return status, {"Content-Type": "application/json"}, json.dumps(value).encode()


def _handler(platform: Platform) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            address = urlsplit(self.path)
            asked = Asked(
                self.command, address.path, parse_qs(address.query), dict(self.headers), body, time.time()
            )
            platform.asked.append(asked)
            if platform.away:
                return  # and not a word
            status, headers, content = platform.answer(asked)
            with suppress(OSError):
                self.send_response(status)
                for name, value in ({"Content-Length": str(len(content))} | headers).items():
                    self.send_header(name, value)
                self.end_headers()
                self._write(content)

        def _write(self, content: bytes) -> None:
            if not platform.slow:
                self.wfile.write(content)
                return
            for byte in content:
                self.wfile.write(bytes([byte]))
                time.sleep(platform.slow)

        do_GET = do_POST = answer  # noqa: N815 (http.server's names)

        def log_message(self, *_: object) -> None:
            pass

    return Handler
