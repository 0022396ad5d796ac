"""What differs from one database to the other, on PostgreSQL; the other tests are on SQLite."""

import threading
from collections.abc import Callable

import pytest
from werkzeug.test import TestResponse

from tests.service.houses import CSV, House
from tests.service.networks import add_version


@pytest.fixture
def house(build: Callable[..., House], postgres_url: str) -> House:
    return build(database_url=postgres_url)


def test_a_job_goes_from_its_upload_to_its_end(house: House) -> None:
    assert house.upload().status_code == 201
    assert house.upload().status_code == 200
    assert house.upload(CSV + b"1,1,odd\n").status_code == 409
    job_id = house.submit(tags={'odd"key\\': "v", "course": "ml1"}).get_json()["id"]
    _, lease = house.start()
    house.add_epoch(lease, 1, loss=float("inf"))
    events = house.ask("GET", f"/v1/jobs/{job_id}/events", headers={"Accept": "application/json"}).get_json()
    assert [one["id"] for one in events["data"]] == ["1-0-0", "2-0-0", "2-1-0"]
    assert events["data"][2]["data"]["metrics"] == {"loss": None}
    house.fail(lease, "internal")
    assert house.ask("POST", f"/v1/jobs/{job_id}/retry").get_json()["queue"]["position"] == 1
    assert house.ask("POST", f"/v1/jobs/{job_id}/cancel").status_code == 202
    for query, count in (
        ("tag=course", 1),
        ("tag=course:ml1", 1),
        ("tag=course:ml2", 0),
        ('tag=odd"key\\:v', 1),
        ("tag=none", 0),
        ("status=cancelled&name=numbers", 1),
    ):
        assert len(house.ask("GET", f"/v1/jobs?{query}").get_json()["data"]) == count, query
    assert house.ask("DELETE", f"/v1/jobs/{job_id}").status_code == 204
    assert house.ask("DELETE", "/v1/datasets/numbers").status_code == 204


def test_of_many_with_one_key_at_the_same_time_one_does_it(house: House) -> None:
    house.given()
    answers: list[TestResponse] = []
    key = {"Idempotency-Key": "k-1"}
    threads = [threading.Thread(target=lambda: answers.append(house.submit(headers=key))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status_code for answer in answers} <= {202, 409}
    assert len(house.ask("GET", "/v1/jobs").get_json()["data"]) == 1
    assert house.submit(headers=key).headers["Idempotent-Replayed"] == "true"


def test_what_was_deleted_or_revoked_a_moment_ago_is_not_served(house: House) -> None:
    row = {"instances": [[1, 2]]}
    add_version(house, [[1.0, 0.0], [0.0, 1.0]], upload={"options": {"standardize": False}})
    house.ask("PUT", "/v1/models/numbers/labels/l", json={"version": 1})
    for path in ("numbers", "numbers/versions/1", "numbers/labels/l"):
        answer = house.ask("POST", f"/v1/models/{path}:predict", json=row)
        assert answer.get_json() == {"predictions": [[1.0, 2.0]]}
    assert house.ask("POST", f"/v1/models/numbers/versions/{10**20}:predict", json=row).status_code == 404
    assert house.ask("GET", f"/v1/models/numbers/versions/{10**20}").status_code == 404
    add_version(house, [[1.0], [0.0]], upload={"options": {"standardize": False}})
    assert house.ask("DELETE", "/v1/models/numbers/versions/2").status_code == 204
    assert house.ask("POST", "/v1/models/numbers/versions/2:predict", json=row).status_code == 404
    made = house.ask("POST", "/v1/tokens").get_json()
    headers = {"Authorization": f"Bearer {made['token']}"}
    assert house.ask("GET", "/v1/me", by=None, headers=headers).status_code == 200
    house.ask("DELETE", f"/v1/tokens/{made['id']}")
    assert house.ask("GET", "/v1/me", by=None, headers=headers).status_code == 401


def test_what_a_text_of_the_database_cannot_hold_is_refused_and_no_error(house: House) -> None:
    house.given()
    assert house.submit(tags={"a": "\x00"}).status_code == 422
    assert house.ask("POST", "/v1/tokens", by="root", json={"user": "a\x00"}).status_code == 422
    for options in ('{"target": "a\\u0000"}', '{"drop": ["a\\u0000"]}'):
        assert house.upload(name="other", options=options).status_code == 422
    assert house.upload(b"a,label\n1\x00,x\n2,y\n" * 9, name="nul", file="a\x00.csv").status_code == 422
    for path in ("/v1/jobs/a%00", "/v1/jobs?tag=%00", "/v1/models/%00:predict"):
        assert house.ask("GET", path).status_code in {400, 405}


def test_readiness_is_told(house: House) -> None:
    checks = house.ask("GET", "/readyz", by=None).get_json()["checks"]
    assert checks["database"]["ok"] is True
