import time
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from core import db, jobs, workers
from core.tables import Job
from tests.service.houses import SPEC, House

DENSE = {"type": "Dense", "units": 2, "activation": "softmax"}


def test_a_job_is_taken_and_told_in_full(house: House) -> None:
    house.given()
    answer = house.submit(tags={"course": "ml1"}, training={"epochs": 3})
    body = answer.get_json()
    assert answer.status_code == 202
    assert answer.headers["Location"] == f"/v1/jobs/{body['id']}"
    assert (body["status"], body["name"], body["attempt"]) == ("queued", "numbers", 0)
    assert body["queue"] == {"position": 1, "reason": "no worker is there", "estimated_start": None}
    assert [moved["status"] for moved in body["transitions"]] == ["queued"]
    assert body["spec"]["training"] == {"epochs": 3}
    assert body["resolved"]["outputs"][0]["loss"]["type"] == "SparseCategoricalCrossentropy"
    assert len(body["resolved_sha256"]) == 64
    assert body["dataset"]["name"] == "numbers"
    assert body["model"] is body["error"] is body["plan"] is body["environment"] is None
    # What a teacher would say is said once.
    codes = [warning["code"] for warning in body.pop("warnings")]
    assert codes == ["batch_larger_than_data", "few_rows"]
    assert house.ask("GET", answer.headers["Location"]).get_json() == body


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"dataset": "nothing"}, "#/dataset"),
        ({"dataset": None}, "#/dataset"),
        ({"model": {"layers": [{"type": "Dens", "units": 2}]}}, "#/model/layers/0/type"),
        ({"model": {"layers": [{"type": "Dense", "unit": 2}]}}, "#/model/layers/0/unit"),
        ({"model": {"layers": [{"type": "Dense", "units": "2"}]}}, "#/model/layers/0/units"),
        ({"model": {"layers": [{"type": "Dense", "units": -2}]}}, "#/model/layers/0/units"),
        ({"model": {"layers": [{"type": "Dense", "units": 1e30}]}}, "#/model/layers/0/units"),
        ({"model": {"layers": [{"type": "Lambda"}]}}, "#/model/layers/0/type"),
        ({"model": {"layers": [DENSE] * 10_000}}, "#/model/layers"),
        (
            {"model": {"layers": [{"type": "Reshape", "target_shape": [2, 1, 1]},
                                  {"type": "Conv2D", "filters": 1, "kernel_size": 5}, DENSE]}},
            "#/model/layers/1/kernel_size",
        ),
        ({"training": {"loss": "mean_squared_eror"}}, "#/training/loss"),
        ({"training": {"epochs": 10**7}}, "#/training/epochs"),
        ({"training": {"initial_model": "none"}}, "#/training/initial_model"),
        ({"name": "Upper"}, "#/name"),
        ({"tags": {"a": 1}}, "#/tags/a"),
        ({"tags": {"a": "\x00"}}, "#"),
        ({"nonsense": 1}, "#/nonsense"),
    ],
)  # fmt: skip
def test_a_spec_that_is_wrong_is_refused_where_it_is_wrong(
    house: House, changes: dict[str, Any], pointer: str
) -> None:
    house.given()
    answer = house.submit(**changes)
    assert answer.status_code == 422
    assert pointer in [fault["pointer"] for fault in answer.get_json()["errors"]]
    assert house.ask("GET", "/v1/jobs").get_json()["data"] == []


def test_somebody_elses_data_set_is_not_there_to_train_on(house: House) -> None:
    made = house.given(by="ann")
    for dataset in ("numbers", made["id"]):
        answer = house.submit(by="bob", dataset=dataset)
        assert answer.status_code == 422
        assert answer.get_json()["errors"][0]["pointer"] == "#/dataset"


def test_more_jobs_than_one_may_have_are_too_many(build: Callable[..., House]) -> None:
    house = build(max_queued_jobs=2)
    house.submitted()
    house.submitted()
    answer = house.submit()
    body = answer.get_json()
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert (body["value"], body["asked"]) == (2, 3)


def test_a_job_is_taken_at_once_while_the_broker_is_away(build: Callable[..., House]) -> None:
    house = build(broker_url="redis://127.0.0.1:1/0")
    house.given()
    began = time.monotonic()
    assert house.submit().status_code == 202
    assert time.monotonic() - began < 1


