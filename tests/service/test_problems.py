import io
import json
from collections.abc import Callable

import pytest
import sqlalchemy as sa
import structlog

from core import errors
from service import problems
from tests.service.checking import check_error
from tests.service.houses import SPEC, House


def concrete(base: type[Exception]) -> set[type[Exception]]:
    return {base} | {one for below in base.__subclasses__() for one in concrete(below)}


def test_every_error_of_the_core_has_a_status() -> None:
    for error in concrete(errors.FittingRoomError):
        if error.__module__ == "core.errors" and error not in {errors.FittingRoomError, errors.LimitError}:
            assert error in problems.TABLE


@pytest.mark.parametrize(
    ("method", "path", "status", "slug"),
    [
        ("GET", "/nothing", 404, "not-found"),
        ("GET", "/v1/jobs/", 404, "not-found"),
        ("GET", "/v1//jobs", 404, "not-found"),
        ("GET", "/v1/models/a/versions/x", 404, "not-found"),
        ("GET", "/v1/models/a/versions/99999999999999999999999", 404, "not-found"),
        ("PUT", "/v1/jobs", 405, "method-not-allowed"),
        ("POST", "/v1/layers", 405, "method-not-allowed"),
        ("GET", "/v1/jobs/%00", 400, "malformed"),
        ("GET", "/v1/jobs?after=%00", 400, "malformed"),
        ("GET", "/v1/jobs?limit=0", 422, "invalid-request"),
        ("GET", "/v1/jobs?limit=101", 422, "invalid-request"),
        ("GET", "/v1/jobs?limit=x", 422, "invalid-request"),
        ("GET", "/v1/jobs?stauts=queued", 422, "invalid-request"),
        ("GET", "/v1/jobs?status=done", 422, "invalid-request"),
        ("GET", "/v1/jobs/job_1/epochs?after=-1", 422, "invalid-request"),
        ("GET", "/v1/jobs/job_1/epochs?after=99999999999999999999", 422, "invalid-request"),
        ("GET", "/v1/jobs/%ff%fe", 404, "not-found"),
    ],
)
def test_what_http_itself_refuses_is_a_problem_too(
    house: House, method: str, path: str, status: int, slug: str
) -> None:
    answer = house.ask(method, path)
    assert answer.status_code == status
    assert check_error(answer)["type"] == f"/problems/{slug}"
    if status == 405:
        assert "GET" in answer.headers["Allow"]


def test_an_address_with_something_wrong_says_which_part(house: House) -> None:
    body = house.ask("GET", "/v1/jobs?limit=0&stauts=x").get_json()
    assert {fault["pointer"] for fault in body["errors"]} == {"#/query/limit", "#/query/stauts"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"nonsense",
        b"\xff\xfe",
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": "\\ud800"}',
        b'{"a": 1e999}',
        b"[" * 100_000,
        b'{"a":' * 3000,
        b'{"a": 01}',
        b'{"a": 1,}',
        b"\x00",
        b"1" * 400,
    ],
)
def test_what_is_not_json_is_malformed(house: House, body: bytes) -> None:
    answer = house.ask("POST", "/v1/jobs", data=body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.get_json()["type"] == "/problems/malformed"


@pytest.mark.parametrize("body", [b"[]", b"null", b"1", b'"text"', b"true"])
def test_json_that_is_no_object_is_refused(house: House, body: bytes) -> None:
    answer = house.ask("POST", "/v1/jobs", data=body, content_type="application/json")
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["pointer"] == "#"


def nested(levels: int) -> object:
    value: object = 1
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize("path", ["/v1/jobs", "/v1/tokens"])
def test_two_hundred_levels_of_json_are_refused_and_do_no_harm(house: House, path: str) -> None:
    answer = house.ask("POST", path, by="root", json={"model": nested(200)})
    assert answer.status_code == 422


def test_a_key_that_is_there_twice_counts_once(house: House) -> None:
    house.given()
    text = json.dumps(SPEC)[:-1] + ', "priority": 1, "priority": 2}'
    answer = house.ask("POST", "/v1/jobs", data=text, content_type="application/json")
    assert answer.status_code == 202
    assert answer.get_json()["priority"] == 2


def test_a_body_that_is_no_json_by_its_own_word_is_not_taken(house: House) -> None:
    answer = house.ask("POST", "/v1/jobs", data=json.dumps(SPEC), content_type="text/plain")
    assert answer.status_code == 415
    assert answer.get_json()["type"] == "/problems/unsupported-media-type"


def test_a_body_over_the_limit_is_told_the_limit(build: Callable[..., House]) -> None:
    house = build(max_body_bytes=1000)
    answer = house.ask("POST", "/v1/jobs", json={"name": "x" * 2000})
    body = answer.get_json()
    assert answer.status_code == 413
    assert (body["limit"], body["value"]) == ("max_body_bytes", 1000)
    assert body["asked"] > 2000


def test_an_unexpected_error_tells_its_request_and_nothing_else(house: House) -> None:
    @house.app.get("/broken")
    def broken() -> str:
        raise RuntimeError("the secret is 42")

    with structlog.testing.capture_logs() as logs:
        answer = house.ask("GET", "/broken", headers={"X-Request-Id": "mine-1"})
    assert answer.status_code == 500
    assert check_error(answer)["request_id"] == "mine-1"
    assert "42" not in answer.text
    assert [one["event"] for one in logs] == ["request.failed", "request"]
    assert "42" in str(logs[0]["exc_info"])


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("abc-1", True),
        ("a" * 128, True),
        ("a" * 129, False),
        ("a b", False),
        ("a\u00e4", False),
        ("<x>", False),
    ],
)
def test_a_requests_id_is_echoed_if_it_can_do_no_harm(house: House, given: str, kept: bool) -> None:
    told = house.ask("GET", "/v1/me", headers={"X-Request-Id": given}).headers["X-Request-Id"]
    assert (told == given) is kept
    assert told


