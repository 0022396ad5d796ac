"""Who is in a course, as platforms tell it."""

import json
from collections.abc import Iterator

import pytest

from core.db import Database
from core.lti import roster
from core.lti.errors import PlatformError
from core.tables import LtiContext
from tests.lti.outboxes import Class
from tests.lti.platform import MEMBERSHIP, ROSTER, Platform


@pytest.fixture
def room(sqlite_url: str, platform: Platform) -> Iterator[Class]:
    database = Database(sqlite_url)
    room = Class(database, platform)
    yield room
    room.close()
    database.close()


def course(room: Class, path: str = "/members/0") -> LtiContext:
    return LtiContext(
        registration=room.registration, context_id="c", memberships_url=room.platform.issuer + path
    )


def test_pages_are_followed_and_everybody_is_told_once(room: Class, platform: Platform) -> None:
    platform.members = [
        {"user_id": "a", "roles": ["Instructor"], "name": "Ada", "status": "Active", "email": "a@x"},
        {"user_id": "b", "roles": [MEMBERSHIP + "Learner"]},
        {"user_id": "c", "roles": ["Learner"], "status": "Inactive", "given_name": "C", "family_name": "D"},
        {"user_id": "b", "roles": [MEMBERSHIP + "Learner"]},
        {"roles": ["Learner"]},
        {"user_id": 7},
    ]
    found = roster.read(room.platforms.tokens, course(room))
    assert [(one.person.sub, one.role, one.active, one.person.name) for one in found] == [
        ("a", "teacher", True, "Ada"),
        ("b", "student", True, None),
        ("c", "student", False, "C D"),
    ]
    asked = [one for one in platform.asked if one.path.startswith("/members/")]
    assert len(asked) == 6
    # As it stands, capitals and all.
    assert asked[1].query == {"Next": ["A/B"]}
    token = next(one for one in platform.asked if one.path == "/token").form()
    assert token["scope"] == ROSTER
    assert "membershipcontainer" in asked[0].headers["Accept"]


@pytest.mark.parametrize(
    "answer",
    [
        (403, {}, b""),
        (200, {}, b"<html>"),
        (200, {"Link": '<http://10.0.0.1/more>; rel="next"'}, b"{}"),
    ],
)
def test_a_platform_that_does_not_tell_is_an_error_with_a_sentence(
    room: Class, platform: Platform, answer: tuple[int, dict[str, str], bytes]
) -> None:
    platform.answers["/members/0"] = [answer]
    with pytest.raises(PlatformError) as caught:
        roster.read(room.platforms.tokens, course(room))
    assert caught.value.detail.startswith("The platform")


def test_a_list_without_end_is_left(room: Class, platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roster, "MOST_PAGES", 3)
    pages = [
        (
            200,
            {"Link": f"<{platform.issuer}/members/0?n={n}>; rel=next"},
            json.dumps({"members": []}).encode(),
        )
        for n in range(5)
    ]
    platform.answers["/members/0"] = pages
    with pytest.raises(PlatformError, match="does not end"):
        roster.read(room.platforms.tokens, course(room))


def test_a_course_that_lists_nobody_to_us_says_so(room: Class) -> None:
    silent = LtiContext(registration=room.registration, context_id="c", memberships_url=None)
    with pytest.raises(PlatformError):
        roster.read(room.platforms.tokens, silent)
