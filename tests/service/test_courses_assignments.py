"""Assignments over HTTP: rules, attempts, dates, grades, the leaderboard, regrades."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.docs.pages import fences
from tests.service.classroom import NETWORK, SUBMISSION, Classroom
from tests.service.houses import House


@pytest.fixture
def room(house: House) -> Classroom:
    return Classroom(house)


def pointers(answer: TestResponse) -> list[str]:
    assert answer.status_code == 422, answer.text
    return [one["pointer"] for one in answer.get_json()["errors"]]


def later(**time: float) -> str:
    return (datetime.now(UTC) + timedelta(**time)).isoformat()


@pytest.mark.parametrize("engine", ["sqlite_url", "postgres_url"])
def test_what_counts_is_the_best_and_grades_follow(
    engine: str, build: Callable[..., House], request: pytest.FixtureRequest
) -> None:
    room = Classroom(build(database_url=request.getfixturevalue(engine)))
    assignment = room.assigned()
    assert room.grade(assignment) is None
    first = room.scored(assignment, 0.7)
    assert (first["score"], first["counted"], first["status"]) == (70.0, True, "succeeded")
    room.scored(assignment, 0.9)
    room.scored(assignment, 0.8)
    assert room.grade(assignment) == 90.0
    assert room.ask("PATCH", f"/v1/assignments/{assignment}", {"counts": "last"}).status_code == 200
    assert room.grade(assignment) == 80.0
    rows = room.get(f"/v1/assignments/{assignment}/grades")["data"]
    told = [(one["user"], one["score"], one["submissions"]) for one in rows]
    assert told == [("bob", 80.0, 3), ("carl", None, 0)]
    (own,) = room.get(f"/v1/assignments/{assignment}/grades", by="bob")["data"]
    assert own["user"] == "bob"


def test_an_assignment_that_cannot_be_has_pointers(room: Classroom) -> None:
    good = {
        "course": room.course,
        "title": "T",
        "dataset": "numbers",
        "metric": {"name": "accuracy"},
        "scoring": {"baseline": 0.5, "target": 0.9},
    }
    for change, pointer in (
        ({"course": "crs_none"}, "#/course"),
        ({"dataset": "none"}, "#/dataset"),
        ({"exercise": "digits"}, "#/dataset"),
        ({"metric": {"name": "r2"}}, "#/metric/name"),
        ({"scoring": {"baseline": 0.5}}, "#/scoring"),
        ({"scoring": {"points": [[0.5, 60], [0.5, 100]]}}, "#/scoring/points"),
        ({"rules": {"layers": ["Dens"]}}, "#/rules/layers/0"),
        ({"rules": {"training": {"epochs": "many"}}}, "#/rules/training/epochs"),
        ({"rules": {"choices": ["epoch"]}}, "#/rules/choices/0"),
        ({"due_at": later(days=2), "lock_at": later(days=1)}, "#/lock_at"),
        ({"hidden": 2}, "#/hidden"),
        ({"colour": "red"}, "#/colour"),
        (
            {"baselines": [{"title": "B", "model": {"layers": [{"type": "Dens"}]}}]},
            "#/baselines/0/model/layers/0/type",
        ),
    ):
        found = pointers(room.ask("POST", "/v1/assignments", good | change))
        assert found[0] == pointer, change
    assert room.ask("POST", "/v1/assignments", good, by="bob").status_code == 403
    assert pointers(room.ask("POST", "/v1/assignments", good, by="dora")) == ["#/course"]


def test_rules_are_held_with_pointers_at_what_breaks_them(room: Classroom) -> None:
    rules = {
        "layers": ["Dense"],
        "max_parameters": 100,
        "max_epochs": 5,
        "training": {"seed": 3},
        "choices": ["epochs", "optimizer"],
    }
    assignment = room.assigned(rules=rules)
    wide: dict[str, Any] = {"layers": [{"type": "Dense", "units": 99}, *NETWORK["layers"]]}
    noisy: dict[str, Any] = {"layers": [{"type": "Dropout", "rate": 0.1}, *NETWORK["layers"]]}
    for change, pointer in (
        ({"model": noisy}, "#/model/layers/0/type"),
        ({"model": wide}, "#/model"),
        ({"training": {"epochs": 6}}, "#/training/epochs"),
        ({"training": {"seed": 4}}, "#/training/seed"),
        ({"training": {"batch_size": 8}}, "#/training/batch_size"),
        ({"training": {"initial_model": "numbers"}}, "#/training/initial_model"),
        ({"model": {"layers": [{"type": "Dense"}]}}, "#/model/layers/0/units"),
        ({"dataset": "numbers"}, "#/dataset"),
    ):
        assert pointer in pointers(room.submit(assignment, **change)), change
        checked = room.ask("POST", f"/v1/assignments/{assignment}/check", SUBMISSION | change, by="bob")
        assert pointer in pointers(checked)
    made = room.submitted(assignment)
    assert made["spec"]["training"] == {"epochs": 3, "seed": 3}
    assert made["mine"]["attempts"]["used"] == 1
    assert room.get(f"/v1/assignments/{assignment}", by="bob")["rules"]["max_epochs"] == 5


def test_a_layer_inside_of_another_is_looked_at_too(room: Classroom) -> None:
    assignment = room.assigned(rules={"layers": ["Reshape", "Bidirectional", "LSTM", "Dense"]})
    inside = {"type": "Bidirectional", "layer": {"type": "GRU", "units": 2}}
    model = {"layers": [{"type": "Reshape", "target_shape": [2, 1]}, inside, *NETWORK["layers"]]}
    assert pointers(room.submit(assignment, model=model)) == ["#/model/layers/1/layer/type"]


def test_attempts_are_told_and_end_and_what_is_not_ones_own_fault_does_not_count(room: Classroom) -> None:
    assignment = room.assigned(attempts={"per_day": 2, "total": 3})
    room.scored(assignment, 0.5)
    made = room.submitted(assignment)
    assert made["mine"]["attempts"]["left_today"] == 0
    refused = room.submit(assignment)
    assert refused.status_code == 202, "the one that waits is superseded, and is no attempt"
    assert room.get(f"/v1/submissions/{made['id']}")["superseded"]
    _, lease = room.house.start()
    refused = room.submit(assignment)
    assert refused.status_code == 429
    assert refused.get_json()["limit"] == "attempts a day"
    assert 0 < int(refused.headers["Retry-After"]) <= 86400
    room.house.fail(lease, "internal")
    assert room.get(f"/v1/assignments/{assignment}", by="bob")["mine"]["attempts"]["used"] == 1
    room.submitted(assignment)
    _, lease = room.house.start()
    room.house.fail(lease, "nan_loss")
    assert room.submit(assignment).status_code == 429, "a learning rate that is too large is one's own"
    extension = {"user": "bob", "attempts": 1}
    assert room.ask("PUT", f"/v1/assignments/{assignment}/extensions", extension).status_code == 200
    assert room.submit(assignment).status_code == 202
    assert room.submit(assignment, by="carl").status_code == 202, "others have their own"


def test_what_arrives_late_costs_and_what_is_locked_is_not_taken(room: Classroom) -> None:
    dates = {"due_at": later(hours=-30), "lock_at": later(hours=1), "penalty": {"per_day": 10, "most": 15}}
    assignment = room.assigned(**dates)
    done = room.scored(assignment, 0.8)
    assert (done["days_late"], done["penalty"], done["score"]) == (2, 15.0, 65.0)
    extensions = f"/v1/assignments/{assignment}/extensions"
    extended = room.ask("PUT", extensions, {"user": "bob", "due_at": later(days=3)}).get_json()
    assert room.grade(assignment) == 80.0, "a grade follows an extension"
    assert room.ask("PATCH", f"/v1/assignments/{assignment}", {"lock_at": later(hours=-1)}).status_code == 200
    assert room.submit(assignment, by="carl").status_code == 409
    assert room.submit(assignment).status_code == 202, "who was given more time has it"
    assert room.ask("DELETE", f"{extensions}/{extended['id']}").status_code == 204
    assert room.grade(assignment) == 65.0
    assert room.get(extensions)["data"] == []


def test_a_group_has_one_run_and_each_member_a_score(room: Classroom) -> None:
    groups = f"/v1/courses/{room.course}/groups"
    group = room.post(groups, {"name": "One", "members": ["bob", "carl"]})
    assignment = room.assigned(groups=True, attempts={"total": 1})
    made = room.scored(assignment, 0.6, by="bob")
    assert made["group"] == group["id"]
    assert [room.grade(assignment, by=name) for name in ("bob", "carl")] == [60.0, 60.0]
    assert room.submit(assignment, by="carl").status_code == 429, "attempts are the group's"
    assert room.get(f"/v1/submissions/{made['id']}", by="carl")["user"] == "bob"
    assert room.ask("GET", f"/v1/jobs/{made['job']}", by="carl").status_code == 200
    assert room.ask("PATCH", f"{groups}/{group['id']}", {"members": ["bob"]}).status_code == 200
    assert [room.grade(assignment, by=name) for name in ("bob", "carl")] == [60.0, None]
    assert room.ask("DELETE", f"{groups}/{group['id']}").status_code == 409
    rows = {one["user"]: one["scores"] for one in room.get(f"/v1/courses/{room.course}/grades")["data"]}
    assert rows == {"bob": {assignment: 60.0}, "carl": {assignment: None}}


def test_the_chosen_one_counts_where_that_is_the_rule(room: Classroom) -> None:
    assignment = room.assigned(counts="chosen")
    worse, better = room.scored(assignment, 0.4), room.scored(assignment, 0.6)
    assert room.grade(assignment) == 60.0, "the best, as long as nobody chose"
    chosen = room.ask("POST", f"/v1/submissions/{worse['id']}/choose", by="bob")
    assert chosen.get_json()["chosen"]
    assert room.grade(assignment) == 40.0
    assert room.ask("POST", f"/v1/submissions/{better['id']}/choose", by="ann").status_code == 403
    assert room.ask("POST", f"/v1/submissions/{better['id']}/choose", by="carl").status_code == 404


def test_the_leaderboard_has_pseudonyms_the_top_oneself_and_baselines(room: Classroom) -> None:
    baseline = {"title": "One layer", "model": NETWORK}
    assignment = room.assigned(leaderboard={"show": "pseudonyms", "top": 1}, baselines=[baseline])
    room.score(0.55)
    room.scored(assignment, 0.9, by="carl")
    room.scored(assignment, 0.5, by="bob")
    board = f"/v1/assignments/{assignment}/leaderboard"
    mine = room.get(board, by="bob")["data"]
    assert [(one["place"], one["own"]) for one in mine] == [(1, False), (3, True)]
    assert "carl" not in str(mine)
    whole = room.get(board)["data"]
    assert [one["name"] for one in whole] == ["carl", "One layer", "bob"]
    assert room.get(f"/v1/assignments/{assignment}", by="bob")["baselines"][0]["score"] == 55.0
    room.ask("PATCH", f"/v1/assignments/{assignment}", {"leaderboard": {"show": "off"}})
    assert room.ask("GET", board, by="bob").status_code == 404
    assert room.grade(assignment, by="bob") == 50.0


def test_before_the_deadline_the_leaderboard_stands_still(room: Classroom) -> None:
    board = {"show": "names", "frozen_hours": 24}
    assignment = room.assigned(leaderboard=board, due_at=later(hours=24))
    room.scored(assignment, 0.5)
    room.ask("PATCH", f"/v1/assignments/{assignment}", {"due_at": later(hours=23, minutes=59.99)})
    path = f"/v1/assignments/{assignment}/leaderboard"
    before = room.get(path, by="bob")
    assert before["frozen_at"]
    room.ask("PATCH", f"/v1/assignments/{assignment}", {"due_at": later(hours=1)})
    assert room.get(path, by="bob")["data"] == [], "it arrived after the board was frozen"
    assert len(room.get(path)["data"]) == 1, "a teacher sees it as it is"


def test_a_regrade_of_the_class_scores_trained_networks_or_trains_anew(room: Classroom) -> None:
    assignment = room.assigned()
    room.scored(assignment, 0.9, by="bob")
    room.scored(assignment, 0.8, by="carl")
    before = room.get(f"/v1/assignments/{assignment}", by="bob")["dataset"]
    path = f"/v1/assignments/{assignment}"
    assert room.ask("PATCH", path, {"hidden": 0.25}).status_code == 200
    submission = room.get(f"{path}/submissions?user=bob")["data"][0]["id"]
    assert room.get(f"/v1/submissions/{submission}")["teacher"]["outdated"]
    regraded = room.post(f"{path}/regrade", {"how": "rescore"})
    assert (regraded["jobs"], regraded["skipped"]) == (2, [])
    own = room.house.submit(by="root", dataset=room.house.given(by="root")["id"]).get_json()["id"]
    first, _ = room.house.start()
    assert first.id == own, "behind everybody else's"
    room.score(0.7)
    room.score(0.6)
    assert [room.grade(assignment, by=name) for name in ("bob", "carl")] == [70.0, 60.0]
    told = room.get(f"/v1/submissions/{submission}")["teacher"]
    assert ([one["kind"] for one in told["runs"]], told["outdated"]) == (["submitted", "rescored"], False)
    assert room.get(path, by="bob")["dataset"] == before
    assert room.post(f"{path}/regrade", {"how": "retrain"})["jobs"] == 2
    assert room.post(f"{path}/regrade", {"how": "retrain"})["jobs"] == 2, "the earlier ones are superseded"
    room.score(1.0)
    room.score(0.5)
    assert room.house.ask("GET", "/v1/jobs?status=queued", by="root").get_json()["data"] == []
    assert {room.grade(assignment, by=name) for name in ("bob", "carl")} == {100.0, 50.0}
    assert pointers(room.ask("POST", f"{path}/regrade", {"how": "again"})) == ["#/how"]


def test_grades_are_had_as_csv_in_which_no_name_is_a_formula(room: Classroom) -> None:
    assignment = room.assigned(title="=1+1")
    room.scored(assignment, 0.5)
    for path, head in (
        (f"/v1/assignments/{assignment}/grades", "\ufeffuser,group,score,penalty"),
        (f"/v1/courses/{room.course}/grades", "\ufeffuser,'=1+1"),
    ):
        answer = room.house.ask("GET", path, headers={"Accept": "text/csv"})
        assert answer.mimetype == "text/csv"
        first, second, *_ = answer.text.splitlines()
        assert first.startswith(head)
        assert second.startswith("bob,")
        assert "50.0" in second


def test_teachers_comment_and_get_a_hint_of_equal_specs(room: Classroom) -> None:
    assignment = room.assigned()
    renamed = {"layers": [{"type": "Dense", "units": 2, "activation": "softmax", "name": "mine"}]}
    bobs = room.submitted(assignment)
    carls = room.submitted(assignment, by="carl", model=renamed, training={"epochs": 3, "seed": 9})
    other = room.submitted(assignment, by="carl", training={"epochs": 4})
    told = room.get(f"/v1/submissions/{bobs['id']}")
    assert told["teacher"]["same_spec"] == [carls["id"]]
    assert other["id"] not in told["teacher"]["same_spec"]
    path = f"/v1/submissions/{bobs['id']}"
    assert room.ask("PATCH", path, {"comment": "Why softmax?"}).status_code == 200
    seen = room.get(path, by="bob")
    assert (seen["comment"], seen["teacher"]) == ("Why softmax?", None)
    assert room.ask("PATCH", path, {"comment": "x"}, by="bob").status_code == 403
    assert room.ask("GET", path, by="carl").status_code == 404


def test_what_was_handed_in_stays(room: Classroom) -> None:
    assignment = room.assigned()
    made = room.scored(assignment, 0.5)
    for method, path in (
        ("DELETE", f"/v1/jobs/{made['job']}"),
        ("POST", f"/v1/jobs/{made['job']}/retry"),
        ("DELETE", f"/v1/models/{assignment}/versions/1"),
    ):
        assert room.ask(method, path, by="bob").status_code == 409, path
    for path in (f"/v1/assignments/{assignment}", f"/v1/courses/{room.course}"):
        assert room.ask("DELETE", path).status_code == 409
    shared = room.get(f"/v1/assignments/{assignment}")["dataset"]
    assert room.ask("DELETE", f"/v1/datasets/{shared}").status_code == 409
    assert room.ask("DELETE", f"/v1/datasets/{room.source['id']}").status_code == 204
    again = room.ask("PATCH", f"/v1/assignments/{assignment}", {"hidden": 0})
    assert again.status_code == 409
    assert room.ask("PATCH", f"/v1/assignments/{assignment}", {"title": "Other"}).status_code == 200


def test_an_assignment_that_nobody_handed_in_for_is_deleted_with_what_it_shared(room: Classroom) -> None:
    assignment = room.assigned(baselines=[{"title": "B", "model": NETWORK}])
    shared = room.get(f"/v1/assignments/{assignment}")["dataset"]
    assert room.ask("DELETE", f"/v1/assignments/{assignment}").status_code == 409, "its entry waits"
    room.score(0.5)
    room.submitted(assignment, by="ann")  # a teacher's trial
    room.score(0.5)
    assert room.ask("DELETE", f"/v1/assignments/{assignment}").status_code == 204
    assert room.ask("GET", f"/v1/datasets/{shared}").status_code == 404
    assert room.ask("DELETE", f"/v1/courses/{room.course}").status_code == 204


def test_the_same_request_sent_again_is_one_attempt(room: Classroom) -> None:
    assignment = room.assigned(attempts={"total": 1})
    path, key = f"/v1/assignments/{assignment}/submissions", {"Idempotency-Key": "once"}
    first = room.house.ask("POST", path, by="bob", json=SUBMISSION, headers=key)
    again = room.house.ask("POST", path, by="bob", json=SUBMISSION, headers=key)
    assert (first.status_code, again.get_json()["id"]) == (202, first.get_json()["id"])


def test_a_fixed_network_need_not_be_sent(room: Classroom) -> None:
    assignment = room.assigned(rules={"model": NETWORK})
    answer = room.ask("POST", f"/v1/assignments/{assignment}/submissions", {}, by="bob")
    assert answer.get_json()["spec"]["model"] == NETWORK
    other = {"layers": [{"type": "Dense", "units": 2}]}
    assert pointers(room.submit(assignment, model=other)) == ["#/model"]


def test_the_assignment_that_the_page_shows_is_taken_as_it_stands(room: Classroom) -> None:
    (fence,) = [one for one in fences() if one.kind == "assignment"]
    # The page's data set has pictures: this one has none, and the networks would not fit it.
    document = {name: value for name, value in json.loads(fence.text).items() if name != "baselines"}
    answer = room.ask("POST", "/v1/assignments", document | {"course": room.course, "dataset": "numbers"})
    assert answer.status_code == 201, answer.text
    assert {name: answer.get_json()[name] for name in ("rules", "attempts", "leaderboard")} == {
        "rules": {"max_seconds": None, "model": None, "initial_model": False} | document["rules"],
        "attempts": document["attempts"],
        "leaderboard": document["leaderboard"],
    }


def test_an_assignment_is_changed_and_mistakes_have_pointers(room: Classroom) -> None:
    path = f"/v1/assignments/{room.assigned()}"
    changed = room.ask("PATCH", path, {"text": "# Hello", "attempts": {"per_day": 3}}).get_json()
    assert (changed["text"], changed["attempts"]) == ("# Hello", {"per_day": 3, "total": None})
    assert pointers(room.ask("PATCH", path, {"dataset": "numbers"})) == ["#/dataset"]
    assert pointers(room.ask("PATCH", path, {"scoring": {}})) == ["#/scoring"]
    assert room.ask("PATCH", path, {"title": "x"}, by="bob").status_code == 403
    assert room.get("/v1/assignments?course=crs_none")["data"] == []
    assert len(room.get(f"/v1/assignments?course={room.course}", by="bob")["data"]) == 1
