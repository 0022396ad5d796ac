"""The real service, as a process of its own, with a platform beside it."""

from collections.abc import Callable
from typing import Any

import httpx

from core.db import Database
from core.lti import grades
from core.tables import LtiLink, LtiPerson, LtiScore
from tests.lti.browsing import signed_in
from tests.lti.platform import AGS, MEMBERSHIP, Platform
from tests.service.houses import Served, wait_until


def begun(browser: httpx.Client, platform: Platform, changes: dict[str, Any]) -> dict[str, str]:
    """What the platform has the browser bring."""
    target = f"{browser.base_url}".rstrip("/") + "/lti/launch"
    login = browser.get("/lti/login", params=platform.login(target))
    asked = httpx.URL(login.headers["Location"]).params
    claims = platform.claims(asked["nonce"], target, **changes)
    return {"state": asked["state"], "id_token": platform.sign(claims)}


def test_a_launch_and_its_grade_go_all_the_way(serve: Callable[..., Served], platform: Platform) -> None:
    served = serve(lti_private_hosts="127.0.0.1", lti_plain_cookies=True, lti_send_seconds=0.1)
    platform.tool_keys = lambda: httpx.get(served.url + "/lti/jwks", trust_env=False).json()
    platform.add_lineitem()
    made = served.http.post("/v1/lti/registrations", json=platform.registration())
    assert made.status_code == 201, made.text
    assert served.http.post(f"/v1/lti/registrations/{made.json()['id']}/test").json()["ok"]

    tokens = []
    with httpx.Client(base_url=served.url, trust_env=False, timeout=30) as browser:
        for role, who in (("Instructor", "teacher"), ("Learner", "student")):
            claims = {"sub": who, "roles": [MEMBERSHIP + role], AGS: platform.ags()}
            tokens.append(begun(browser, platform, claims))
            assert (
                signed_in(browser.post("/lti/launch", data=tokens[-1])) == f"Ada Lovelace, {who} of Networks"
            )

    database = Database(served.settings.database)
    platform.away = True
    with database.writing() as session:
        link = session.query(LtiLink).one()
        person = session.query(LtiPerson).filter_by(sub="student").one()
        assert grades.put(session, link, person.user_id, score=91)

    def row() -> LtiScore:
        with database.reading() as session:
            return session.query(LtiScore).one()

    wait_until(lambda: row().failures)
    platform.away = False
    # Its pause is of some seconds, and is not what is tested here.
    with database.writing() as session:
        grades.resend(session, session.query(LtiScore).one())
    wait_until(lambda: row().status == "delivered", 20)
    database.close()
    assert platform.grades["1", "student"]["scoreGiven"] == 91
    refused = [line for line in served.lines() if line["event"] == "lti.score_failed"]
    assert refused
    log = served.log.read_text()
    assert not [secret for form in tokens for secret in form.values() if secret in log]
