import json
import threading
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from core import jobs
from service.views import events
from tests.service.houses import House, Served, wait_until


def told(text: str) -> list[tuple[str, str, dict[str, Any]]]:
    """Each event's id, name and data."""
    found = []
    for block in text.split("\n\n"):
        lines = dict(
            line.split(": ", 1) for line in block.splitlines() if not line.startswith((":", "retry"))
        )
        if lines:
            found.append((lines["id"], lines["event"], json.loads(lines["data"])))
    return found


def finished(house: House, epochs: int = 2) -> str:
    """The id of a job with a whole story."""
    job_id = house.submitted()
    _, lease = house.start()
    for number in range(1, epochs + 1):
        house.add_epoch(lease, number, loss=1 / number)
        with house.parts.database.writing() as session:
            jobs.add_lines(session, lease, [f"line {number}"])
    with house.parts.database.writing() as session:
        jobs.succeed(session, lease)
    return job_id


def test_a_finished_job_tells_its_whole_story_and_ends(house: House) -> None:
    job_id = finished(house)
    answer = house.ask("GET", f"/v1/jobs/{job_id}/events")
    assert answer.content_type == "text/event-stream"
    assert answer.headers["Cache-Control"] == "no-store"
    story = told(answer.text)
    assert [(number, name) for number, name, _ in story] == [
        ("1-0-0", "status"),
        ("2-0-0", "status"),
        ("2-1-0", "epoch"),
        ("2-1-1", "log"),
        ("2-2-1", "epoch"),
        ("2-2-2", "log"),
        ("3-2-2", "status"),
        ("3-2-2", "end"),
    ]
    assert story[2][2]["metrics"] == {"loss": 1.0}
    assert story[-1][2]["status"] == "succeeded"


def test_the_story_goes_on_from_any_event_without_a_gap_or_a_repeat(house: House) -> None:
    job_id = finished(house)
    whole = told(house.ask("GET", f"/v1/jobs/{job_id}/events").text)
    for place, (number, _, _) in enumerate(whole[:-1]):
        rest = house.ask("GET", f"/v1/jobs/{job_id}/events", headers={"Last-Event-ID": number})
        assert told(rest.text) == whole[place + 1 :]


@pytest.mark.parametrize("given", ["x", "1-2", "1-2-3-4", "-1-0-0", "9999999999-0-0", "1-0-0\u00b2"])
def test_an_id_that_is_none_of_the_streams_is_refused(house: House, given: str) -> None:
    job_id = house.submitted()
    answer = house.ask("GET", f"/v1/jobs/{job_id}/events", headers={"Last-Event-ID": given})
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["pointer"] == "#/headers/Last-Event-ID"


def test_a_long_story_is_told_whole(house: House) -> None:
    job_id = house.submitted()
    _, lease = house.start()
    with house.parts.database.writing() as session:
        jobs.add_lines(session, lease, [f"line {number}" for number in range(1, 1301)])
        jobs.succeed(session, lease)
    story = told(house.ask("GET", f"/v1/jobs/{job_id}/events").text)
    assert [data["number"] for _, name, data in story if name == "log"] == list(range(1, 1301))
    assert [name for _, name, _ in story][-2:] == ["status", "end"]
    listed = house.ask("GET", f"/v1/jobs/{job_id}/events", headers={"Accept": "application/json"}).get_json()
    assert listed["has_more"] is True


def test_the_same_story_is_a_list_when_that_is_asked_for(house: House) -> None:
    job_id = finished(house)
    wanted = {"Accept": "application/json"}
    listed = house.ask("GET", f"/v1/jobs/{job_id}/events", headers=wanted).get_json()
    stream = told(house.ask("GET", f"/v1/jobs/{job_id}/events").text)
    assert [(one["id"], one["event"], one["data"]) for one in listed["data"]] == stream
    assert listed["has_more"] is False
    rest = house.ask("GET", f"/v1/jobs/{job_id}/events", headers=wanted | {"Last-Event-ID": "2-1-1"})
    assert rest.get_json()["data"] == listed["data"][4:]


