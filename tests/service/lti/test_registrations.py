"""Registrations, invitations, keys and scores over the API."""

from collections.abc import Callable
from typing import Any

import pytest

from core.config import Settings
from tests.lti.outboxes import Class
from tests.lti.platform import Platform
from tests.service.houses import House


@pytest.fixture
def house(build: Callable[..., House]) -> House:
    return build(lti_private_hosts="127.0.0.1", public_url="https://room.example")


def registered(house: House, platform: Platform, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - members
    sent = platform.registration(**changes)
    answer = house.ask("POST", "/v1/lti/registrations", by="root", json=sent)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.get_json()
    assert answer.headers["Location"] == f"/v1/lti/registrations/{made['id']}"
    return made


def test_a_platform_is_registered_shown_listed_and_forgotten(house: House, platform: Platform) -> None:
    made = registered(house, platform, origins=["https://school.example"])
    assert {name: made[name] for name in platform.registration()} == platform.registration()
    path = f"/v1/lti/registrations/{made['id']}"
    assert house.ask("GET", path, by="root").get_json() == made
    assert house.ask("GET", "/v1/lti/registrations", by="root").get_json()["data"] == [made]
    assert house.ask("DELETE", path, by="root").status_code == 204
    for method in ("GET", "DELETE"):
        assert house.ask(method, path, by="root").status_code == 404


def test_a_client_is_registered_once(house: House, platform: Platform) -> None:
    registered(house, platform)
    again = house.ask("POST", "/v1/lti/registrations", by="root", json=platform.registration())
    assert again.status_code == 409
    registered(house, platform, client_id="another")


def test_a_deployment_is_added_and_may_be_added_again(house: House, platform: Platform) -> None:
    path = f"/v1/lti/registrations/{registered(house, platform)['id']}/deployments"
    for _ in range(2):
        answer = house.ask("POST", path, by="root", json={"deployment_id": "2"})
        assert answer.get_json()["deployment_ids"] == ["1", "2"]
    for wrong in ({}, {"deployment_id": 7}, {"deployment_id": "x", "more": 1}):
        assert house.ask("POST", path, by="root", json=wrong).status_code == 422


def test_an_origin_is_added_once(house: House, platform: Platform) -> None:
    path = f"/v1/lti/registrations/{registered(house, platform)['id']}/origins"
    for _ in range(2):
        answer = house.ask("POST", path, by="root", json={"origin": "https://school.example"})
        assert answer.get_json()["origins"] == ["https://school.example"]
    for wrong in ({}, {"origin": "https://school.example/x"}, {"origin": "*"}):
        assert house.ask("POST", path, by="root", json=wrong).status_code == 422


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"name": ""}, "#/name"),
        ({"issuer": 7}, "#/issuer"),
        ({"client_id": "x" * 256}, "#/client_id"),
        ({"jwks_url": "http://platform.example/jwks"}, "#/jwks_url"),
        ({"auth_token_url": "https://user:word@platform.example/"}, "#/auth_token_url"),
        ({"auth_login_url": "ftp://platform.example/"}, "#/auth_login_url"),
        ({"deployment_ids": "1"}, "#/deployment_ids"),
        ({"origins": ["https://school.example/path"]}, "#/origins"),
        ({"origins": ["https://a.example; script-src *"]}, "#/origins"),
        ({"token_audience": 7}, "#/token_audience"),
        ({"secret": "x"}, "#/secret"),
    ],
)
def test_what_is_wrong_with_a_registration_is_pointed_at(
    house: House, platform: Platform, changes: dict[str, Any], pointer: str
) -> None:
    sent = platform.registration(**changes)
    answer = house.ask("POST", "/v1/lti/registrations", by="root", json=sent)
    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.get_json()["errors"]] == [pointer]


def test_all_of_it_takes_an_administrator(house: House) -> None:
    for rule in house.app.url_map.iter_rules():
        if rule.rule.startswith("/v1/lti/"):
            path = rule.rule.replace("<registration>", "reg_1").replace("<score>", "scr_1")
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
                assert house.ask(method, path, by="ann", json={}).status_code == 403, path


