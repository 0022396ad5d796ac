"""The real service, as a process of its own, with a platform beside it."""

from collections.abc import Callable, Iterator

import httpx
import pytest

from core.db import Database
from core.lti import grades
from core.tables import LtiLink, LtiPerson, LtiScore
from tests.lti.browsing import signed_in
from tests.lti.platform import AGS, Platform
from tests.service.houses import Served, wait_until


@pytest.fixture
def platform() -> Iterator[Platform]:
    platform = Platform().start()
    yield platform
    platform.close()


def test_a_launch_and_its_grade_go_all_the_way(serve: Callable[..., Served], platform: Platform) -> None:
    served = serve(lti_private_hosts="127.0.0.1", lti_plain_cookies=True, lti_send_seconds=0.1)
    platform.tool_keys = lambda: httpx.get(served.url + "/lti/jwks", trust_env=False).json()
    platform.add_lineitem()
    made = served.http.post("/v1/lti/registrations", json=platform.registration())
    assert made.status_code == 201, made.text
    assert served.http.post(f"/v1/lti/registrations/{made.json()['id']}/test").json()["ok"]

    launch_url = f"{served.url}/lti/launch"
    with httpx.Client(base_url=served.url, trust_env=False, timeout=30) as browser:
        begun = browser.get("/lti/login", params=platform.login(launch_url))
        asked = httpx.URL(begun.headers["Location"]).params
        claims = platform.claims(asked["nonce"], launch_url, **{AGS: platform.ags()})
        form = {"state": asked["state"], "id_token": platform.sign(claims)}
        assert signed_in(browser.post("/lti/launch", data=form)) == "Ada Lovelace, student of Networks"

    database = Database(served.settings.database)
    platform.away = True
    with database.writing() as session:
        link = session.query(LtiLink).one()
        person = session.query(LtiPerson).one()
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
    assert platform.grades["1", "student-1"]["scoreGiven"] == 91
    refused = [line for line in served.lines() if line["event"] == "lti.score_failed"]
    assert refused
    log = served.log.read_text()
    assert form["id_token"] not in log
    assert form["state"] not in log
