"""Grades on their way, and rosters, as teachers and students see and move them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from core import db, jobs
from core.courses import marking
from core.lti.sending import Sender
from core.tables import Course, LtiPerson, LtiScore
from tests.core.courses import classes
from tests.lti.platform import Platform
from tests.service.houses import House
from tests.service.lti.people import Person


class Room:
    """A teacher and a student, who have come by a link that leads to an assignment."""

    def __init__(self, house: House, platform: Platform, person: Callable[..., Person], folder: Path) -> None:
        self.house, self.platform = house, platform
        platform.add_lineitem()
        made = house.ask("POST", "/v1/lti/registrations", by="root", json=platform.registration())
        assert made.status_code == 201, made.text
        self.teacher, self.ada = person(house, "teacher", "Instructor"), person(house, "ada")
        self.teacher.comes()
        self.assignment = self._assigned(folder)
        self.path = f"/v1/assignments/{self.assignment}"
        self.teacher.sends(self.teacher.url, assignment=self.assignment)
        self.ada.comes()
        self.sender = Sender(house.parts.database, lambda: house.parts.platforms, 3600, first_away_seconds=0)

    def _assigned(self, folder: Path) -> str:
        with self.house.parts.database.writing() as session:
            course = session.scalars(sa.select(Course)).one()
            user = session.scalars(sa.select(LtiPerson)).one().user
            self.course, store = course.id, self.house.parts.artifacts
            classes.stored(session, user, store, folder)
            return classes.assigned(session, user, course, store, folder).id

    def scored(self, accuracy: float) -> str:
        """Ada hands something in, by her session, which is scored at once; its id."""
        made = self.ada.asks("POST", f"{self.path}/submissions", classes.DOCUMENT)
        assert made.status_code == 202, made.text
        job, lease = self.house.start()
        with self.house.parts.database.writing() as session:
            order = marking.order(session, job)
            assert order is not None
            jobs.succeed(session, lease)
            hidden = classes.evaluation(accuracy)
            marking.record(session, order, public=classes.evaluation(0.5), hidden=hidden, evaluation="f" * 64)
        found: str = made.json()["id"]
        return found

    def told(self) -> list[dict[str, Any]]:
        """What teachers are told of grades on their way."""
        answer = self.house.ask("GET", f"{self.path}/passback", by="root")
        assert answer.status_code == 200, answer.text
        listed: list[dict[str, Any]] = answer.get_json()["data"]
        assert self.teacher.asks("GET", f"{self.path}/passback").json()["data"] == listed
        return listed

    def mine(self) -> dict[str, Any] | None:
        """What Ada is told of hers."""
        found: dict[str, Any] | None = self.ada.asks("GET", self.path).json()["mine"]["passback"]
        return found

    def resends(self, body: object = None) -> Any:  # noqa: ANN401 - JSON
        answer = self.teacher.asks("POST", f"{self.path}/passback/resend", body)
        return answer.status_code, answer.json()


@pytest.fixture
def room(
    build: Callable[..., House], platform: Platform, person: Callable[..., Person], tmp_path: Path
) -> Room:
    house = build(lti_private_hosts="127.0.0.1", lti_plain_cookies=True)
    return Room(house, platform, person, tmp_path)


def test_how_far_a_grade_is_teacher_and_student_see_and_a_comment_goes_with_it(room: Room) -> None:
    assert (room.told(), room.mine()) == ([], None)
    submission = f"/v1/submissions/{room.scored(0.5)}"
    (row,) = room.told()
    assert (row["full_name"], row["score"], row["status"]) == ("The ada", 50, "waiting")
    room.sender.send_due()
    (row,) = room.told()
    assert (row["status"], row["error"]) == ("delivered", None)
    mine = room.mine()
    assert mine is not None
    assert mine == {name: row[name] for name in ("status", "changed_at", "delivered_at", "error")}
    assert room.platform.grades["1", "ada"]["scoreGiven"] == 50
    assert room.ada.asks("GET", f"{room.path}/passback").status_code == 403
    assert room.ada.asks("POST", f"{room.path}/passback/resend", {}).status_code == 403
    assert room.house.ask("GET", f"{room.path}/passback", by="bob").status_code == 404
    for comment in ("Well done.", None):
        assert room.teacher.asks("PATCH", submission, {"comment": comment}).status_code == 200
        room.sender.send_due()
        assert room.platform.grades["1", "ada"].get("comment") == comment
        assert room.platform.grades["1", "ada"]["scoreGiven"] == 50


def test_a_refused_grade_says_why_and_is_sent_again_on_a_teachers_word(room: Room) -> None:
    room.platform.teachers = {"ada"}
    room.scored(0.5)
    room.sender.send_due()
    # A first refusal may be about the time of the score, and is tried again.
    with room.house.parts.database.writing() as session:
        session.execute(sa.update(LtiScore).values(next_at=db.now(session)))
    room.sender.send_due()
    (row,) = room.told()
    assert row["status"] == "refused"
    assert "takes no grade for this person" in row["error"]
    mine = room.mine()
    assert mine is not None
    assert mine["error"] == row["error"]
    room.platform.teachers = set()
    assert room.resends() == (202, {"object": "lti_resent", "count": 1})
    assert room.resends({}) == (202, {"object": "lti_resent", "count": 0})
    assert room.resends({"user": row["user"]}) == (202, {"object": "lti_resent", "count": 1})
    room.sender.send_due()
    assert room.told()[0]["status"] == "delivered"
    for wrong, pointer in (
        ({"user": "nobody"}, "#/user"),
        ({"users": []}, "#/users"),
        ({"user": 7}, "#/user"),
    ):
        status, body = room.resends(wrong)
        assert (status, body["errors"][0]["pointer"]) == (422, pointer)


def test_a_roster_brings_in_who_never_came(room: Room) -> None:
    room.platform.members = [
        {"user_id": "teacher", "roles": ["Instructor"]},
        {"user_id": "alan", "roles": ["Learner"], "name": "Alan Turing"},
        {"user_id": "left", "roles": ["Learner"], "status": "Inactive"},
    ]
    path = f"/v1/courses/{room.course}/roster"
    answer = room.house.ask("POST", path, by="root")
    assert answer.get_json() == {"object": "roster", "members": 2}
    listed = room.teacher.asks("GET", f"/v1/courses/{room.course}/members").json()["data"]
    told = {one["full_name"]: one["role"] for one in listed}
    assert told == {"The teacher": "teacher", "The ada": "student", "Alan Turing": "student"}
    assert room.ada.asks("POST", path).status_code == 403
    assert room.house.ask("POST", path, by="bob").status_code == 404


def test_a_roster_that_cannot_be_had_says_so(room: Room) -> None:
    path = f"/v1/courses/{room.course}/roster"
    room.platform.answers["/members/0"] = [(403, {}, b"")]
    answer = room.house.ask("POST", path, by="root")
    assert answer.status_code == 503
    assert "does not list the course's members" in answer.get_json()["detail"]
    room.platform.away = True
    assert room.house.ask("POST", path, by="root").status_code == 503
    own = room.house.ask("POST", "/v1/courses", json={"name": "By itself"}).get_json()["id"]
    assert room.house.ask("POST", f"/v1/courses/{own}/roster").status_code == 404


def test_a_teacher_says_where_a_link_leads_and_nobody_else_does(room: Room) -> None:
    room.teacher.comes(resource_link={"id": "link-2"})
    room.ada.comes(resource_link={"id": "link-2"})
    assert room.ada.url == room.teacher.url
    assert "There is nothing here yet" in room.ada.page
    assert 'value="' + room.assignment in room.teacher.page
    assert room.ada.sends(room.ada.url, assignment=room.assignment).status_code == 403
    for wrong in ("asg_none", ""):
        assert room.teacher.sends(room.teacher.url, assignment=wrong).status_code == 404
    assert room.teacher.sends("/links/lnk_none", assignment=room.assignment).status_code == 404
    led = room.teacher.sends(room.teacher.url, assignment=room.assignment)
    assert led.url.path == f"/assignments/{room.assignment}"
    # An assignment of another course is none; and who is not in a course learns nothing of its links.
    room.teacher.comes(context={"id": "course-2", "title": "Other"}, resource_link={"id": "link-3"})
    assert room.teacher.sends(room.teacher.url, assignment=room.assignment).status_code == 404
    assert room.ada.http.get(room.teacher.url).status_code == 404
