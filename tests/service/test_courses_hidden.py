"""Nothing tells a student anything of the hidden rows but a score: every address is tried."""

import json
from collections.abc import Iterator
from typing import Any

import orjson
import pytest

from core.courses import marking
from core.tables import Assignment, Dataset
from tests.service.classroom import SUBMISSION, Classroom, evaluation
from tests.service.houses import House

# As no number is that the service reckons by itself: a share of hidden rows that were right.
ACCURACY = 0.7321987
# What the scorer would tell of a hidden row.
TELLTALE = "telltale-row"


class Scored(Classroom):
    """Bob has handed something in, and it was scored."""

    assignment: str
    kept: str
    handed_in: dict[str, Any]

    @property
    def model(self) -> str:
        made: str = self.get(f"/v1/submissions/{self.handed_in['id']}", by="bob")["model"]["id"]
        return made


@pytest.fixture
def room(house: House) -> Scored:
    room = Scored(house)
    room.assignment = room.assigned(leaderboard={"show": "names"}, scoring={"baseline": 0.5, "target": 1})
    found = evaluation(ACCURACY)
    found["outputs"]["dense"]["mistakes"] = [{"row": 3, "actual": TELLTALE}]
    path = house.settings.home / "evaluation.json"
    path.write_bytes(orjson.dumps(found))
    room.kept = house.parts.artifacts.keep(path)
    room.handed_in = room.submitted(room.assignment)
    job, lease = house.start()
    house.add_epoch(lease, 1, loss=0.5)
    room.finish(job, lease, found, room.kept)
    return room


def test_no_address_tells_a_student_what_is_hidden(room: Scored) -> None:
    secrets = [TELLTALE, str(ACCURACY), room.kept, *hidden_of(room)]
    asked = 0
    for method, path in addresses(room):
        for by in ("bob", "carl", "dora"):
            answer = room.house.ask(method, path, by=by, json={} if method != "GET" else None)
            found = [secret for secret in secrets if secret in answer.text]
            assert not found, (method, path, by)
            asked += answer.status_code == 200
    assert asked > 30, "most of what bob asks for is his to see"


def test_a_teacher_sees_all_of_it(room: Scored) -> None:
    submission = room.handed_in["id"]
    assert room.get(f"/v1/submissions/{submission}")["teacher"]["hidden"]["accuracy"] == ACCURACY
    assert TELLTALE in json.dumps(room.get(f"/v1/submissions/{submission}/evaluation"))
    refused = room.ask("GET", f"/v1/submissions/{submission}/evaluation", by="bob")
    assert refused.status_code == 403
    assert room.get(f"/v1/submissions/{submission}", by="bob")["score"] == 78.58


def test_what_a_course_shares_has_no_hidden_row_in_it(room: Scored) -> None:
    shared = room.get(f"/v1/assignments/{room.assignment}", by="bob")["dataset"]
    told = room.get(f"/v1/datasets/{shared}", by="bob")
    assert told["splits"] == {"train": 160, "test": 20}
    assert told["rows"] == 180
    assert "warnings" in told
    assert shared in [one["id"] for one in room.get("/v1/datasets", by="bob")["data"]]
    preview = room.get(f"/v1/datasets/{shared}/preview?limit=100", by="bob")
    assert [one["test"] for one in preview["class_counts"]] == [10, 10]
    rows = {(row["a"], row["b"]) for row in preview["rows"]}
    whole = room.get("/v1/datasets/numbers/preview?limit=100")["rows"]
    assert len(whole) == 100
    assert len(rows) == sum((row["a"], row["b"]) in rows for row in whole) < 90, "not those to test on"
    assert room.ask("GET", f"/v1/datasets/{shared}", by="dora").status_code == 404
    assert room.ask("GET", f"/v1/datasets/{room.source['id']}", by="bob").status_code == 404
    assert room.ask("DELETE", f"/v1/datasets/{shared}", by="bob").status_code == 403


def test_students_may_train_on_what_is_shared_outside_of_the_assignment_too(room: Scored) -> None:
    shared = room.get(f"/v1/assignments/{room.assignment}", by="carl")["dataset"]
    answer = room.ask("POST", "/v1/jobs", {**SUBMISSION, "dataset": shared, "name": "mine"}, by="carl")
    assert answer.status_code == 202
    job, _ = room.house.start()
    with room.house.parts.database.reading() as session:
        assert marking.order(session, job) is None, "of hidden rows such a job is given nothing"
    assert (
        room.ask("POST", "/v1/jobs", {**SUBMISSION, "dataset": room.source["id"]}, by="carl").status_code
        == 422
    )


def test_a_teacher_tries_the_model_of_a_student_and_others_do_not(room: Scored) -> None:
    model = room.model
    assert room.ask("GET", f"/v1/models/{model}").status_code == 200
    assert room.ask("GET", f"/v1/models/{model}", by="bob").status_code == 200
    assert room.ask("GET", f"/v1/models/{model}", by="carl").status_code == 404
    assert room.ask("GET", f"/v1/jobs/{room.handed_in['job']}").status_code == 200
    assert room.ask("GET", f"/v1/jobs/{room.handed_in['job']}", by="carl").status_code == 404


def hidden_of(room: Scored) -> Iterator[str]:
    """The hashes of what is hidden, and of the arrays of the whole data set."""
    with room.house.parts.database.reading() as session:
        yield from session.get_one(Assignment, room.assignment).hidden.values()
        source = session.get_one(Dataset, room.source["id"])
        yield from (source.artifacts[name] for name in ("x_test", "y_test"))


def addresses(room: Scored) -> Iterator[tuple[str, str]]:
    """Every address, with what was made in the place of its variables."""
    model = room.model
    dataset = room.get(f"/v1/assignments/{room.assignment}")["dataset"]
    places: dict[str, Any] = {
        "assignment": room.assignment,
        "course": room.course,
        "dataset": dataset,
        "exercise": "digits-dense",
        "job": room.handed_in["job"],
        "model": model,
        "submission": room.handed_in["id"],
        "version": 1,
    }
    described = room.house.ask("GET", "/openapi.json", by=None).get_json()
    for path, methods in described["paths"].items():
        for method in methods:
            filled = path
            for name, value in places.items():
                filled = filled.replace("{" + name + "}", str(value))
            # What ends or undoes something is not tried; nor is a download of the network, which is bob's.
            if (
                method in {"get", "post"}
                and "{" not in filled
                and not filled.endswith(("/cancel", "/artifact"))
            ):
                yield method.upper(), filled
