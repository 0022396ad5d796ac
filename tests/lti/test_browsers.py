"""Logins, states, and the browsers that they belong to."""

import re
import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from html import unescape
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from core import db
from core.lti import states
from core.tables import LtiState
from tests.lti.browsing import Browser, Tool, fields, reason, session_of, signed_in
from tests.lti.platform import Platform, key

OWN = {"Sec-Fetch-Site": "same-origin"}


def prepared(browser: Browser, platform: Platform, **changes: str) -> tuple[str, str]:
    """A login's state, and a good token that ends it."""
    asked = browser.begin(platform, **changes)
    return asked["state"], platform.sign(platform.claims(asked["nonce"], browser.tool.launch_url))


def test_a_login_asks_the_platform_as_openid_connect_wants_it(browser: Browser, platform: Platform) -> None:
    asked = browser.begin(platform)
    state, nonce = asked.pop("state"), asked.pop("nonce")
    assert min(len(state), len(nonce)) >= 40
    assert state != nonce
    hint = platform.login("")["lti_message_hint"]
    assert asked == {
        "from": "tool",
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": "fitting-room",
        "redirect_uri": browser.tool.launch_url,
        "login_hint": "hint",
        "lti_message_hint": hint,
    }


def test_a_login_may_be_a_form_and_need_not_name_the_only_client(
    browser: Browser, platform: Platform
) -> None:
    form = {name: value for name, value in platform.login("x").items() if name != "client_id"}
    assert browser.ask("POST", "/lti/login", data=form).status_code == 302


@pytest.mark.parametrize("missing", ["iss", "login_hint", "target_link_uri"])
def test_a_login_that_lacks_something_is_refused(browser: Browser, platform: Platform, missing: str) -> None:
    form = {name: value for name, value in platform.login("x").items() if name != missing}
    answer = browser.ask("POST", "/lti/login", data=form)
    assert reason(answer) == "login_malformed"
    assert missing in answer.text


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"iss": "https://nobody.example"}, "registration_unknown"),
        ({"client_id": "another"}, "registration_unknown"),
        ({"login_hint": "x" * 5000}, "login_malformed"),
        ({"target_link_uri": "a\0b"}, "login_malformed"),
    ],
)
def test_a_login_of_nobody_that_is_known_is_refused(
    browser: Browser, platform: Platform, changes: dict[str, str], why: str
) -> None:
    assert reason(browser.ask("POST", "/lti/login", data=platform.login("x", **changes))) == why


def test_an_issuer_of_several_clients_must_say_which(
    browser: Browser, platform: Platform, tool: Tool
) -> None:
    other = "https://several.example"
    for client in ("a", "b"):
        tool.register(platform, issuer=other, client_id=client)
    form = {name: value for name, value in platform.login("x", iss=other).items() if name != "client_id"}
    assert reason(browser.ask("POST", "/lti/login", data=form)) == "client_missing"
    assert browser.ask("POST", "/lti/login", data=form | {"client_id": "b"}).status_code == 302


def test_what_the_platform_refuses_is_told_in_its_own_words(browser: Browser) -> None:
    told = {"error": "login_required", "error_description": "Guests <b>cannot</b> do this", "state": "x"}
    answer = browser.ask("POST", "/lti/launch", data=told)
    assert (answer.status_code, reason(answer)) == (400, "platform_error")
    assert "login_required: Guests &lt;b&gt;cannot&lt;/b&gt; do this" in answer.text


@pytest.mark.parametrize(("state", "why"), [("", "state_missing"), ("x" * 43, "state_unknown")])
def test_a_forged_state_is_refused(browser: Browser, platform: Platform, state: str, why: str) -> None:
    _, token = prepared(browser, platform)
    assert reason(browser.bring(state, token)) == why


def test_a_state_that_has_run_out_is_refused(browser: Browser, platform: Platform) -> None:
    state, token = prepared(browser, platform)
    with browser.tool.parts.database.writing() as session:
        row = session.get_one(LtiState, states.hashed(state))
        row.expires_at = db.now(session) - timedelta(seconds=1)
    assert reason(browser.bring(state, token)) == "state_expired"


