"""The tool behind a real port, and browsers that are sent between it and a platform."""

import re
import threading
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from werkzeug.serving import make_server

from core.config import Settings
from core.lti import registrations
from core.tables import LtiRegistration
from service.app import create_app
from service.parts import Parts
from tests.lti.platform import Platform


class Tool:
    """The service, in a thread of this process."""

    def __init__(self, home: Path, database_url: str, **changes: Any) -> None:  # noqa: ANN401 - settings
        settings: dict[str, Any] = {
            "home": home,
            "database_url": database_url,
            "lti_private_hosts": "127.0.0.1",
            "lti_plain_cookies": True,
        }
        self.settings = Settings(**settings | changes)
        self.app = create_app(self.settings)
        self.parts: Parts = self.app.extensions["parts"]
        self.server = make_server("127.0.0.1", 0, self.app, threaded=True)
        self.url = f"http://127.0.0.1:{self.server.port}"
        self.launch_url = f"{self.url}/lti/launch"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.parts.stop()

    def register(self, platform: Platform, **changes: Any) -> LtiRegistration:  # noqa: ANN401 - members
        wanted = registrations.parse(platform.registration(**changes), self.parts.platforms.web)
        with self.parts.database.writing() as session:
            return registrations.add(session, wanted)


class Browser:
    """One with cookies of its own; `cookies=False` keeps none."""

    def __init__(self, tool: Tool, *, cookies: bool = True) -> None:
        self.tool, self.cookies = tool, cookies
        self.http = httpx.Client(base_url=tool.url, trust_env=False, timeout=20)

    def ask(self, method: str, path: str, **request: Any) -> httpx.Response:  # noqa: ANN401 - httpx's
        answer = self.http.request(method, path, **request)
        if not self.cookies:
            self.http.cookies.clear()
        return answer

    def begin(self, platform: Platform, **changes: str) -> dict[str, str]:
        """Follows a link on the platform; what the tool then asks the platform."""
        answer = self.ask("GET", "/lti/login", params=platform.login(self.tool.launch_url, **changes))
        assert answer.status_code == 302, answer.text
        location = urlsplit(answer.headers["Location"])
        assert f"{location.scheme}://{location.netloc}{location.path}" == f"{platform.issuer}/auth"
        return {name: values[0] for name, values in parse_qs(location.query).items()}

    def launch(self, platform: Platform, **changes: Any) -> httpx.Response:  # noqa: ANN401 - claims
        """The whole way, with a good launch but for these changes."""
        asked = self.begin(platform)
        claims = platform.claims(asked["nonce"], self.tool.launch_url, **changes)
        return self.bring(asked["state"], platform.sign(claims))

    def bring(self, state: str, token: str, **more: str) -> httpx.Response:
        return self.ask("POST", "/lti/launch", data={"state": state, "id_token": token, **more})


def reason(answer: httpx.Response) -> str:
    """Why a launch was refused; the page must be one for people."""
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert 400 <= answer.status_code < 500 or answer.status_code in {502, 503}
    assert "frame-ancestors" in answer.headers["Content-Security-Policy"]
    assert "<h1>" in answer.text
    assert "<script" not in answer.text
    found = re.search(r'<p class="small">[^<]+<code>([a-z_]+)</code>', answer.text)
    assert found, answer.text
    return found[1]


def signed_in(answer: httpx.Response) -> str:
    """Whom a launch let in; and as what into which course, if it led into one."""
    assert answer.status_code == 303, answer.text
    cookie = session_of(answer)
    assert cookie, "the launch began no session"
    with httpx.Client(base_url=answer.url.join("/"), headers={"Cookie": cookie}, trust_env=False) as http:
        who = http.get("/v1/me").raise_for_status().json()
        courses = http.get("/v1/courses").raise_for_status().json()["data"]
    told = [f"{one['role']} of {one['name']}" for one in courses]
    return ", ".join([who["full_name"] or who["name"], *told])


def session_of(answer: httpx.Response) -> str | None:
    """The cookie of the session that an answer begins, as a browser sends it back."""
    set_cookies = answer.headers.get_list("Set-Cookie")
    pairs = (one.partition(";")[0] for one in set_cookies)
    return next((pair for pair in pairs if "fittingroom-session=" in pair), None)


def fields(page: str) -> dict[str, str]:
    """The hidden fields of a page's forms."""
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', page)
    return {unescape(name): unescape(value) for name, value in found}
