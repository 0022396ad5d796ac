"""The table of the certification guide (January 2024), and what common libraries let through."""

import time
from typing import Any

import pytest

from tests.lti.browsing import Browser, reason, signed_in
from tests.lti.platform import CLIENT, LTI, MEMBERSHIP, Platform, key

TEACHER, STUDENT = MEMBERSHIP + "Instructor", MEMBERSHIP + "Learner"
UNKNOWN = "http://purl.imsglobal.org/vocab/lis/v2/uknownrole/unknown#Helper"
NOBODY = {"name": None, "email": None}
GOOD: dict[str, dict[str, Any]] = {
    "normal": {},
    "several roles": {"roles": [TEACHER, STUDENT]},
    "short role": {"roles": ["Instructor"]},
    "unknown role": {"roles": [UNKNOWN]},
    "empty roles": {"roles": []},
    "e-mail only": {"name": None},
    "names only": {"name": None, "email": None, "given_name": "Ada", "family_name": "Lovelace"},
    "no personal data": NOBODY,
    "e-mail without context": {"name": None, "context": None},
}
# As what one comes who is a teacher, or a student, in each of them.
ROLES = {
    "several roles": {"teacher": [TEACHER, UNKNOWN], "student": [STUDENT, UNKNOWN]},
    "short role": {"teacher": ["Instructor"], "student": ["Learner"]},
    "unknown role": {"teacher": [UNKNOWN, TEACHER], "student": [UNKNOWN]},
    "empty roles": {"teacher": [], "student": []},
}
DAYS = 24 * 3600


def certification_claims(case: str, role: str) -> dict[str, Any]:
    plain = {"teacher": [TEACHER], "student": [STUDENT]}
    changes = {name: value for name, value in GOOD[case].items() if name != "roles"}
    return changes | {"roles": ROLES.get(case, plain)[role], "sub": f"{role} of {case}"}