def test_a_connection_is_tested(house: House, platform: Platform) -> None:
    path = f"/v1/lti/registrations/{registered(house, platform)['id']}/test"
    body = house.ask("POST", path, by="root").get_json()
    assert body["ok"] is True
    assert body["checks"]["keyset"] == {"ok": True, "detail": "1 keys: one"}
    platform.answers["/token"] = [(400, {}, b'{"error": "invalid_client"}')]
    platform.keys = {}
    body = house.ask("POST", path, by="root").get_json()
    assert body["ok"] is False
    assert "invalid_client" in body["checks"]["token"]["detail"]
    assert "no key" in body["checks"]["keyset"]["detail"]
    platform.away = True
    told = house.ask("POST", path, by="root").get_json()["checks"]
    assert all("does not answer" in one["detail"] for one in told.values())


def test_what_a_platforms_administrator_enters_is_told(house: House) -> None:
    body = house.ask("GET", "/v1/lti/tool", by="root").get_json()
    assert body["login_url"] == "https://room.example/lti/login"
    assert body["jwks_url"] == "https://room.example/lti/jwks"


def test_a_new_key_takes_over_by_itself(house: House) -> None:
    made = house.ask("POST", "/v1/lti/keys", by="root")
    assert made.status_code == 201
    listed = house.ask("GET", "/v1/lti/keys", by="root").get_json()["data"]
    assert [one["signs"] for one in listed] == [False, True]
    assert listed[0] == made.get_json()
    assert len(house.app.test_client().get("/lti/jwks").get_json()["keys"]) == 2


def test_an_invitation_is_shown_once_and_never_stored(house: House) -> None:
    answer = house.ask("POST", "/v1/lti/invitations", by="root", json={"name": "Canvas"})
    assert answer.status_code == 201
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.get_json()["url"].startswith("https://room.example/lti/register?invitation=")


def test_scores_are_listed_and_sent_again(house: House, platform: Platform) -> None:
    room = Class(house.parts.database, platform)
    room.come("ada", "bob")
    platform.teachers = {"bob"}
    for sub in ("ada", "bob"):
        room.put(sub, 50)
    for _ in range(2):
        room.send()
    listed = house.ask("GET", "/v1/lti/scores", by="root").get_json()["data"]
    assert [one["status"] for one in listed] == ["refused", "delivered"]
    refused = house.ask("GET", "/v1/lti/scores?status=refused", by="root").get_json()["data"]
    assert [one["user"] for one in refused] == [room.users["bob"]]
    again = house.ask("POST", "/v1/lti/scores:resend", by="root")
    assert (again.status_code, again.get_json()["count"]) == (202, 1)
    one = house.ask("POST", f"/v1/lti/scores/{listed[1]['id']}/resend", by="root")
    assert (one.status_code, one.get_json()["status"]) == (202, "waiting")
    assert house.ask("POST", "/v1/lti/scores/scr_1/resend", by="root").status_code == 404
    room.close()


def test_private_addresses_are_asked_only_where_a_setting_says_so(
    build: Callable[..., House], platform: Platform, settings: Settings
) -> None:
    del settings
    house = build()
    sent = platform.registration()
    answer = house.ask("POST", "/v1/lti/registrations", by="root", json=sent)
    assert answer.status_code == 422
    # Over HTTPS a name is taken, and what it stands for is looked at when it is asked.
    hidden = {
        name: value.replace("http://127.0.0.1", "https://127.0.0.1")
        for name, value in sent.items()
        if "url" in name
    }
    made = house.ask("POST", "/v1/lti/registrations", by="root", json=sent | hidden).get_json()
    told = house.ask("POST", f"/v1/lti/registrations/{made['id']}/test", by="root").get_json()
    assert all("private address" in one["detail"] for one in told["checks"].values())
    assert platform.asked == []