def test_of_many_who_bring_the_same_at_once_one_is_let_in(browser: Browser, platform: Platform) -> None:
    state, token = prepared(browser, platform)
    ready = threading.Barrier(8)

    def bring(_: int) -> int:
        with httpx.Client(base_url=browser.tool.url, cookies=browser.http.cookies, trust_env=False) as http:
            ready.wait()
            return http.post("/lti/launch", data={"state": state, "id_token": token}).status_code

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(bring, range(8))) == [303] + [409] * 7


def test_a_refused_token_uses_the_state_up(browser: Browser, platform: Platform) -> None:
    state, token = prepared(browser, platform)
    forged = platform.sign({"sub": "x"}, by=key(9))
    assert reason(browser.bring(state, forged)) == "bad_signature"
    assert reason(browser.bring(state, token)) == "state_used"


def test_another_browser_is_not_let_in_and_does_not_use_the_state_up(
    browser: Browser, platform: Platform, tool: Tool
) -> None:
    state, token = prepared(browser, platform)
    other = Browser(tool)
    assert reason(other.bring(state, token)) == "cookie_missing"
    other.begin(platform)
    answer = other.bring(state, token)
    assert (answer.status_code, reason(answer)) == (403, "other_browser")
    signed_in(browser.bring(state, token))


def test_tabs_of_one_browser_do_not_disturb_one_another(browser: Browser, platform: Platform) -> None:
    tabs = [prepared(browser, platform) for _ in range(3)]
    for state, token in reversed(tabs):
        signed_in(browser.bring(state, token))


def test_a_browser_without_cookies_is_shown_a_window_in_which_it_begins_again(
    browser: Browser, platform: Platform, tool: Tool
) -> None:
    framed = Browser(tool, cookies=False)
    answer = framed.bring(*prepared(framed, platform))
    assert reason(answer) == "cookie_missing"
    assert '<form action="/lti/login" method="get" target="_blank">' in answer.text
    assert fields(answer.text) == platform.login(tool.launch_url)
    again = browser.ask("GET", "/lti/login", params=fields(answer.text))
    assert again.status_code == 302


STORED = re.compile(r'data-(\w+)="([^"]*)"')


def test_a_platforms_storage_stands_in_for_the_cookie(platform: Platform, tool: Tool) -> None:
    framed = Browser(tool, cookies=False)
    login = platform.login(tool.launch_url, lti_storage_target="_parent")
    kept = framed.ask("GET", "/lti/login", params=login)
    assert kept.status_code == 200
    told = {name: unescape(value) for name, value in STORED.findall(kept.text)}
    assert (told["subject"], told["frame"], told["origins"]) == ("lti.put_data", "_parent", platform.issuer)
    assert "<script>" not in kept.text
    onward = httpx.URL(unescape(re.search(r'<a href="([^"]+)">', kept.text)[1])).params  # type: ignore[index]
    token = platform.sign(platform.claims(onward["nonce"], tool.launch_url))

    asks = framed.bring(onward["state"], token)
    assert asks.status_code == 200
    recalled = {name: unescape(value) for name, value in STORED.findall(asks.text)}
    assert (recalled["subject"], recalled["key"]) == ("lti.get_data", told["key"])
    assert "value" not in recalled

    form = {"state": onward["state"], "id_token": token, "stored": told["value"]}
    # Said by somebody else's page, it could have been their login.
    elsewhere = framed.ask("POST", "/lti/launch", data=form, headers={"Sec-Fetch-Site": "cross-site"})
    assert reason(elsewhere) == "cookie_missing"
    wrong = framed.ask("POST", "/lti/launch", data=form | {"stored": "x"}, headers=OWN)
    assert reason(wrong) == "cookie_missing"
    assert "lti_storage_target" not in fields(wrong.text)
    # Who they are is sure now; but all that follows needs a cookie.
    known = framed.ask("POST", "/lti/launch", data=form, headers=OWN)
    assert known.status_code == 200
    assert "<h1>Une étape encore</h1>" in known.text
    assert session_of(known) is None
    assert fields(known.text) == platform.login(tool.launch_url)


def test_pages_and_scripts_are_served_and_nothing_runs_that_stands_in_a_page(browser: Browser) -> None:
    for name in ("storage.js", "submit.js", "close.js"):
        assert browser.ask("GET", f"/lti/static/{name}").status_code == 200
    policy = browser.ask("POST", "/lti/launch").headers["Content-Security-Policy"]
    assert "default-src 'none'; script-src 'self';" in policy
    assert "unsafe" not in policy


