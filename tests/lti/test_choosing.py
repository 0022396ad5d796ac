"""A teacher puts a link into the platform's page: Deep Linking."""

import re
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.courses import assignments, members
from core.errors import InvalidRequestError
from core.lti import deep_linking
from core.lti.deep_linking import Item
from core.tables import Course, LtiContext
from tests.core.courses import classes
from tests.lti.browsing import Browser, Tool, fields, reason, session_of, signed_in
from tests.lti.platform import CLIENT, DL, LTI, MEMBERSHIP, Platform

TEACHER = MEMBERSHIP + "Instructor"
COURSE = {"id": "choosing", "title": "Choosing"}


def asked(browser: Browser, platform: Platform, **changes: Any) -> httpx.Response:  # noqa: ANN401 - claims
    """A teacher is launched to choose something."""
    settings = {
        "deep_link_return_url": f"{platform.issuer}/choose?course=1",
        "accept_types": ["ltiResourceLink"],
        "accept_presentation_document_targets": ["window"],
        "data": "opaque <&> état",
    } | changes.pop("settings", {})
    told = {
        "message_type": "LtiDeepLinkingRequest",
        "sub": "teacher",
        "resource_link": None,
        "roles": [TEACHER],
        DL + "deep_linking_settings": {name: one for name, one in settings.items() if one is not None},
    }
    return browser.launch(platform, **told | changes)


def answered(tool: Tool, answer: httpx.Response, platform: Platform) -> dict[str, Any]:
    """What the form brings to the platform, which knows our key."""
    assert answer.status_code == 200, answer.text
    action = re.search(r'<form action="([^"]+)" method="post" id="answer">', answer.text)
    assert action
    assert unescape(action[1]) == f"{platform.issuer}/choose?course=1"
    assert set(fields(answer.text)) == {"JWT"}
    assert f"form-action 'self' {platform.issuer}" in answer.headers["Content-Security-Policy"]
    keyset = jwt.PyJWKSet.from_dict(httpx.get(tool.url + "/lti/jwks", trust_env=False).json())
    token = fields(answer.text)["JWT"]
    known = keyset[jwt.get_unverified_header(token)["kid"]]
    claims: dict[str, Any] = jwt.decode(token, known.key, ["RS256"], audience=platform.issuer)
    return claims


@pytest.fixture
def made(browser: Browser, platform: Platform, tmp_path: Path) -> dict[str, str]:
    """The ids of the assignments of a course that a teacher has come into, by their titles."""
    browser.launch(platform, sub="teacher", roles=[TEACHER], context=COURSE)
    with browser.tool.parts.database.writing() as session:
        query = sa.select(Course).join(LtiContext, LtiContext.course_id == Course.id)
        course = session.scalars(query.where(LtiContext.context_id == COURSE["id"])).one()
        found = {row.title: row.id for row in assignments.of_course(session, course)}
        return found or _make(session, browser.tool, course, tmp_path)


def _make(session: Session, tool: Tool, course: Course, folder: Path) -> dict[str, str]:
    teacher = members.page(session, course, after=None, limit=1)[0].user
    store = tool.parts.artifacts
    classes.stored(session, teacher, store, folder)
    return {
        title: classes.assigned(session, teacher, course, store, folder, title=title).id
        for title in ("First network", "Second network")
    }


def chosen(browser: Browser, shown: httpx.Response, *ids: str, **form: str) -> httpx.Response:
    """The form is sent with these assignments marked."""
    told = {"ticket": fields(shown.text)["ticket"], "assignment": list(ids), **form}
    return browser.ask("POST", "/lti/deep-linking", data=told)


def test_a_teacher_brings_a_link_with_a_column_and_the_platforms_data(
    browser: Browser, platform: Platform, made: dict[str, str]
) -> None:
    shown = asked(browser, platform, context=COURSE)
    assert re.findall(r'type="(\w+)" name="assignment" value="(\w+)"', shown.text) == [
        ("radio", one) for one in made.values()
    ]
    answer = chosen(browser, shown, made["First network"])
    claims = answered(browser.tool, answer, platform)
    assert claims["iss"] == CLIENT
    assert claims["exp"] > claims["iat"]
    assert claims["nonce"]
    assert claims[LTI + "message_type"] == "LtiDeepLinkingResponse"
    assert (claims[LTI + "version"], claims[LTI + "deployment_id"]) == ("1.3.0", "1")
    assert claims[DL + "data"] == "opaque <&> état"
    (item,) = claims[DL + "content_items"]
    assert item["type"] == "ltiResourceLink"
    assert (item["title"], item["url"]) == ("First network", browser.tool.launch_url)
    assert item["custom"] == {"assignment": made["First network"]}
    assert item["lineItem"] == {
        "scoreMaximum": 100,
        "label": "First network",
        "resourceId": made["First network"],
    }


