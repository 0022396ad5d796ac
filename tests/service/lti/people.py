"""People who come from a platform to the service, each with a browser of their own."""

import re
from typing import Any

import httpx

from tests.lti.platform import AGS, MEMBERSHIP, NRPS, Platform
from tests.service.houses import House, Served


def client(service: Served | House) -> httpx.Client:
    """A browser that looks at the service."""
    told: dict[str, Any] = (
        {"base_url": service.url, "trust_env": False}
        if isinstance(service, Served)
        else {"base_url": "http://localhost", "transport": httpx.WSGITransport(app=service.app)}
    )
    return httpx.Client(timeout=120, follow_redirects=True, **told)


def acquaint(served: Served, platform: Platform) -> None:
    """Registers each with the other; the platform has one column, and a roster."""
    platform.tool_keys = lambda: httpx.get(served.url + "/lti/jwks", trust_env=False).json()
    platform.add_lineitem()
    made = served.http.post("/v1/lti/registrations", json=platform.registration())
    assert made.status_code == 201, made.text


class Person:
    """Somebody in the platform's course."""

    def __init__(self, http: httpx.Client, platform: Platform, sub: str, role: str = "Learner") -> None:
        self.http, self.platform, self.sub, self.role = http, platform, sub, role
        self.url, self.page = "", ""

    def comes(self, **changes: object) -> None:
        """By the link on the platform's page, to the page that it leads to."""
        target = str(self.http.base_url.join("/lti/launch"))
        begun = self.http.get("/lti/login", params=self.platform.login(target), follow_redirects=False)
        asked = httpx.URL(begun.headers["Location"]).params
        roster = {"context_memberships_url": f"{self.platform.issuer}/members/0"}
        told = {
            "sub": self.sub,
            "name": f"The {self.sub}",
            "roles": [MEMBERSHIP + self.role],
            "launch_presentation": {"locale": "en"},
            AGS: self.platform.ags(),
            NRPS: roster,
        }
        claims = self.platform.claims(asked["nonce"], target, **told | changes)
        form = {"state": asked["state"], "id_token": self.platform.sign(claims)}
        shown = self.http.post("/lti/launch", data=form)
        assert shown.status_code == 200, shown.text
        self.url, self.page = shown.url.path, shown.text

    @property
    def csrf(self) -> str:
        """What the page that they look at has for its scripts and forms."""
        found = re.search(r'name="csrf-token" content="(\w+)"', self.page)
        assert found, self.page
        return found[1]

    def asks(self, method: str, path: str, body: object = None) -> httpx.Response:
        """What a script on the page would."""
        return self.http.request(method, path, json=body, headers={"X-CSRF-Token": self.csrf})

    def sends(self, path: str, **form: str) -> httpx.Response:
        """A form of the page."""
        return self.http.post(path, data={"csrf_token": self.csrf, **form})