def test_a_job_that_is_taken_is_told_to_the_workers(house: House) -> None:
    with house.parts.celery.connection_for_read() as connection:
        queue = connection.SimpleQueue("cpu", no_ack=True)
        queue.clear()
        job_id = house.submitted()
        assert queue.get(timeout=5).headers["task"] == "worker.look"
        house.ask("POST", f"/v1/jobs/{job_id}/cancel")
        house.ask("POST", f"/v1/jobs/{job_id}/retry")
        assert queue.get(timeout=5)
        queue.close()


def test_a_running_job_tells_its_progress_and_numbers_that_are_none_are_null(house: House) -> None:
    job_id = house.submitted()
    _, lease = house.start()
    progress = {"epoch": 1, "epochs": 5, "step": 2, "steps": 9, "eta_seconds": 3.5, "metrics": {}}
    with house.parts.database.writing() as session:
        jobs.renew(session, lease, seconds=1.0, progress=progress)
    house.add_epoch(lease, 1, loss=float("nan"), accuracy=0.5)
    body = house.ask("GET", f"/v1/jobs/{job_id}").get_json()
    assert body["status"] == "running"
    assert body["queue"] is None
    assert body["progress"] == progress
    assert body["metrics"] == {"loss": None, "accuracy": 0.5}
    assert body["started_at"].endswith("Z")


def test_epochs_are_told_after_the_last_one_seen(house: House) -> None:
    job_id = house.submitted()
    _, lease = house.start()
    for number in range(1, 6):
        house.add_epoch(lease, number, loss=1 / number)
    page = house.ask("GET", f"/v1/jobs/{job_id}/epochs?after=1&limit=3").get_json()
    assert [epoch["epoch"] for epoch in page["data"]] == [2, 3, 4]
    assert page["has_more"] is True
    rest = house.ask("GET", f"/v1/jobs/{job_id}/epochs?after=4")
    assert [epoch["epoch"] for epoch in rest.get_json()["data"]] == [5]
    assert rest.get_json()["has_more"] is False
    tag = {"If-None-Match": rest.headers["ETag"]}
    assert house.ask("GET", f"/v1/jobs/{job_id}/epochs?after=4", headers=tag).status_code == 304
    house.add_epoch(lease, 6, loss=0.1)
    assert house.ask("GET", f"/v1/jobs/{job_id}/epochs?after=4", headers=tag).status_code == 200


def test_logs_are_a_list_or_text(house: House) -> None:
    job_id = house.submitted()
    _, lease = house.start()
    with house.parts.database.writing() as session:
        jobs.add_lines(session, lease, ["one", "tw\u00f6"])
    listed = house.ask("GET", f"/v1/jobs/{job_id}/logs").get_json()
    assert [(line["number"], line["line"]) for line in listed["data"]] == [(1, "one"), (2, "tw\u00f6")]
    text = house.ask("GET", f"/v1/jobs/{job_id}/logs", headers={"Accept": "text/plain"})
    assert text.content_type == "text/plain; charset=utf-8"
    assert text.text == "one\ntw\u00f6\n"


def test_a_job_that_has_not_changed_is_not_sent_again(house: House) -> None:
    job_id = house.submitted()
    tag = {"If-None-Match": house.ask("GET", f"/v1/jobs/{job_id}").headers["ETag"]}
    assert house.ask("GET", f"/v1/jobs/{job_id}", headers=tag).status_code == 304
    house.start()
    assert house.ask("GET", f"/v1/jobs/{job_id}", headers=tag).status_code == 200


def test_a_guess_at_the_beginning_is_no_news(house: House) -> None:
    with house.parts.database.writing() as session:
        workers.seen(session, name="w1", slots=1, accelerators={"cpu"}, draining=False)
    first = house.submitted()
    _, lease = house.start()
    with house.parts.database.writing() as session:
        jobs.renew(session, lease, seconds=20.0)
        jobs.succeed(session, lease)
    assert house.ask("GET", f"/v1/jobs/{first}").get_json()["status"] == "succeeded"
    ids = [house.submitted() for _ in range(3)]
    answers = [house.ask("GET", f"/v1/jobs/{one}") for one in ids]
    queues = [answer.get_json()["queue"] for answer in answers]
    assert [queue["position"] for queue in queues] == [1, 2, 3]
    begins = [queue["estimated_start"] for queue in queues]
    assert begins == sorted(begins)
    assert begins[0] < begins[2]
    tag = {"If-None-Match": answers[2].headers["ETag"]}
    assert house.ask("GET", f"/v1/jobs/{ids[2]}", headers=tag).status_code == 304