def test_every_line_of_a_request_has_its_id(house: House) -> None:
    with structlog.testing.capture_logs(processors=[structlog.contextvars.merge_contextvars]) as logs:
        house.ask("GET", "/v1/me", headers={"X-Request-Id": "mine-2"})
    (line,) = logs
    assert line["request_id"] == "mine-2"
    assert (line["event"], line["method"], line["path"], line["status"]) == ("request", "GET", "/v1/me", 200)
    assert line["ms"] >= 0


def test_a_database_that_is_not_migrated_is_unavailable_and_told_by_readyz(
    build: Callable[..., House],
) -> None:
    house = build()
    job = house.submitted()
    with house.parts.database.writing() as session:
        session.execute(sa.text("DROP TABLE epochs"))
    ready = house.ask("GET", "/readyz", by=None)
    assert ready.status_code == 503
    assert ready.get_json()["checks"]["database"] == {
        "ok": False,
        "detail": "it is not migrated: run `fittingroom migrate`",
    }
    answer = house.ask("GET", f"/v1/jobs/{job}/epochs")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]


def test_health_is_told_without_a_token(house: House) -> None:
    assert house.ask("GET", "/healthz", by=None).get_json() == {"status": "ok"}
    ready = house.ask("GET", "/readyz", by=None)
    body = ready.get_json()
    assert ready.status_code == 200
    assert body["status"] == "ready"
    assert {name: check["ok"] for name, check in body["checks"].items()} == {
        "database": True,
        "broker": True,
        "artifacts": True,
        "workers": False,
    }


def test_a_broker_that_is_away_is_told_by_readyz(build: Callable[..., House]) -> None:
    house = build(broker_url="redis://127.0.0.1:1/0")
    ready = house.ask("GET", "/readyz", by=None)
    assert ready.status_code == 503
    assert ready.get_json()["checks"]["broker"]["ok"] is False
    assert "127.0.0.1" not in ready.text


@pytest.mark.parametrize(("length", "status"), [(1000, 422), (1001, 413)])
def test_a_body_of_just_the_limit_is_taken(build: Callable[..., House], length: int, status: int) -> None:
    house = build(max_body_bytes=1000)
    body = b"{}" + b" " * (length - 2)
    for said in ({}, {"wsgi.input_terminated": True}):
        answer = house.ask(
            "POST",
            "/v1/jobs",
            input_stream=io.BytesIO(body),
            content_type="application/json",
            content_length=None if said else length,
            environ_overrides=said,
        )
        assert answer.status_code == status
