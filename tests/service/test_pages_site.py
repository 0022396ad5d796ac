"""What the server writes of tokens, of workers, and for who looks after the service."""

import re

import pytest

from core import workers
from service.pages import administration, tokens
from tests.service.houses import House
from tests.service.test_pages_models import send
from tests.service.test_sessions import csrf, signed_in

SHOWN = re.compile(r'value="(fr_[\w-]+)"')


def test_a_token_is_made_shown_once_and_kept_by_nobody(house: House) -> None:
    browser = signed_in(house)
    page = send(browser, "/tokens")
    assert (page.status_code, page.headers["Cache-Control"]) == (200, "no-store")
    [token] = SHOWN.findall(page.text)
    asked = house.ask("GET", "/v1/me", by=None, headers={"Authorization": f"Bearer {token}"})
    assert asked.get_json()["name"] == "ann"
    assert not SHOWN.findall(browser.get("/tokens").text)


def test_a_token_is_revoked_and_nobody_elses(house: House) -> None:
    browser = signed_in(house)
    send(browser, "/tokens")
    newest = house.ask("GET", "/v1/tokens").get_json()["data"][0]["id"]
    of_bob = house.ask("GET", "/v1/tokens", by="bob").get_json()["data"][0]["id"]
    page = browser.get("/tokens").text
    assert newest in page
    assert of_bob not in page
    assert send(browser, f"/tokens/{of_bob}/revoke").status_code == 404
    assert send(browser, f"/tokens/{newest}/revoke").location == "/tokens"
    assert newest not in browser.get("/tokens").text


def test_a_long_list_of_tokens_leads_on(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "LIMIT", 1)
    browser = signed_in(house, "root")
    page = browser.get("/tokens").text
    seen = []
    while older := re.search(r'href="(/tokens\?after=tok_\w+)"', page):
        seen += re.findall(r'<td class="named">(\w+)</td>', page)
        page = browser.get(older[1]).text
    seen += re.findall(r'<td class="named">(\w+)</td>', page)
    assert seen == ["root", "bob", "ann"]


def test_workers_are_shown_to_all_and_machines_to_administrators(house: House) -> None:
    assert "No worker is there" in signed_in(house).get("/workers").text
    with house.parts.database.writing() as session:
        workers.seen(session, name="w1", slots=2, accelerators={"cpu", "gpu"}, gpus=3, draining=False)
        workers.seen(session, name="w2", slots=1, accelerators={"cpu"}, draining=True)
    job_id = house.submitted()
    house.start()
    for name, machine, runs in (("root", "w1", job_id), ("ann", "worker 1", job_id), ("bob", "worker 1", "")):
        page = signed_in(house, name).get("/workers").text
        for told in (f">{machine}<", "1 of 2", "(3 GPUs)", "ending: takes no more", runs):
            assert told in page, (name, told)
        assert ("w1<" in page, job_id in page) == (name == "root", name != "bob")


def test_an_administrator_sees_users_limits_and_the_queue(house: House) -> None:
    house.submitted(name="mine")
    page = signed_in(house, "root").get("/administration").text
    waits = "Waits for a worker: there is none."
    for told in ("ann", "1 of 1,000", "max_upload_bytes", "2.15 GB", "mine", waits):
        assert told in page, told
    for path in ("/administration",):
        assert signed_in(house).get(path).status_code == 403
        assert send(signed_in(house), path, user="ann").status_code == 403


def test_long_lists_of_users_and_jobs_lead_on(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(administration, "LIMIT", 1)
    first, second = house.submitted(name="first"), house.submitted(name="second")
    browser = signed_in(house, "root")
    page = browser.get("/administration").text
    assert (first in page, second in page) == (True, False)
    behind = re.search(r'href="(/administration\?behind=job_\w+)"', page)
    after = re.search(r'href="(/administration\?after=usr_\w+)"', page)
    assert behind
    assert after
    assert second in browser.get(behind[1]).text
    assert re.search(r'class="named">bob</th>', browser.get(after[1]).text)


def test_an_administrator_makes_a_user_and_a_token(house: House) -> None:
    browser = signed_in(house, "root")
    page = send(browser, "/administration", user="<b>eve</b>", role="")
    [token] = SHOWN.findall(page.text)
    assert page.headers["Cache-Control"] == "no-store"
    assert "<b>eve" not in page.text
    asked = house.ask("GET", "/v1/me", by=None, headers={"Authorization": f"Bearer {token}"})
    assert (asked.get_json()["name"], asked.get_json()["role"]) == ("<b>eve</b>", "user")
    for wrong in (
        {"user": "", "role": ""},
        {"user": "ann", "role": "admin"},
        {"user": "new", "role": "owner"},
    ):
        refused = send(browser, "/administration", **wrong)
        assert refused.status_code == 422
        assert 'role="alert"' in refused.text


def test_nothing_is_changed_without_the_token_of_a_page(house: House) -> None:
    browser = signed_in(house, "root")
    for path in ("/tokens", "/tokens/tok_1/revoke", "/administration"):
        assert browser.post(path, data={"user": "x", "csrf_token": "0" * 64}).status_code == 403
    assert csrf(browser.get("/tokens"))