def test_a_job_that_no_worker_can_begin_says_why_it_waits(house: House) -> None:
    job_id = house.submitted(resources={"accelerator": "gpu", "gpus": 2})

    def queue() -> dict[str, Any]:
        told: dict[str, Any] = house.ask("GET", f"/v1/jobs/{job_id}").get_json()["queue"]
        return told

    assert queue() == {"position": 1, "reason": "no worker is there", "estimated_start": None}
    tag = {"If-None-Match": house.ask("GET", f"/v1/jobs/{job_id}").headers["ETag"]}
    with house.parts.database.writing() as session:
        workers.seen(session, name="w1", slots=1, accelerators={"cpu", "gpu"}, gpus=1, draining=False)
        assert jobs.claim(session, worker="w1", accelerators={"cpu"}, lease_seconds=9) is None
    assert queue()["reason"] == "no worker has 2 GPUs"
    assert house.ask("GET", f"/v1/jobs/{job_id}", headers=tag).status_code == 200, "that is news"
    with house.parts.database.writing() as session:
        workers.seen(session, name="w2", slots=1, accelerators={"gpu"}, gpus=2, draining=False)
    assert queue()["reason"] is None


def test_cancelling_is_never_a_conflict(house: House) -> None:
    job_id = house.submitted()
    first = house.ask("POST", f"/v1/jobs/{job_id}/cancel")
    assert (first.status_code, first.get_json()["status"]) == (202, "cancelled")
    again = house.ask("POST", f"/v1/jobs/{job_id}/cancel")
    assert (again.status_code, again.get_json()["status"]) == (200, "cancelled")
    assert [moved["status"] for moved in again.get_json()["transitions"]] == ["queued", "cancelled"]


def test_a_running_job_is_asked_to_end(house: House) -> None:
    job_id = house.submitted()
    house.start()
    body = house.ask("POST", f"/v1/jobs/{job_id}/cancel").get_json()
    assert (body["status"], body["cancel_requested"]) == ("running", True)


def test_a_failed_job_is_tried_again_unless_it_would_only_fail_again(house: House) -> None:
    job_id = house.submitted()
    assert house.ask("POST", f"/v1/jobs/{job_id}/retry").status_code == 422
    _, lease = house.start()
    house.fail(lease, "time_limit")
    failed = house.ask("GET", f"/v1/jobs/{job_id}").get_json()
    assert failed["error"]["code"] == "time_limit"
    assert failed["error"]["hint"]
    again = house.ask("POST", f"/v1/jobs/{job_id}/retry")
    assert again.status_code == 202
    assert (again.get_json()["status"], again.get_json()["error"]) == ("queued", None)
    _, lease = house.start()
    house.fail(lease, "nan_loss")
    refused = house.ask("POST", f"/v1/jobs/{job_id}/retry")
    assert refused.status_code == 422
    assert "nan_loss" in refused.get_json()["detail"]


def test_a_job_that_has_ended_can_be_deleted(house: House) -> None:
    job_id = house.submitted()
    assert house.ask("DELETE", f"/v1/jobs/{job_id}").status_code == 409
    house.ask("POST", f"/v1/jobs/{job_id}/cancel")
    assert house.ask("DELETE", f"/v1/jobs/{job_id}").status_code == 204
    for path in ("", "/epochs", "/logs", "/events"):
        assert house.ask("GET", f"/v1/jobs/{job_id}{path}").status_code == 404


def test_somebody_elses_job_is_not_there(house: House) -> None:
    job_id = house.submitted()
    for method, path in (
        ("GET", ""),
        ("DELETE", ""),
        ("POST", "/cancel"),
        ("POST", "/retry"),
        ("GET", "/epochs"),
        ("GET", "/logs"),
        ("GET", "/events"),
    ):
        assert house.ask(method, f"/v1/jobs/{job_id}{path}", by="bob").status_code == 404
    assert house.ask("GET", "/v1/jobs", by="bob").get_json()["data"] == []
    assert house.ask("GET", f"/v1/jobs/{job_id}", by="root").status_code == 200
    assert len(house.ask("GET", "/v1/jobs", by="root").get_json()["data"]) == 1
    assert house.ask("GET", f"/v1/jobs/{job_id}").get_json()["cancel_requested"] is False


