"""A platform registers itself, by an administrator's invitation."""

import json
from typing import Any

import httpx
import pytest

from core.lti import invitations, registrations
from core.tables import LtiInvitation
from tests.lti.browsing import Browser, Tool, fields, reason
from tests.lti.platform import LTI_TOOL, SCOPES, Platform


def invited(tool: Tool) -> str:
    with tool.parts.database.writing() as session:
        return invitations.invite(session, "The faculty's")


def parameters(tool: Tool, platform: Platform, **changes: str) -> dict[str, str]:
    return {
        "invitation": invited(tool),
        "openid_configuration": f"{platform.issuer}/.well-known/openid-configuration",
        "registration_token": "one-shot",
    } | changes


def configured(platform: Platform, **changes: Any) -> None:  # noqa: ANN401 - members
    told = {name: one for name, one in (platform.configuration() | changes).items() if one is not None}
    path = "/.well-known/openid-configuration"
    platform.answers[path] = [(200, {}, json.dumps(told).encode())]


def forget(tool: Tool, platform: Platform) -> None:
    with tool.parts.database.writing() as session:
        for row in registrations.page(session):
            if row.issuer == platform.issuer and row.client_id == "made":
                session.delete(row)


def test_a_platform_registers_itself_when_somebody_says_yes(
    browser: Browser, tool: Tool, platform: Platform
) -> None:
    given = parameters(tool, platform)
    shown = browser.ask("GET", "/lti/register", params=given)
    assert shown.status_code == 200
    assert platform.issuer in shown.text
    assert platform.asked == []  # to look changes nothing
    assert f"frame-ancestors 'self' {platform.issuer}" in shown.headers["Content-Security-Policy"]
    done = browser.ask("POST", "/lti/register", data=fields(shown.text))
    assert done.status_code == 200, done.text
    assert "/lti/static/close.js" in done.text
    request = next(one for one in platform.asked if one.path == "/register")
    assert request.headers["Authorization"] == "Bearer one-shot"
    told = request.json()
    assert told["initiate_login_uri"] == f"{tool.url}/lti/login"
    assert told["redirect_uris"] == [tool.launch_url]
    assert told["jwks_uri"] == f"{tool.url}/lti/jwks"
    assert told["token_endpoint_auth_method"] == "private_key_jwt"
    assert set(SCOPES) <= set(told["scope"].split())
    # What the platform does not offer is not asked for.
    assert not [one for one in told["scope"].split() if one.endswith("lineitem.readonly")]
    assert told[LTI_TOOL]["custom_parameters"] == {"groups": "$Moodle.Person.userGroupIds"}
    assert [one["type"] for one in told[LTI_TOOL]["messages"]] == [
        "LtiResourceLinkRequest",
        "LtiDeepLinkingRequest",
    ]
    with tool.parts.database.reading() as session:
        made = registrations.page(session)[0]
    assert (made.name, made.issuer, made.client_id) == ("The faculty's", platform.issuer, "made")
    assert [one.deployment_id for one in made.deployments] == ["7"]
    again = browser.ask("POST", "/lti/register", data=given)
    assert (again.status_code, reason(again)) == (410, "invitation_unknown")
    forget(tool, platform)


def test_nobody_registers_who_was_not_invited(browser: Browser, tool: Tool, platform: Platform) -> None:
    given = parameters(tool, platform)
    for wrong in ({}, {"invitation": "x"}):
        told = {name: value for name, value in given.items() if name != "invitation"} | wrong
        assert reason(browser.ask("GET", "/lti/register", params=told)) == "invitation_unknown"
        assert reason(browser.ask("POST", "/lti/register", data=told)) == "invitation_unknown"
    alone = {"invitation": given["invitation"]}
    assert reason(browser.ask("GET", "/lti/register", params=alone)) == "not_a_platform"
    assert platform.asked == []


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"issuer": "https://somebody.else.example"}, "issuer_elsewhere"),
        ({"issuer": None}, "not_a_platform"),
        ({"token_endpoint": None}, "not_a_platform"),
        ({"registration_endpoint": 7}, "not_a_platform"),
        ({"jwks_uri": "http://10.0.0.1/jwks"}, "platform_failed"),
        ({"registration_endpoint": "http://169.254.169.254/latest"}, "platform_failed"),
        ({"registration_endpoint": "https://localhost:1/"}, "platform_failed"),
    ],
)
def test_a_platform_that_is_not_what_it_says_is_refused_and_may_try_again(
    browser: Browser, tool: Tool, platform: Platform, changes: dict[str, Any], why: str
) -> None:
    configured(platform, **changes)
    given = parameters(tool, platform)
    assert reason(browser.ask("POST", "/lti/register", data=given)) == why
    assert "/register" not in platform.paths("POST")
    del platform.answers["/.well-known/openid-configuration"]
    assert browser.ask("POST", "/lti/register", data=given).status_code == 200
    forget(tool, platform)


@pytest.mark.parametrize(
    "answer",
    [(403, {}, b"{}"), (200, {}, b"<html>"), (201, {}, b"{}"), (302, {"Location": "http://10.0.0.1/"}, b"")],
)
def test_a_platform_that_does_not_register_us_is_a_page_and_no_registration(
    browser: Browser, tool: Tool, platform: Platform, answer: tuple[int, dict[str, str], bytes]
) -> None:
    platform.answers["/register"] = [answer]
    refused = browser.ask("POST", "/lti/register", data=parameters(tool, platform))
    assert reason(refused) in {"platform_failed", "not_a_platform"}
    with tool.parts.database.reading() as session:
        assert "made" not in [one.client_id for one in registrations.page(session)]


@pytest.mark.parametrize(
    "url",
    [
        "http://10.0.0.1/config",
        "https://10.0.0.1/config",
        "https://localhost:9/config",
        "https://[::1]/config",
        "https://0x7f.1/config",
        "file:///etc/passwd",
        "https://",
    ],
)
def test_no_address_of_ours_is_looked_into_for_an_invitation(
    browser: Browser, tool: Tool, platform: Platform, url: str
) -> None:
    given = parameters(tool, platform, openid_configuration=url)
    assert reason(browser.ask("POST", "/lti/register", data=given)) in {"platform_failed", "not_a_platform"}


def test_a_platform_that_is_registered_already_is_told_so(
    browser: Browser, tool: Tool, platform: Platform
) -> None:
    for status in (200, 409):
        answer: httpx.Response = browser.ask("POST", "/lti/register", data=parameters(tool, platform))
        assert answer.status_code == status
    assert reason(answer) == "conflict"
    with tool.parts.database.reading() as session:
        assert session.query(LtiInvitation).filter(LtiInvitation.used_at.is_not(None)).count() >= 1
    forget(tool, platform)