@pytest.mark.parametrize("role", ["teacher", "student"])
@pytest.mark.parametrize("case", GOOD)
def test_a_good_launch_lets_somebody_in(browser: Browser, platform: Platform, case: str, role: str) -> None:
    claims = certification_claims(case, role)
    told = {name: claims.pop(name) for name in ("given_name", "family_name") if name in claims}
    # Before a teacher has been there, a course leads nowhere.
    browser.launch(platform, sub="who teaches", roles=[TEACHER])
    asked = browser.begin(platform)
    claims = platform.claims(asked["nonce"], browser.tool.launch_url, **claims) | told
    name, *course = signed_in(browser.bring(asked["state"], platform.sign(claims))).split(", ")
    # Without a role nobody teaches; from no course one comes into none.
    expected = "student" if case == "empty roles" else role
    assert course == ([] if case == "e-mail without context" else [f"{expected} of Networks"])
    named = case not in {"e-mail only", "no personal data", "e-mail without context"}
    assert name == "Ada Lovelace" if named else name.startswith("lti_")


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "wrong version": ({"version": "11.3"}, "wrong_version"),
    "no version": ({"version": None}, "wrong_version"),
    "missing claims": (
        {"message_type": None, "deployment_id": None, "roles": None, "resource_link": None},
        "wrong_message_type",
    ),
    "wrong timestamps": ({"iat": 11111, "exp": 22222}, "expired"),
    "no message type": ({"message_type": None}, "wrong_message_type"),
    "no roles": ({"roles": None}, "roles_missing"),
    "no deployment": ({"deployment_id": None}, "unknown_deployment"),
    "no resource link id": ({"resource_link": {"title": "x"}}, "resource_link_missing"),
    "no sub": ({"sub": None}, "sub_missing"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_launch_is_refused_for_its_reason(browser: Browser, platform: Platform, case: str) -> None:
    changes, why = BAD[case]
    assert reason(browser.launch(platform, **changes)) == why


def test_a_token_without_the_name_of_its_key_is_refused(browser: Browser, platform: Platform) -> None:
    asked = browser.begin(platform)
    token = platform.sign(platform.claims(asked["nonce"], browser.tool.launch_url), kid=None)
    assert reason(browser.bring(asked["state"], token)) == "kid_missing"


def test_a_token_with_the_name_of_no_key_is_refused(browser: Browser, platform: Platform) -> None:
    asked = browser.begin(platform)
    token = platform.sign(platform.claims(asked["nonce"], browser.tool.launch_url), kid="imstester_66067")
    assert reason(browser.bring(asked["state"], token)) == "kid_unknown"


def test_what_is_no_message_of_lti_is_refused(browser: Browser, platform: Platform) -> None:
    asked = browser.begin(platform)
    assert reason(browser.bring(asked["state"], platform.sign({"name": "badltilaunch"}))) == "wrong_issuer"


def now(seconds: float = 0) -> int:
    return int(time.time() + seconds)


LET_THROUGH: dict[str, tuple[dict[str, Any], str]] = {
    "no exp": ({"exp": None}, "exp_missing"),
    "two audiences without azp": ({"aud": [CLIENT, "somebody-else"]}, "other_audience"),
    "a wrong azp": ({"azp": "somebody-else"}, "wrong_azp"),
    "no iat": ({"iat": None}, "iat_missing"),
    "an iat of two days ago": ({"iat": now(-2 * DAYS)}, "iat_old"),
    "no target_link_uri": ({"target_link_uri": None}, "target_missing"),
    "a foreign target_link_uri": ({"target_link_uri": "https://evil.example/lti/launch"}, "wrong_target"),
}


@pytest.mark.parametrize("case", LET_THROUGH)
def test_what_common_libraries_let_through_is_refused(
    browser: Browser, platform: Platform, case: str
) -> None:
    changes, why = LET_THROUGH[case]
    assert reason(browser.launch(platform, **changes)) == why


def test_a_token_and_state_that_were_used_are_refused(browser: Browser, platform: Platform) -> None:
    """The eighth of these."""
    asked = browser.begin(platform)
    token = platform.sign(platform.claims(asked["nonce"], browser.tool.launch_url))
    signed_in(browser.bring(asked["state"], token))
    again = browser.bring(asked["state"], token)
    assert (again.status_code, reason(again)) == (409, "state_used")


MORE: dict[str, tuple[dict[str, Any], str]] = {
    "another issuer": ({"iss": "https://evil.example"}, "wrong_issuer"),
    "another audience": ({"aud": "somebody-else"}, "wrong_audience"),
    "no audience": ({"aud": None}, "wrong_audience"),
    "two audiences with azp": ({"aud": [CLIENT, "somebody-else"], "azp": CLIENT}, "other_audience"),
    "another nonce": ({"nonce": "another"}, "wrong_nonce"),
    "no nonce": ({"nonce": None}, "wrong_nonce"),
    "an unknown deployment": ({"deployment_id": "2"}, "unknown_deployment"),
    "an unknown message": ({"message_type": "LtiSubmissionReviewRequest"}, "wrong_message_type"),
    "a message of a list": ({"message_type": ["LtiResourceLinkRequest"]}, "wrong_message_type"),
    "an empty sub": ({"sub": ""}, "sub_missing"),
    "a sub too long": ({"sub": "x" * 256}, "sub_missing"),
    "a sub with NUL": ({"sub": "a\0b"}, "sub_missing"),
    "a number for roles": ({"roles": 7}, "roles_missing"),
    "numbers in roles": ({"roles": [7]}, "roles_missing"),
    "a text for a link": ({"resource_link": "x"}, "resource_link_missing"),
    "a text for exp": ({"exp": "tomorrow"}, "exp_missing"),
    "endless": ({"exp": float("inf")}, "exp_missing"),
    "true for iat": ({"iat": True}, "iat_missing"),
    "not yet": ({"nbf": now(3600)}, "not_yet"),
    "a choice without a way back": ({"message_type": "LtiDeepLinkingRequest"}, "return_missing"),
}


@pytest.mark.parametrize("case", MORE)
def test_a_token_that_is_wrong_in_another_way_is_refused(
    browser: Browser, platform: Platform, case: str
) -> None:
    changes, why = MORE[case]
    assert reason(browser.launch(platform, **changes)) == why


@pytest.mark.parametrize(("skew", "lets_in"), [(-50, True), (50, True), (-700, False), (90, False)])
def test_clocks_may_differ_by_a_minute(
    browser: Browser, platform: Platform, skew: int, lets_in: bool
) -> None:
    answer = browser.launch(platform, iat=now(skew), exp=now(skew + 40))
    if lets_in:
        signed_in(answer)
    else:
        assert "clock" in answer.text
        assert reason(answer) in {"iat_future", "expired"}


def test_a_token_that_another_signed_is_refused(browser: Browser, platform: Platform) -> None:
    asked = browser.begin(platform)
    claims = platform.claims(asked["nonce"], browser.tool.launch_url)
    assert reason(browser.bring(asked["state"], platform.sign(claims, by=key(9)))) == "bad_signature"


def test_a_key_that_a_token_brings_along_is_nobodys(browser: Browser, platform: Platform) -> None:
    other = Platform(issuer=platform.issuer, keys={"one": key(9)})
    own = other.jwks()["keys"][0]
    for headers in ({"jwk": own}, {"jku": f"{platform.issuer}/evil"}, {"x5u": f"{platform.issuer}/evil"}):
        asked = browser.begin(platform)
        claims = platform.claims(asked["nonce"], browser.tool.launch_url)
        token = platform.sign(claims, by=key(9), headers=headers)
        assert reason(browser.bring(asked["state"], token)) == "bad_signature"
    assert "/evil" not in platform.paths("GET")


@pytest.mark.parametrize("algorithm", ["none", "HS256", "RS512"])
def test_another_algorithm_is_refused(browser: Browser, platform: Platform, algorithm: str) -> None:
    import jwt

    asked = browser.begin(platform)
    claims = platform.claims(asked["nonce"], browser.tool.launch_url)
    secret: Any = {"none": None, "HS256": "x" * 32, "RS512": key(1)}[algorithm]
    token = jwt.encode(claims, secret, algorithm, headers={"kid": "one"})
    assert reason(browser.bring(asked["state"], token)) == "wrong_algorithm"


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "\0", "." * 5000, "x" * 300_000, "é.é.é"])
def test_what_is_no_token_is_refused(browser: Browser, platform: Platform, token: str) -> None:
    asked = browser.begin(platform)
    assert reason(browser.bring(asked["state"], token)) in {"token_missing", "token_malformed"}


