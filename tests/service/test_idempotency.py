import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from core import db, scratch
from core.errors import ConflictError
from core.tables import IdempotencyKey, Job
from service import idempotency
from tests.service.houses import CSV, SPEC, House, Served, wait_until

KEY = {"Idempotency-Key": "k-1"}


def rows(house: House) -> list[IdempotencyKey]:
    with house.parts.database.reading() as session:
        return list(session.scalars(sa.select(IdempotencyKey)))


def hold(house: House, *, seconds: float, route: str = "POST /v1/jobs") -> None:
    """Takes the key as a request does that is still at work, or has died at it."""
    with house.parts.database.writing() as session:
        at = db.now(session)
        session.add(
            IdempotencyKey(
                user_id=house.users["ann"].id,
                key="k-1",
                route=route,
                held_until=at + timedelta(seconds=seconds),
                holder="another",
                created_at=at,
            )
        )


def test_a_job_that_is_submitted_again_is_the_same_job(house: House) -> None:
    house.given()
    first, again = house.submit(headers=KEY), house.submit(headers=KEY)
    assert first.status_code == again.status_code == 202
    assert first.data == again.data
    assert first.headers["Location"] == again.headers["Location"]
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    assert len(house.ask("GET", "/v1/jobs").get_json()["data"]) == 1


def test_the_answer_stays_the_first_one_whatever_has_become_of_the_job(house: House) -> None:
    house.given()
    first = house.submit(headers=KEY)
    house.ask("POST", f"{first.headers['Location']}/cancel")
    assert house.submit(headers=KEY).get_json()["status"] == "queued"


def test_the_same_members_in_another_order_are_the_same_content(house: House) -> None:
    house.given()
    first = house.submit(headers=KEY)
    turned = dict(reversed(SPEC.items()))
    again = house.ask("POST", "/v1/jobs", headers=KEY, json=turned)
    assert again.get_json()["id"] == first.get_json()["id"]


def test_other_content_under_the_same_key_is_refused(house: House) -> None:
    house.given()
    house.submit(headers=KEY)
    answer = house.submit(headers=KEY, priority=3)
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["pointer"] == "#/headers/Idempotency-Key"


def test_a_key_is_its_users_and_its_routes(house: House) -> None:
    for user in ("ann", "bob"):
        house.given(by=user)
        assert house.upload(by=user, headers=KEY).status_code == 200
        answer = house.submit(by=user, headers=KEY)
        assert answer.status_code == 202
        assert "Idempotent-Replayed" not in answer.headers


def test_a_request_that_was_refused_gives_its_key_back(house: House) -> None:
    house.given()
    assert house.submit(headers=KEY, dataset="nothing").status_code == 422
    assert rows(house) == []
    assert house.submit(headers=KEY).status_code == 202


@pytest.mark.parametrize("key", ["", " ", "a" * 256, "\u00e4", "a\tb"])
def test_a_key_that_is_none_is_refused(house: House, key: str) -> None:
    house.given()
    assert house.submit(headers={"Idempotency-Key": key}).status_code == 422


def test_a_key_of_a_request_in_flight_is_a_conflict_until_it_dies(house: House) -> None:
    house.given()
    hold(house, seconds=1.0)
    answer = house.submit(headers=KEY)
    assert answer.status_code == 409
    assert "in flight" in answer.get_json()["detail"]
    time.sleep(1.1)
    assert house.submit(headers=KEY).status_code == 202


def test_who_lost_the_key_does_nothing(house: House) -> None:
    job_id = house.submitted()
    with (
        house.app.test_request_context(headers=KEY),
        idempotency.held(house.parts.database, house.users["ann"], "POST /v1/jobs") as held,
    ):
        with house.parts.database.writing() as session:
            session.execute(sa.update(IdempotencyKey).values(holder="another"))
        with pytest.raises(ConflictError, match="took over"):
            _work(house, held)
    assert [row.holder for row in rows(house)] == ["another"]
    assert house.ask("GET", f"/v1/jobs/{job_id}").get_json()["priority"] == 0


def _work(house: House, held: idempotency.Hold) -> None:
    with house.parts.database.writing() as session:
        session.execute(sa.update(Job).values(priority=99))
        held.answer(session, "f", house.app.make_response(("{}", 202)), {})


def test_a_hold_is_renewed_as_long_as_its_request_is_at_work(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idempotency, "HOLD_SECONDS", 0.6)
    monkeypatch.setattr(idempotency, "RENEW_SECONDS", 0.1)
    with (
        house.app.test_request_context(headers=KEY),
        idempotency.held(house.parts.database, house.users["ann"], "POST /v1/jobs"),
    ):
        time.sleep(1.2)
        assert house.submit(headers=KEY).status_code == 409
    assert rows(house) == []


def test_of_many_at_the_same_time_one_does_it(house: House) -> None:
    house.given()
    answers: list[TestResponse] = []
    threads = [threading.Thread(target=lambda: answers.append(house.submit(headers=KEY))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    statuses = {answer.status_code for answer in answers}
    assert statuses <= {202, 409}
    assert len({answer.get_json()["id"] for answer in answers if answer.status_code == 202}) == 1
    assert len(house.ask("GET", "/v1/jobs").get_json()["data"]) == 1
    assert house.submit(headers=KEY).status_code == 202


def test_an_upload_that_is_sent_again_is_compared_by_its_parts(house: House) -> None:
    first = house.upload(headers=KEY, options={"seed": 1, "target": "label"})
    again = house.upload(headers=KEY, options='{ "target": "label",  "seed": 1 }')
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.data == again.data
    assert again.headers["Idempotent-Replayed"] == "true"
    for changes in ({"content": CSV + b"1,1,odd\n"}, {"name": "other"}, {"options": {}}, {"file": "b.csv"}):
        sent: dict[str, Any] = {"options": {"seed": 1, "target": "label"}} | changes
        assert house.upload(headers=KEY, **sent).status_code == 422


def test_an_upload_that_was_the_same_as_another_is_answered_again_as_such(house: House) -> None:
    house.upload()
    first, again = house.upload(headers=KEY), house.upload(headers=KEY)
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.headers["Idempotent-Replayed"] == "true"


def test_the_key_of_an_upload_whose_service_was_killed_is_free_again_soon(
    house: House, serve: Callable[..., Served]
) -> None:
    served = serve()
    form = b'--x\r\nContent-Disposition: form-data; name="file"; filename="numbers.csv"\r\n\r\n' + CSV
    with served.begin("POST", "/v1/datasets", form, 10_000, by=house.tokens["ann"], **KEY):
        wait_until(lambda: rows(house) and list(house.settings.scratch_folder.glob("*")))
        assert house.upload(headers=KEY).status_code == 409
        served.process.kill()
        served.process.wait()
    wait_until(lambda: house.upload(headers=KEY).status_code == 201, idempotency.HOLD_SECONDS + 5)
    scratch.clear(house.settings.scratch_folder)
    assert list(house.settings.scratch_folder.iterdir()) == []
