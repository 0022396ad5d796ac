from collections.abc import Callable

import pytest

from service import operations
from tests.service.houses import House


def routes(house: House) -> list[tuple[str, str]]:
    """Every operation that takes a token, with something in the place of its variables."""
    described = house.ask("GET", "/openapi.json", by=None).get_json()
    return [
        (method.upper(), path.replace("{version}", "1").replace("{", "").replace("}", ""))
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
        if operation["operationId"] not in operations.PUBLIC
    ]


def test_every_route_asks_for_a_token_and_says_how(house: House) -> None:
    found = routes(house)
    assert len(found) > 25
    for method, path in found:
        for headers in (
            {},
            {"Authorization": "Bearer"},
            {"Authorization": "Bearer fr_wrong"},
            {"Authorization": f"Basic {house.tokens['ann']}"},
            {"Authorization": "Bearer \u00e4\u00df"},
        ):
            answer = house.ask(method, path, by=None, headers=headers)
            assert answer.status_code == 401, (method, path)
            assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_route_that_is_not_there_asks_for_nothing(house: House) -> None:
    assert house.ask("GET", "/v1/nothing", by=None).status_code == 404


def test_me_tells_who_asks_and_what_is_left(build: Callable[..., House]) -> None:
    house = build(max_queued_jobs=5)
    house.submitted()
    body = house.ask("GET", "/v1/me").get_json()
    assert (body["name"], body["role"]) == ("ann", "user")
    assert body["quota"]["jobs"] == {"limit": 5, "used": 1, "left": 4}
    assert house.ask("GET", "/v1/me", by="root").get_json()["role"] == "admin"


def test_limits_are_told_beforehand_with_what_is_left(build: Callable[..., House]) -> None:
    house = build(max_queued_jobs=5, max_body_bytes=12345)
    house.submitted()
    limits = {one["limit"]: one for one in house.ask("GET", "/v1/limits").get_json()["data"]}
    assert limits["max_body_bytes"]["value"] == 12345
    assert limits["max_queued_jobs"]["left"] == 4
    assert all(one["description"] for one in limits.values())


def test_a_user_makes_lists_and_revokes_tokens_of_their_own(house: House) -> None:
    made = house.ask("POST", "/v1/tokens")
    body = made.get_json()
    assert made.status_code == 201
    assert made.headers["Location"] == f"/v1/tokens/{body['id']}"
    assert made.headers["Cache-Control"] == "no-store"
    assert (body["user"], body["role"]) == ("ann", "user")
    new = {"Authorization": f"Bearer {body['token']}"}
    assert house.ask("GET", "/v1/me", by=None, headers=new).get_json()["name"] == "ann"
    listed = house.ask("GET", "/v1/tokens").get_json()["data"]
    assert [one["user"] for one in listed] == ["ann", "ann"]
    assert listed[0]["id"] == body["id"]
    assert "token" not in listed[0]
    assert house.ask("DELETE", f"/v1/tokens/{body['id']}").status_code == 204
    assert house.ask("GET", "/v1/me", by=None, headers=new).status_code == 401
    assert house.ask("DELETE", f"/v1/tokens/{body['id']}").status_code == 404


def test_an_administrator_makes_tokens_for_others(house: House) -> None:
    body = house.ask("POST", "/v1/tokens", by="root", json={"user": "carl", "role": "user"}).get_json()
    assert (body["user"], body["role"]) == ("carl", "user")
    users = {one["user"] for one in house.ask("GET", "/v1/tokens", by="root").get_json()["data"]}
    assert users == {"ann", "bob", "root", "carl"}
    assert house.ask("DELETE", f"/v1/tokens/{body['id']}", by="bob").status_code == 404
    assert house.ask("DELETE", f"/v1/tokens/{body['id']}", by="root").status_code == 204


@pytest.mark.parametrize("asked", [{"user": "bob"}, {"role": "admin"}, {"user": "new", "role": "user"}])
def test_a_user_makes_no_tokens_for_others_and_becomes_no_administrator(
    house: House, asked: dict[str, str]
) -> None:
    answer = house.ask("POST", "/v1/tokens", json=asked)
    assert answer.status_code == 403
    assert answer.get_json()["type"] == "/problems/forbidden"


@pytest.mark.parametrize(
    ("asked", "pointer"),
    [
        ({"user": ""}, "#/user"),
        ({"user": 5}, "#/user"),
        ({"user": "a" * 101}, "#/user"),
        ({"user": "a\nb"}, "#/user"),
        ({"user": "a\x00"}, "#/user"),
        ({"role": "owner"}, "#/role"),
        ({"user": "ann", "role": "admin"}, "#/role"),
        ({"admin": True}, "#/admin"),
    ],
)
def test_a_token_that_cannot_be_is_refused_where_it_is_wrong(
    house: House, asked: dict[str, object], pointer: str
) -> None:
    answer = house.ask("POST", "/v1/tokens", by="root", json=asked)
    assert answer.status_code == 422
    assert pointer in [fault["pointer"] for fault in answer.get_json()["errors"]]


def test_workers_are_told_to_all_but_machines_and_others_jobs_to_administrators_alone(house: House) -> None:
    from core import workers

    with house.parts.database.writing() as session:
        workers.seen(session, name="w1", slots=2, accelerators={"cpu"}, gpus=3, draining=False)
    job_id = house.submitted()
    house.start()
    (worker,) = house.ask("GET", "/v1/workers", by="root").get_json()["data"]
    assert (worker["name"], worker["slots"], worker["devices"], worker["gpus"]) == ("w1", 2, ["cpu"], 3)
    for name, told in (("root", [job_id]), ("ann", [job_id]), ("bob", [])):
        answer = house.ask("GET", "/v1/workers", by=name)
        (worker,) = answer.get_json()["data"]
        assert (worker["busy"], worker["running"]) == (1, told)
        assert worker["name"] == ("w1" if name == "root" else "worker 1")
        tag = {"If-None-Match": answer.headers["ETag"]}
        assert house.ask("GET", "/v1/workers", by=name, headers=tag).status_code == 304


def test_layers_are_listed_with_their_arguments(house: House) -> None:
    answer = house.ask("GET", "/v1/layers")
    layers = {one["type"]: one for one in answer.get_json()["data"]}
    assert "units" in layers["Dense"]["arguments"]["properties"]
    assert layers["Dense"]["description"]
    tag = answer.headers["ETag"]
    assert house.ask("GET", "/v1/layers", headers={"If-None-Match": tag}).status_code == 304