def test_claims_of_any_other_shape_are_left_aside(browser: Browser, platform: Platform) -> None:
    odd = [7, "text", [], None, {"id": 7}, {"id": "x" * 999, "title": "\0"}]
    for value in odd:
        answer = browser.launch(
            platform, context=value, custom=value, launch_presentation=value, name=value, email=value
        )
        signed_in(answer)
    extras = {"https://purl.imsglobal.org/spec/lti-ags/claim/endpoint": {"lineitem": 7, "scope": "x"}}
    signed_in(browser.launch(platform, **extras))


def test_one_audience_in_a_list_will_do(browser: Browser, platform: Platform) -> None:
    signed_in(browser.launch(platform, aud=[CLIENT], azp=CLIENT))


def test_a_person_is_who_the_platform_numbers_and_not_whose_address_it_is(
    browser: Browser, platform: Platform
) -> None:
    anonymous = [
        signed_in(browser.launch(platform, sub=sub, name=None, email="one@example.org"))
        for sub in ("first", "second", "first")
    ]
    assert anonymous[0] == anonymous[2] != anonymous[1]


def test_a_page_escapes_what_the_platform_tells(browser: Browser, platform: Platform) -> None:
    evil = "<script>alert(1)</script>"
    told = {"context": {"id": evil, "title": evil}, "resource_link": {"id": evil, "title": evil}}
    led = browser.launch(platform, name=evil, roles=[TEACHER], **told)
    shown = browser.ask("GET", led.headers["Location"])
    assert shown.text.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 2
    assert evil not in shown.text
    refused = browser.launch(platform, deployment_id=evil)
    assert evil not in refused.text
    assert reason(refused) == "unknown_deployment"
    assert LTI not in refused.text