def test_jobs_are_found_by_status_name_data_set_and_tag(house: House) -> None:
    dataset = house.given()["id"]
    ids = {}
    for name, tags in (
        ("one", {"course": "ml1"}),
        ("two", {"course": "ml2", 'odd"key\\': "v"}),
        ("three", {}),
    ):
        ids[name] = house.submit(name=name, tags=tags).get_json()["id"]
    house.ask("POST", f"/v1/jobs/{ids['one']}/cancel")

    def found(query: str) -> list[str]:
        return [job["name"] for job in house.ask("GET", f"/v1/jobs?{query}").get_json()["data"]]

    assert found("status=queued") == ["three", "two"]
    assert found("status=cancelled") == ["one"]
    assert found("name=two") == ["two"]
    assert found(f"dataset={dataset}&status=queued") == ["three", "two"]
    assert found("dataset=ds_none") == []
    assert found("tag=course") == ["two", "one"]
    assert found("tag=course:ml1") == ["one"]
    assert found("tag=course:ml1&status=queued") == []
    assert found('tag=odd"key\\') == ["two"]
    assert found("tag=none") == []
    assert "spec" not in house.ask("GET", "/v1/jobs").get_json()["data"][0]


def test_the_last_page_costs_no_more_than_the_first(house: House) -> None:
    template = house.submitted()
    with house.parts.database.writing() as session:
        row = session.get_one(Job, template)
        values = {
            column.key: getattr(row, column.key)
            for column in sa.inspect(Job).column_attrs
            if column.key != "id"
        }
        session.execute(
            sa.insert(Job), [values | {"id": db.new_id("job"), "status": "cancelled"} for _ in range(3000)]
        )
    with house.parts.database.reading() as session:
        plan = session.execute(
            sa.text(
                "EXPLAIN QUERY PLAN SELECT id FROM jobs WHERE owner_id = 'a' AND id < 'b' "
                "ORDER BY id DESC LIMIT 20"
            )
        ).all()
    assert "USING COVERING INDEX ix_jobs_owner_id_id (owner_id=? AND id<?)" in str(plan)
    assert "TEMP B-TREE" not in str(plan)
    seen, after = 0, ""
    while True:
        page = house.ask("GET", f"/v1/jobs?limit=100{after}").get_json()
        seen += len(page["data"])
        if not page["has_more"]:
            break
        after = f"&after={page['data'][-1]['id']}"
    assert seen == 3001


def test_the_spec_is_told_as_it_was_sent(house: House) -> None:
    house.given()
    sent = SPEC | {"tags": {"\u00fc\u2028": "</script>"}}
    body = house.submit(**sent).get_json()
    assert body["spec"] == sent


def test_a_list_tells_each_place_in_the_queue_and_is_not_sent_twice(house: House) -> None:
    house.given()
    first, second = (house.submit().get_json()["id"] for _ in range(2))
    answer = house.ask("GET", "/v1/jobs?status=queued")
    assert [(one["id"], one["queue"]["position"]) for one in answer.get_json()["data"]] == [
        (second, 2),
        (first, 1),
    ]
    known = {"If-None-Match": answer.headers["ETag"]}
    assert house.ask("GET", "/v1/jobs?status=queued", headers=known).status_code == 304
    house.start()
    [left] = house.ask("GET", "/v1/jobs?status=queued", headers=known).get_json()["data"]
    assert (left["id"], left["queue"]["position"]) == (second, 1)


def test_a_job_tells_how_long_its_story_is(house: House) -> None:
    job_id = house.submitted()
    assert house.ask("GET", f"/v1/jobs/{job_id}").get_json()["story"] == {"epochs": 0, "lines": 0}
    _, lease = house.start()
    house.add_epoch(lease, 1, loss=0.5)
    house.add_epoch(lease, 2, loss=0.4)
    with house.parts.database.writing() as session:
        jobs.add_lines(session, lease, ["one"])
    assert house.ask("GET", f"/v1/jobs/{job_id}").get_json()["story"] == {"epochs": 2, "lines": 1}
