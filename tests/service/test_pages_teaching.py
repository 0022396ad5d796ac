"""What the server writes for teachers: courses, assignments, the class, one student."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from markupsafe import escape
from werkzeug.test import TestResponse

from core import db
from core.courses import exercises
from core.lti import grades as outbox
from core.lti import registrations
from core.lti.scores import SCORE
from core.tables import LtiLink, LtiPerson, LtiRegistration, LtiScore, User
from service.pages import assignment_form, clock, progress
from tests.service.classroom import Classroom
from tests.service.houses import House
from tests.service.test_sessions import csrf, signed_in

HOSTILE = "<img src=x onerror=alert(1)>\u202e"
# What the form of an assignment says at the least.
LEAST = {
    "title": "Odd or even",
    "text": "Tell **odd** from even.",
    "dataset": "numbers",
    "metric.name": "accuracy",
    "scoring.baseline": "0.5",
    "scoring.target": "0.9",
    "hidden": "50",
    "counts": "best",
    "leaderboard.show": "off",
    "rules.chooses": "all",
}


@pytest.fixture
def room(house: House) -> Classroom:
    return Classroom(house)


@pytest.fixture
def ann(room: Classroom) -> FlaskClient:
    return signed_in(room.house)


def send(browser: FlaskClient, path: str, **form: Any) -> TestResponse:  # noqa: ANN401 - a form's fields
    return browser.post(path, data=form | {"csrf_token": csrf(browser.get("/tokens"))})


def called(room: Classroom, name: str, full_name: str) -> None:
    """Gives somebody the name that a platform would."""
    with room.house.parts.database.writing() as session:
        session.query(User).filter_by(name=name).one().full_name = full_name


def field(page: str, name: str) -> str:
    """What stands in a field of a form."""
    found = re.search(rf'<input [^>]*name="{re.escape(name)}"[^>]* value="([^"]*)"', page)
    assert found, name
    return found[1]


def wrong(page: str, name: str) -> str:
    """What stands beside a field, as wrong."""
    found = re.search(rf'<p class="wrong" id="w-{name.replace(".", "-")}">(.*?)</p>', page, re.DOTALL)
    assert found, name
    return found[1]


def test_a_course_is_made_renamed_and_deleted_without_a_script(house: House) -> None:
    browser = signed_in(house)
    assert 'action="/courses/new"' in browser.get("/courses").text
    refused = send(browser, "/courses/new", name="Learning", timezone="Nowhere")
    assert refused.status_code == 422
    assert "There is no time zone" in wrong(refused.text, "timezone")
    assert field(refused.text, "name") == "Learning"
    path = send(browser, "/courses/new", name="Learning", timezone="Europe/Paris").location
    assert "People and groups" in browser.get(path).text
    assert send(browser, f"{path}/settings", name=HOSTILE, timezone="UTC").location == path
    page = browser.get(path).text
    assert str(escape(HOSTILE)) in page
    assert "<img src=x" not in page
    assert send(browser, f"{path}/settings", name="", timezone="UTC").status_code == 422
    assert send(browser, f"{path}/delete").location == "/courses"
    assert browser.get(path).status_code == 404


def test_people_are_brought_in_changed_and_removed(room: Classroom, ann: FlaskClient) -> None:
    path = f"/courses/{room.course}/people"
    called(room, "bob", HOSTILE)
    page = ann.get(path).text
    assert str(escape(HOSTILE)) in page
    assert "<img src=x" not in page
    assert send(ann, path, user="dora", role="student").status_code == 303
    assert send(ann, path, user="carl", role="teacher").status_code == 303
    assert {one["user"]: one["role"] for one in room.get(f"/v1{path[:-7]}/members")["data"]} == {
        "ann": "teacher",
        "bob": "student",
        "carl": "teacher",
        "dora": "student",
    }
    assert "an administrator makes one" in wrong(send(ann, path, user="nobody", role="student").text, "user")
    assert send(ann, f"{path}/remove", user="carl").status_code == 303
    refused = send(ann, f"{path}/remove", user="ann")
    assert refused.status_code == 409
    assert "only teacher" in refused.text


def test_groups_are_made_filled_and_deleted(room: Classroom, ann: FlaskClient) -> None:
    path = f"/courses/{room.course}/groups"
    made = send(ann, path, name="Team 1").location
    page = ann.get(made).text
    assert page.count('name="members"') == 2
    assert send(ann, made, name="Team A", members=["bob", "carl"]).status_code == 303
    [group] = room.get(f"/v1{path}")["data"]
    assert (group["name"], group["members"]) == ("Team A", ["bob", "carl"])
    again = send(ann, path, name="Team A")
    assert again.status_code == 409
    assert "a group" in wrong(again.text, "group")
    assert send(ann, made, name="Team A", members=["dora"]).status_code == 422
    assert send(ann, f"{made}/delete").status_code == 303
    assert room.get(f"/v1{path}")["data"] == []


def test_an_assignment_is_made_of_an_exercise_with_its_data_set_in_one_press(house: House) -> None:
    browser = signed_in(house)
    path = send(browser, "/courses/new", name="Learning", timezone="Europe/Paris").location
    choices = browser.get(f"{path}/assignments/new").text
    for one in exercises.listed():
        assert f"?exercise={one.name}" in choices
        assert str(escape(one.assignment["title"])) in choices
    form = browser.get(f"{path}/assignments/new?exercise=overfitting")
    exercise = exercises.look_up("overfitting")
    title = field(form.text, "title")
    assert title == str(escape(exercise.assignment["title"]))
    values = assignment_form.values(exercise.assignment, "Europe/Paris")
    said = {name: value for name, value in values.items() if isinstance(value, str)}
    words = values["translations"][0]
    translated = {f"translations.1.{part}": words[part] for part in ("language", "title", "text")}
    made = send(
        browser,
        f"{path}/assignments/new",
        exercise="overfitting",
        **said | translated | {"rules.layers": values["rules.layers"], "due_at": "2030-07-01T23:59"},
    )
    assert made.status_code == 303, made.text
    told = house.ask("GET", f"/v1{made.location}").get_json()
    assert told["due_at"] == "2030-07-01T21:59:00Z"
    assert told["exercise"] == "overfitting"
    asked = exercise.assignment
    assert (told["title"], told["hidden"]) == (asked["title"], asked["hidden"])
    assert told["scoring"] == asked["scoring"] | {"points": None}
    assert {name: told["rules"][name] for name in asked["rules"]} == asked["rules"]
    assert told["translations"]["fr"]["title"] == asked["translations"]["fr"]["title"]
    assert [one["title"] for one in told["baselines"]] == [exercise.baseline.title]


def test_of_a_data_set_of_ones_own_all_fields_are_said(room: Classroom, ann: FlaskClient) -> None:
    path = f"/courses/{room.course}/assignments/new"
    choices = ann.get(path).text
    assert f'<option value="{room.source["id"]}">numbers' in choices
    form = ann.get(f"{path}?dataset={room.source['id']}").text
    assert '<option value="weighted_f1">' in form
    assert '<option value="rmse">' not in form
    made = send(
        ann,
        path,
        **LEAST
        | {
            "rules.layers": ["Dense", "Dropout"],
            "rules.max_parameters": "100",
            "rules.training": '{"seed": 7}',
            "rules.chooses": "some",
            "rules.choices": ["epochs"],
            "scoring.points": "0 0\n0.5 60\n1 100",
            "attempts.per_day": "3",
            "penalty.per_day": "12.5",
            "groups": "yes",
            "leaderboard.show": "names",
            "leaderboard.top": "5",
            "translations.1.language": "fr",
            "translations.1.title": "Pair ou impair",
            "translations.1.text": "Dites-le.",
            "baselines": '[{"title": "One layer", "model": {"layers": [{"type": "Dense", "units": 2}]}}]',
        },
    )
    assert made.status_code == 303, made.text
    told = room.get(f"/v1{made.location}")
    assert told["rules"] | {"layers": ["Dense", "Dropout"]} == told["rules"]
    assert (told["rules"]["max_parameters"], told["rules"]["training"]) == (100, {"seed": 7})
    assert told["rules"]["choices"] == ["epochs"]
    assert told["scoring"]["points"] == [[0, 0], [0.5, 60], [1, 100]]
    assert (told["groups"], told["penalty"]["per_day"]) == (True, 12.5)
    assert told["attempts"] == {"per_day": 3, "total": None}
    assert told["leaderboard"] == {"show": "names", "top": 5, "frozen_hours": 0}
    assert told["translations"]["fr"]["title"] == "Pair ou impair"
    assert [one["title"] for one in told["baselines"]] == ["One layer"]
    # What it made of it is no data set to make another of.
    assert ann.get(path).text.count("<option") == 1


WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"title": ""}, "title", "at least 1"),
    ({"scoring.target": ""}, "scoring.baseline", "baseline and target"),
    ({"scoring.target": "much"}, "scoring.target", "number"),
    ({"metric.name": "rmse"}, "metric.name", "there is accuracy"),
    ({"rules.training": '{"epochs": 0}'}, "rules.training", "at least 1"),
    ({"rules.training": "{"}, "rules.training", "object"),
    ({"rules.layers": ["Dense", "Densest"]}, "rules.layers", "Densest"),
    ({"due_at": "2030-02-02T10:00", "lock_at": "2030-02-01T10:00"}, "lock_at", "before it is due"),
    ({"due_at": "soon"}, "due_at", "time"),
    ({"attempts.total": "-1"}, "attempts.total", "at least 1"),
    ({"translations.1.language": "french", "translations.1.title": "x"}, "translations", "[a-z]{2}"),
    ({"baselines": '[{"title": "x", "model": {}}]'}, "baselines", ""),
]


def test_what_is_wrong_stands_beside_its_field(room: Classroom, ann: FlaskClient) -> None:
    for changes, name, sentence in WRONG:
        page = send(ann, f"/courses/{room.course}/assignments/new", **LEAST | changes)
        assert page.status_code == 422, changes
        assert sentence in wrong(page.text, name)
        assert str(escape(LEAST["text"])) in page.text
    assert room.get("/v1/assignments")["data"] == []


def test_an_assignment_is_changed_and_what_the_form_does_not_touch_stays(
    room: Classroom, ann: FlaskClient
) -> None:
    made = room.assigned(due_at="2030-10-27T01:30:00Z", rules={"layers": ["Dense"], "initial_model": True})
    room.ask("PATCH", f"/v1/courses/{room.course}", {"timezone": "Europe/Paris"})
    before = room.get(f"/v1/assignments/{made}")
    # Clocks are put back: 01:30 UTC is the second 02:30 in Paris.
    page = ann.get(f"/assignments/{made}/change")
    assert field(page.text, "due_at") == "2030-10-27T02:30"
    values = assignment_form.values(before | {"due_at": None, "dataset": None}, "UTC")
    said = {name: value for name, value in values.items() if value and isinstance(value, str)}
    form = said | {"due_at": "2030-10-27T02:30", "title": HOSTILE, "rules.layers": ["Dense"]}
    assert send(ann, f"/assignments/{made}/change", **form).status_code == 303
    after = room.get(f"/v1/assignments/{made}")
    assert after | {"title": before["title"], "updated_at": before["updated_at"]} == before
    page = ann.get(f"/assignments/{made}/change").text
    assert "<img src=x" not in page
    assert send(ann, f"/assignments/{made}/change", **form | {"title": ""}).status_code == 422
    assert send(ann, f"/assignments/{made}/delete").status_code == 303
    assert ann.get(f"/assignments/{made}").status_code == 404


def test_a_text_is_looked_at_before_it_is_given_out(room: Classroom, ann: FlaskClient) -> None:
    form = LEAST | {"text": "# Odd\n\n<script>alert(1)</script>", "action": "preview"}
    page = send(ann, f"/courses/{room.course}/assignments/new", **form).text
    assert "<h2>Odd</h2>" in page
    assert "<script>alert" not in page
    assert room.get("/v1/assignments")["data"] == []


def test_the_class_is_told_with_those_who_handed_in_nothing(room: Classroom, ann: FlaskClient) -> None:
    made = room.assigned(due_at="2020-01-01T00:00:00Z", penalty={"per_day": 0.001})
    called(room, "carl", f"Carl {HOSTILE}")
    for accuracy in (0.9, 0.5):
        room.scored(made, accuracy)
    page = ann.get(f"/assignments/{made}/class").text
    assert "1 of 2 students" in page
    assert "<img src=x" not in page
    rows = re.findall(r'<th scope="row">(.*?)</tr>', page.split("<tbody>")[1], re.DOTALL)
    assert ["bob" in row for row in rows] == [True, False]
    assert "nothing yet" in rows[1]
    assert re.search(r"\d+ days", rows[0])
    assert "no proof" not in page
    for sort, first in (("called&order=down", "Carl"), ("score", "bob"), ("score&order=up", "bob")):
        body = ann.get(f"/assignments/{made}/class?sort={sort}").text.split("<tbody>")[1]
        assert first in body.split("</tr>")[0], sort
    table = ann.get(f"/assignments/{made}/grades.csv")
    assert table.mimetype == "text/csv"
    assert table.text.splitlines()[1].startswith("bob,,,")
    assert ann.get(f"/courses/{room.course}/grades.csv").text.splitlines()[0].endswith("Odd or even")


def test_equal_networks_are_a_hint_and_no_proof(room: Classroom, ann: FlaskClient) -> None:
    made = room.assigned()
    room.submitted(made)
    room.submitted(made, by="carl")
    page = ann.get(f"/assignments/{made}/class").text
    assert page.count("same network as") == 2
    assert "no proof of anything" in page
    page = ann.get(f"/assignments/{made}/students?name=bob").text
    assert re.search(r"The same network and training as of\s*<a [^>]*>carl</a>", page)


def test_rows_without_a_value_come_last_whichever_way() -> None:
    rows: list[dict[str, Any]] = [{"best": None}, {"best": 2.0}, {"best": 0.0}, {"best": 5.0}]
    assert [one["best"] for one in progress.ordered(rows, "best", down=True)] == [5, 2, 0, None]
    assert [one["best"] for one in progress.ordered(rows, "best", down=False)] == [0, 2, 5, None]


def test_one_student_is_told_commented_on_and_allowed_more(room: Classroom, ann: FlaskClient) -> None:
    made = room.assigned(due_at="2030-01-01T00:00:00Z", attempts={"total": 2}, counts="chosen")
    run = room.scored(made, 0.75)
    path = f"/assignments/{made}/students?name=bob"
    page = ann.get(path).text
    for told in ("0.75", "0.5", "75", "1 of 2", "chosen by the student", "Dense"):
        assert told in page, told
    sent = send(ann, f"/assignments/{made}/comments/{run['id']}", student="bob", comment=HOSTILE)
    assert sent.location == f"{path}#{run['id']}"
    assert room.get(f"/v1/submissions/{run['id']}", by="bob")["comment"] == HOSTILE
    assert "<img src=x" not in ann.get(path).text
    allowed = {"student": "bob", "due_at": "2030-01-08T00:00", "attempts": "3"}
    assert send(ann, f"/assignments/{made}/extensions", **allowed).location == path
    mine = room.get(f"/v1/assignments/{made}", by="bob")["mine"]
    assert (mine["due_at"], mine["attempts"]["total"]) == ("2030-01-08T00:00:00Z", 5)
    page = ann.get(path).text
    assert field(page, "due_at") == "2030-01-08T00:00"
    refused = send(ann, f"/assignments/{made}/extensions", student="bob", attempts="many")
    assert refused.status_code == 422
    assert "attempts" in wrong(refused.text, "attempts") or wrong(refused.text, "attempts")
    found = re.search(r'action="(/assignments/\w+/extensions/\w+/delete)"', page)
    assert found
    assert send(ann, found[1], student="bob").location == path
    assert room.get(f"/v1/assignments/{made}/extensions")["data"] == []
    assert ann.get(f"/assignments/{made}/students?name=dora").status_code == 404


def test_a_group_is_allowed_more(room: Classroom, ann: FlaskClient) -> None:
    made = room.assigned(groups=True)
    group = room.post(f"/v1/courses/{room.course}/groups", {"name": "Team", "members": ["bob"]})["id"]
    assert group in ann.get(f"/assignments/{made}/students?name=bob").text
    send(ann, f"/assignments/{made}/extensions", student="bob", group=group, attempts="1")
    assert [one["group"] for one in room.get(f"/v1/assignments/{made}/extensions")["data"]] == [group]
    assert "1 attempt more" in ann.get(f"/assignments/{made}/class").text


def test_a_name_with_slashes_has_a_page(room: Classroom, ann: FlaskClient) -> None:
    with room.house.parts.database.writing() as session:
        session.query(User).filter_by(name="bob").one().name = "a/../b?#"
    made = room.assigned()
    link = re.search(r'href="(/assignments/\w+/students[^"]+)"', ann.get(f"/assignments/{made}/class").text)
    assert link
    assert link[1].endswith("?name=a/../b?%23")
    assert "a/../b?#" in ann.get(link[1]).text


def linked(room: Classroom, assignment: str) -> None:
    """A link on a platform leads to the assignment, bob came by it, and the platform refused his grade."""
    addresses = dict.fromkeys(registrations.ADDRESSES, "https://school.example")
    with room.house.parts.database.writing() as session:
        at = db.now(session)
        made = LtiRegistration(
            name="School",
            issuer="https://school.example",
            client_id="x",
            origins=[],
            created_at=at,
            **addresses,
        )
        link = LtiLink(
            registration=made,
            deployment_id="1",
            resource_link_id="1",
            assignment_id=assignment,
            lineitem_url="https://school.example/1",
            scopes=[SCORE],
            seen_at=at,
        )
        bob = room.house.users["bob"]
        session.add_all([link, LtiPerson(issuer=made.issuer, sub="7", user_id=bob.id, seen_at=at)])
        session.flush()
        row = outbox.put(session, link, bob.id, score=75)
        assert row is not None
        row.status, row.error = "refused", HOSTILE


def test_what_platforms_have_is_told_and_sent_again(room: Classroom, ann: FlaskClient) -> None:
    made = room.assigned()
    path = f"/assignments/{made}"
    assert "learning platform" not in ann.get(f"{path}/class").text
    linked(room, made)
    for one in ("/class", "/class?sort=status", "/students?name=bob"):
        page = ann.get(path + one).text
        assert str(escape(HOSTILE)) in page
        assert "<img src=x" not in page
        assert "refused" in page
    for form in ({"user": "bob"}, {}):
        assert send(ann, f"{path}/passback/resend", **form).status_code == 303
        [told] = room.get(f"/v1{path}/passback")["data"]
        assert told["status"] == "waiting"
        with room.house.parts.database.writing() as session:
            session.query(LtiScore).one().status = "refused"


def test_a_class_is_graded_once_more(room: Classroom, ann: FlaskClient) -> None:
    made = room.assigned()
    room.scored(made, 0.75)
    room.submitted(made, by="carl")
    page = send(ann, f"/assignments/{made}/regrade", how="rescore").text
    assert "1 job begins" in page
    assert "1 submission is left as it is" in page
    told = room.get(f"/v1/assignments/{made}/regrade")
    assert (told["queued"], told["succeeded"]) == (1, 0)
    assert send(ann, f"/assignments/{made}/regrade", how="x").status_code == 422
    assert room.ask("GET", f"/v1/assignments/{made}/regrade", by="bob").status_code == 403


def test_who_does_not_teach_the_course_sees_none_of_it(room: Classroom) -> None:
    made = room.assigned()
    run = room.submitted(made)["id"]
    bob, dora = signed_in(room.house, "bob"), signed_in(room.house, "dora")
    course, assignment = f"/courses/{room.course}", f"/assignments/{made}"
    for browser, status in ((bob, 403), (dora, 404)):
        for path in (
            *(f"{course}{one}" for one in ("/settings", "/people", "/grades.csv", "/assignments/new")),
            *(f"{assignment}{one}" for one in ("/change", "/class", "/students?name=bob", "/grades.csv")),
        ):
            assert browser.get(path).status_code == status, path
        for path in (
            *(f"{course}{one}" for one in ("/settings", "/people", "/groups", "/delete", "/assignments/new")),
            *(f"{course}{one}" for one in ("/people/remove", "/roster")),
            *(f"{assignment}{one}" for one in ("/change", "/delete", "/regrade", "/passback/resend")),
            *(f"{assignment}{one}" for one in ("/extensions", f"/comments/{run}")),
        ):
            assert send(browser, path, name="x", how="rescore").status_code == status, path
    assert bob.post(f"{assignment}/regrade", data={"how": "rescore"}).status_code == 403
    assert "For teachers" not in bob.get(assignment).text


def test_a_time_is_read_in_the_zone_of_the_course() -> None:
    assert clock.read("2030-07-01T12:00", "Europe/Paris") == "2030-07-01T12:00:00+02:00"
    assert clock.read("2030-01-01T12:00", "America/New_York") == "2030-01-01T12:00:00-05:00"
    assert clock.read("", "UTC") is None
    assert clock.read("soon", "UTC") == "soon"
