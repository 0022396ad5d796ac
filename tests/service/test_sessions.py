"""Who signs in with a browser, and what their session lets them do."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from core.tables import BrowserSession
from tests.service.houses import House


def csrf(page: TestResponse) -> str:
    found = re.search(r'name="csrf-token" content="([0-9a-f]+)"', page.text)
    assert found, page.text
    return found[1]


def signed_in(house: House, name: str = "ann") -> FlaskClient:
    browser = house.app.test_client()
    token = csrf(browser.get("/sign-in"))
    answer = browser.post("/sign-in", data={"token": house.tokens[name], "csrf_token": token})
    assert answer.status_code == 303, answer.text
    return browser


def test_who_has_not_signed_in_is_led_to_where_they_can_and_then_back(house: House) -> None:
    browser = house.app.test_client()
    led = browser.get("/jobs?status=running")
    assert (led.status_code, led.location) == (303, "/sign-in?next=/jobs?status%3Drunning")
    token = csrf(browser.get(led.location))
    form = {"token": house.tokens["ann"], "csrf_token": token, "next": "/jobs?status=running"}
    assert browser.post("/sign-in", data=form).location == "/jobs?status=running"
    assert browser.get("/jobs").status_code == 200


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example/", "/\\evil.example/", "jobs"])
def test_nobody_is_led_to_another_site(house: House, wanted: str) -> None:
    browser = house.app.test_client()
    form = {"token": house.tokens["ann"], "csrf_token": csrf(browser.get("/sign-in")), "next": wanted}
    assert browser.post("/sign-in", data=form).location == "/"


def test_a_token_that_is_not_known_signs_nobody_in(house: House) -> None:
    browser = house.app.test_client()
    form = {"token": "fr_wrong", "csrf_token": csrf(browser.get("/sign-in"))}
    answer = browser.post("/sign-in", data=form)
    assert answer.status_code == 401
    assert "This token is not known" in answer.text
    assert browser.get("/jobs").status_code == 303


def test_the_cookie_is_for_the_browser_alone(house: House) -> None:
    browser = house.app.test_client()
    form = {"token": house.tokens["ann"], "csrf_token": csrf(browser.get("/sign-in"))}
    cookie = browser.post("/sign-in", data=form).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie
    secure = house.app.test_client()
    form["csrf_token"] = csrf(secure.get("/sign-in", base_url="https://localhost"))
    cookie = secure.post("/sign-in", data=form, base_url="https://localhost").headers["Set-Cookie"]
    assert cookie.startswith("__Host-fittingroom-session=")
    assert "Secure" in cookie


def test_a_session_asks_the_api_as_a_token_does(house: House) -> None:
    browser = signed_in(house)
    assert browser.get("/v1/me").get_json()["name"] == "ann"


def test_a_change_needs_the_token_of_a_page(house: House) -> None:
    browser = signed_in(house)
    refused = browser.post("/v1/tokens", json={})
    assert refused.status_code == 403
    assert refused.get_json()["type"] == "/problems/forbidden"
    wrong = browser.post("/v1/tokens", json={}, headers={"X-CSRF-Token": "0" * 64})
    assert wrong.status_code == 403
    token = csrf(browser.get("/"))
    assert browser.post("/v1/tokens", json={}, headers={"X-CSRF-Token": token}).status_code == 201


def test_the_token_of_another_session_is_no_token_of_this_one(house: House) -> None:
    browser, other = signed_in(house), signed_in(house)
    token = csrf(other.get("/"))
    assert browser.post("/v1/tokens", json={}, headers={"X-CSRF-Token": token}).status_code == 403


def test_signing_in_needs_the_token_of_the_form(house: House) -> None:
    answer = house.app.test_client().post("/sign-in", data={"token": house.tokens["ann"]})
    assert answer.status_code == 403
    assert "This page is out of date" in answer.text


def test_signing_out_ends_the_session_and_not_only_the_cookie(house: House) -> None:
    browser = signed_in(house)
    cookie = browser.get_cookie("fittingroom-session")
    assert cookie is not None
    assert browser.post("/sign-out", data={"csrf_token": csrf(browser.get("/"))}).location == "/sign-in"
    browser.set_cookie("fittingroom-session", cookie.value)
    assert browser.get("/v1/me").status_code == 401


def test_a_session_ends_with_the_token_that_it_was_begun_with(house: House) -> None:
    browser = signed_in(house)
    [token] = house.ask("GET", "/v1/tokens").get_json()["data"]
    house.ask("DELETE", f"/v1/tokens/{token['id']}")
    assert browser.get("/v1/me").status_code == 401


def test_a_session_runs_out(house: House) -> None:
    browser = signed_in(house)
    with house.parts.database.writing() as session:
        [row] = session.scalars(sa.select(BrowserSession)).all()
        row.expires_at -= timedelta(days=15)
    assert browser.get("/v1/me").status_code == 401


def test_the_language_is_the_browsers_until_another_is_chosen(house: House) -> None:
    browser = house.app.test_client()
    page = browser.get("/sign-in", headers={"Accept-Language": "fr-CA, en;q=0.5"})
    assert '<html lang="fr">' in page.text
    form = {"language": "en", "csrf_token": csrf(page), "next": "/sign-in"}
    assert browser.post("/language", data=form).location == "/sign-in"
    page = browser.get("/sign-in", headers={"Accept-Language": "fr-CA, en;q=0.5"})
    assert '<html lang="en">' in page.text


def test_a_page_that_is_not_there_is_told_to_a_person_as_a_page(house: House) -> None:
    browser = signed_in(house)
    answer = browser.get("/nowhere", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.mimetype) == (404, "text/html")
    answer = browser.get("/v1/nowhere", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")


def test_a_page_lets_nothing_run_that_is_not_of_this_host(house: House) -> None:
    policy = house.app.test_client().get("/sign-in").headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


def test_what_a_page_is_made_of_is_kept_for_good_under_its_hash(house: House) -> None:
    browser = house.app.test_client()
    found = re.search(r'href="(/static/[0-9a-f]{16}/style.css)"', browser.get("/sign-in").text)
    assert found
    with browser.get(found[1]) as style:
        assert (style.status_code, style.mimetype) == (200, "text/css")
        assert "immutable" in style.headers["Cache-Control"]
    with browser.get("/static/old/style.css") as style:
        assert "immutable" not in style.headers["Cache-Control"]
    assert browser.get("/static/old/words/fr.json").get_json() is not None
    assert browser.get("/static/old/../app.py").status_code == 404
