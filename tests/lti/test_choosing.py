"""A teacher puts a link into the platform's page: Deep Linking."""

import re
from html import unescape
from typing import Any

import httpx
import jwt
import pytest

from core.errors import InvalidRequestError
from core.lti import deep_linking
from core.lti.deep_linking import Item
from tests.lti.browsing import Browser, Tool, fields, reason
from tests.lti.platform import CLIENT, DL, LTI, MEMBERSHIP, Platform

TEACHER = MEMBERSHIP + "Instructor"


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


def test_a_teacher_brings_a_link_with_a_column_and_the_platforms_data(
    browser: Browser, platform: Platform
) -> None:
    shown = asked(browser, platform)
    ticket = fields(shown.text)["ticket"]
    answer = browser.ask("POST", "/lti/deep-linking", data={"ticket": ticket, "title": "First network"})
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
    assert item["lineItem"] == {"scoreMaximum": 100, "label": "First network"}


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
    form = {"ticket": fields(asked(browser, platform).text)["ticket"], "title": "x"}
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