def test_of_progress_the_latest_is_told(house: House) -> None:
    job_id = house.submitted()
    _, lease = house.start()
    for step in (1, 2):
        with house.parts.database.writing() as session:
            jobs.renew(session, lease, seconds=1.0, progress={"epoch": 1, "step": step})
    listed = house.ask("GET", f"/v1/jobs/{job_id}/events", headers={"Accept": "application/json"}).get_json()
    assert [one["data"] for one in listed["data"] if one["event"] == "progress"] == [{"epoch": 1, "step": 2}]


def test_a_stream_that_is_never_read_gives_its_place_back(build: Callable[..., House]) -> None:
    house = build(event_streams=1)
    job_id = house.submitted()
    for _ in range(3):
        answer = house.app.test_client().get(
            f"/v1/jobs/{job_id}/events", headers={"Authorization": f"Bearer {house.tokens['ann']}"}
        )
        assert answer.status_code == 200
        answer.close()


def test_a_stream_holds_no_connection_to_the_database_between_looks(house: House) -> None:
    job_id = house.submitted()
    story = events.Story(house.parts, job_id, jobs.Cursor()).tell()
    assert next(story).startswith(b"retry")
    assert b"event: status" in next(story)
    assert house.parts.database.engine.pool.status().endswith("Current Checked out connections: 0")
    story.close()


def test_a_job_that_is_deleted_ends_its_stream(house: House) -> None:
    job_id = house.submitted()
    story = events.Story(house.parts, job_id, jobs.Cursor()).tell()
    next(story)
    next(story)
    house.ask("POST", f"/v1/jobs/{job_id}/cancel")
    house.ask("DELETE", f"/v1/jobs/{job_id}")
    assert list(story) == []


def test_silence_is_broken_by_a_comment(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    assert events.COMMENT_SECONDS < 15
    monkeypatch.setattr(events, "COMMENT_SECONDS", 0.3)
    story = events.Story(house.parts, house.submitted(), jobs.Cursor()).tell()
    next(story)
    next(story)
    assert next(story) == b": still here\n\n"
    story.close()


def test_events_come_as_they_happen_over_a_real_connection_and_streams_are_bounded(
    build: Callable[..., House], serve: Callable[..., Served]
) -> None:
    house = build()
    job_id = house.submitted()
    served = serve(event_streams=2)
    headers = {"Authorization": f"Bearer {house.tokens['ann']}"}
    came: list[tuple[str, float]] = []

    def listen() -> None:
        with httpx.stream(
            "GET", f"{served.url}/v1/jobs/{job_id}/events", headers=headers, trust_env=False, timeout=20
        ) as stream:
            named = (line for line in stream.iter_lines() if line.startswith("event: "))
            came.extend((line.removeprefix("event: "), time.monotonic()) for line in named)

    first, second = threading.Thread(target=listen), threading.Thread(target=listen)
    first.start()
    second.start()
    wait_until(lambda: len(came) == 2)
    refused = served.http.get(f"/v1/jobs/{job_id}/events")
    assert refused.status_code == 503
    assert int(refused.headers["Retry-After"]) > 0
    assert refused.json()["type"] == "/problems/unavailable"
    assert served.http.get(f"/v1/jobs/{job_id}").status_code == 200
    _, lease = house.start()
    house.add_epoch(lease, 1, loss=0.5)
    told_at = time.monotonic()
    wait_until(lambda: [name for name, _ in came].count("epoch") == 2)
    assert max(at for _, at in came) - told_at < 1.5
    with house.parts.database.writing() as session:
        jobs.succeed(session, lease)
    first.join(10)
    second.join(10)
    assert [name for name, _ in came].count("end") == 2
    # Both places are free again.
    assert served.http.get(f"/v1/jobs/{job_id}/events").status_code == 200


def test_a_reader_that_goes_away_gives_its_place_back(
    build: Callable[..., House], serve: Callable[..., Served]
) -> None:
    job_id = build().submitted()
    served = serve(event_streams=1)
    with served.http.stream("GET", f"/v1/jobs/{job_id}/events") as stream:
        assert stream.status_code == 200
        lines = stream.iter_lines()
        assert next(lines).startswith("retry")
        assert not free(served, job_id)
    wait_until(lambda: free(served, job_id), events.COMMENT_SECONDS + 5)


def free(served: Served, job_id: str) -> bool:
    """Whether there is a place for a stream."""
    with served.http.stream("GET", f"/v1/jobs/{job_id}/events") as stream:
        return stream.status_code == 200