def test_only_registered_platforms_may_frame_a_page(browser: Browser, platform: Platform) -> None:
    answer = browser.launch(platform)
    assert "X-Frame-Options" not in answer.headers
    ancestors = answer.headers["Content-Security-Policy"].partition("frame-ancestors ")[2]
    assert ancestors.split() == ["'self'", platform.issuer]
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_launch_that_is_typed_into_the_address_bar_is_told_where_it_begins(browser: Browser) -> None:
    assert reason(browser.ask("GET", "/lti/launch")) == "opened_by_hand"


def test_a_form_that_is_too_long_is_refused_with_a_page(browser: Browser) -> None:
    answer = browser.ask("POST", "/lti/launch", data={"state": "x" * 2_000_000})
    assert answer.status_code == 413
    assert "<h1>" in answer.text


def test_a_school_on_another_host_may_frame_pages_once_the_platform_has_signed_where_it_is(
    browser: Browser, platform: Platform
) -> None:
    school = {"return_url": "https://school.example/courses/1"}
    signed_in(browser.launch(platform, launch_presentation=school))
    later = browser.launch(platform).headers["Content-Security-Policy"].partition("frame-ancestors ")[2]
    assert later.split() == ["'self'", platform.issuer, "https://school.example"]


@pytest.fixture
def strict_tool(platform: Platform, tmp_path: Path, sqlite_template: Path) -> Iterator[Tool]:
    """With cookies as they are on the internet, behind a proxy."""
    url = f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'fittingroom.db')}"
    tool = Tool(tmp_path, url, lti_plain_cookies=False, public_url="https://room.example")
    tool.register(platform)
    yield tool
    tool.close()


def test_the_cookie_works_in_frames_and_over_https_alone(platform: Platform, strict_tool: Tool) -> None:
    answer = httpx.get(strict_tool.url + "/lti/login", params=platform.login("x"), trust_env=False)
    name, *words = answer.headers["Set-Cookie"].split("; ")
    assert name.startswith("__Host-fittingroom-lti=")
    assert {"Secure", "HttpOnly", "Partitioned", "SameSite=None", "Path=/"} <= set(words)
    assert not [word for word in words if word.startswith("Domain")]


def test_behind_a_proxy_the_public_address_is_ours(platform: Platform, strict_tool: Tool) -> None:
    target = "https://room.example/lti/launch"
    answer = httpx.get(strict_tool.url + "/lti/login", params=platform.login(target), trust_env=False)
    asked = httpx.URL(answer.headers["Location"]).params
    assert asked["redirect_uri"] == target
    token = platform.sign(platform.claims(asked["nonce"], target))
    secret = answer.headers["Set-Cookie"].partition(";")[0]
    form = {"state": asked["state"], "id_token": token}
    launch = strict_tool.url + "/lti/launch"
    signed_in(httpx.post(launch, data=form, headers={"Cookie": secret}, trust_env=False))


def test_a_target_that_is_not_ours_is_refused_even_where_the_login_named_it(
    browser: Browser, platform: Platform
) -> None:
    for target in ("https://evil.example/", browser.tool.url + ".evil.example/"):
        asked = browser.begin(platform, target_link_uri=target)
        token = platform.sign(platform.claims(asked["nonce"], target))
        assert reason(browser.bring(asked["state"], token)) == "foreign_target"


def test_logins_of_long_ago_are_forgotten(browser: Browser, platform: Platform) -> None:
    state, _ = prepared(browser, platform)
    with browser.tool.parts.database.writing() as session:
        row = session.get_one(LtiState, states.hashed(state))
        row.expires_at = db.now(session) - timedelta(days=2)
        before = session.scalar(sa.select(sa.func.count()).select_from(LtiState))
        states.trim(session)
        assert session.scalar(sa.select(sa.func.count()).select_from(LtiState)) == (before or 0) - 1
    assert reason(browser.bring(state, "x")) == "state_unknown"


def test_a_database_that_is_away_is_a_page_of_its_own(platform: Platform, tmp_path: Path) -> None:
    tool = Tool(tmp_path, f"sqlite:///{tmp_path / 'nothing.db'}")
    answer = httpx.get(tool.url + "/lti/login", params=platform.login("x"), trust_env=False)
    tool.close()
    assert answer.status_code == 503
    assert "<h1>We cannot look anything up just now</h1>" in answer.text