def test_several_are_chosen_where_several_are_taken_and_one_elsewhere(
    browser: Browser, platform: Platform, made: dict[str, str]
) -> None:
    shown = asked(browser, platform, context=COURSE, settings={"accept_multiple": True})
    assert shown.text.count('type="checkbox" name="assignment"') == 2
    claims = answered(browser.tool, chosen(browser, shown, *made.values()), platform)
    assert [one["title"] for one in claims[DL + "content_items"]] == list(made)
    one = asked(browser, platform, context=COURSE)
    assert chosen(browser, one, *made.values()).status_code == 422
    # Nothing was brought: the ticket is still good.
    assert chosen(browser, one, made["Second network"]).status_code == 200


def test_what_another_course_has_is_not_offered_and_is_not_to_be_chosen(
    browser: Browser, platform: Platform, made: dict[str, str]
) -> None:
    shown = asked(browser, platform, sub="elsewhere", context={"id": "another", "title": "Another"})
    assert not any(one in shown.text for one in made.values())
    claims = answered(browser.tool, chosen(browser, shown, *made.values()), platform)
    assert claims[DL + "content_items"] == []


def test_a_choice_can_be_looked_at_again_and_be_left_without(
    browser: Browser, platform: Platform, made: dict[str, str]
) -> None:
    shown = asked(browser, platform, context=COURSE)
    again = chosen(browser, shown, refresh="1")
    assert fields(again.text) == fields(shown.text)
    assert all(one in again.text for one in made.values())
    claims = answered(browser.tool, chosen(browser, again, *made.values(), cancel="1"), platform)
    assert claims[DL + "content_items"] == []


def test_who_chooses_is_led_to_their_course_in_a_window_where_nobody_is_signed_in(
    browser: Browser, platform: Platform, tool: Tool, made: dict[str, str]
) -> None:
    shown = asked(browser, platform, sub="another teacher", context=COURSE)
    form = {"ticket": fields(shown.text)["ticket"], "visit": "1"}
    window = Browser(tool, cookies=False)
    led = window.ask("POST", "/lti/deep-linking", data=form, headers={"Sec-Fetch-Site": "same-origin"})
    assert signed_in(led) == "Ada Lovelace, teacher of Choosing"
    assert made
    elsewhere = window.ask("POST", "/lti/deep-linking", data=form, headers={"Sec-Fetch-Site": "cross-site"})
    assert elsewhere.headers["Location"] == led.headers["Location"]
    assert session_of(elsewhere) is None, "a page of another site signs nobody in"
    assert reason(window.ask("POST", "/lti/deep-linking", data={"ticket": "x", "visit": "1"}))


def test_data_is_echoed_only_if_it_was_given_and_a_target_need_not_be(
    browser: Browser, platform: Platform
) -> None:
    shown = asked(browser, platform, settings={"data": None}, target_link_uri=None)
    ticket = fields(shown.text)["ticket"]
    answer = browser.ask("POST", "/lti/deep-linking", data={"ticket": ticket, "cancel": "1"})
    claims = answered(browser.tool, answer, platform)
    assert DL + "data" not in claims
    assert claims[DL + "content_items"] == []


@pytest.mark.parametrize("roles", [[], [MEMBERSHIP + "Learner"]])
def test_a_student_chooses_nothing(browser: Browser, platform: Platform, roles: list[str]) -> None:
    answer = asked(browser, platform, roles=roles)
    assert (answer.status_code, reason(answer)) == (403, "teachers_only")


def test_a_place_that_takes_no_links_is_told_so(browser: Browser, platform: Platform) -> None:
    answer = asked(browser, platform, settings={"accept_types": ["file"]})
    assert reason(answer) == "link_not_taken"


@pytest.mark.parametrize("url", [None, "javascript:alert(1)", "/relative", 7])
def test_a_way_back_that_is_none_is_refused(browser: Browser, platform: Platform, url: object) -> None:
    answer = asked(browser, platform, settings={"deep_link_return_url": url})
    assert reason(answer) == "return_missing"


def test_a_choice_is_brought_back_once(browser: Browser, platform: Platform) -> None:
    form = {"ticket": fields(asked(browser, platform).text)["ticket"]}
    assert browser.ask("POST", "/lti/deep-linking", data=form).status_code == 200
    again = browser.ask("POST", "/lti/deep-linking", data=form)
    assert (again.status_code, reason(again)) == (410, "ticket_unknown")
    for wrong in ({}, {"ticket": "x"}):
        assert reason(browser.ask("POST", "/lti/deep-linking", data=wrong)) == "ticket_unknown"


def test_several_links_are_brought_where_several_are_taken(browser: Browser, platform: Platform) -> None:
    items = [Item("One", "https://x/1", custom={"assignment": "asg_1"}), Item("Two", "https://x/2", "Text")]
    database = browser.tool.parts.database
    ticket = fields(asked(browser, platform).text)["ticket"]
    with database.writing() as session, pytest.raises(InvalidRequestError):
        deep_linking.answer(session, ticket, items)
    shown = asked(browser, platform, settings={"accept_multiple": True})
    with database.writing() as session:
        found = deep_linking.answer(session, fields(shown.text)["ticket"], items)
    one, two = found.claims[DL + "content_items"]
    assert (one["custom"], two["text"]) == ({"assignment": "asg_1"}, "Text")
    assert "lineItem" not in one
