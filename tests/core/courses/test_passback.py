"""Grades on their way to platforms: what is told, when, and what is not."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from core.artifacts import Artifacts
from core.courses import assignments, groups, members, passback, regrading, submissions
from core.db import Database
from core.lti.scores import Score
from core.tables import Assignment, LtiLink, LtiScore, Submission, User
from tests.core import things
from tests.core.courses import classes
from tests.core.courses.schools import School


class Room(School):
    """Grace's assignment, to which a link leads; ada and alan have come by it."""

    def __init__(self, database: Database, store: Artifacts, folder: Path) -> None:
        super().__init__(database, store, folder)
        came = self.comes("grace", "teacher")
        assert came.course is not None
        self.teacher, self.course = came.user, came.course
        self.given = self.assigned(came.course, came.user)
        self.made_for = {"assignment": self.given.id}
        self.ada, self.alan = (self.comes(name, custom=self.made_for).user for name in ("ada", "alan"))

    def changes(self, **document: Any) -> None:  # noqa: ANN401 - members of an assignment
        """The teacher changes the assignment, as the API does."""
        with self.database.writing() as session:
            given = assignments.find_taught(session, session.get_one(User, self.teacher.id), self.given.id)
            assignments.change(session, given, assignments.revise(session, given, document), None)

    def says(self, submission: Submission, comment: str | None) -> None:
        """The teacher comments, as the API does."""
        with self.database.writing() as session:
            found = session.get_one(Submission, submission.id)
            found.comment = comment
            session.flush()
            passback.tell_comment(session, found)


@pytest.fixture
def room(database: Database, artifacts: Artifacts, tmp_path: Path) -> Room:
    return Room(database, artifacts, tmp_path)


def told(scores: list[Score]) -> list[tuple[str, float | None, bool]]:
    return [(one.sub, one.score, one.new_submission) for one in scores]


def test_the_best_is_told_and_a_worse_one_is_not(room: Room) -> None:
    first = room.scored(room.ada, room.given, 0.5)
    (score,) = room.sent()
    assert (score.sub, score.score, score.maximum, score.final) == ("ada", 50, 100, True)
    assert score.submitted_at == first.arrived_at
    room.scored(room.ada, room.given, 0.4)
    assert room.sent() == []
    room.scored(room.ada, room.given, 0.9)
    room.scored(room.alan, room.given, 0.7)
    assert sorted(told(room.sent())) == [("ada", 90, True), ("alan", 70, True)]


def test_nothing_is_told_of_what_scored_nothing(room: Room) -> None:
    with room.database.writing() as session:
        student = session.get_one(User, room.ada.id)
        classes.submit(session, student, session.get_one(Assignment, room.given.id))
    assert room.statuses() == {}


def test_a_grade_from_before_is_told_when_somebody_comes_by_the_link_for_the_first_time(room: Room) -> None:
    # In the course since a roster or another link, and handing in by the API.
    lise = room.comes("lise", link=None).user
    room.scored(lise, room.given, 0.8)
    room.sent()
    other = "of another place in the course"
    room.comes("lise", link=other, custom=room.made_for)
    assert told(room.sent()) == [("lise", 80, False)], "nothing was handed in just now"
    room.comes("lise", link=other)
    assert room.sent() == [], "once"


def test_a_link_that_is_bound_later_is_told_of_all_who_are_known(room: Room) -> None:
    for student, accuracy in ((room.ada, 0.5), (room.alan, 0.6)):
        room.scored(student, room.given, accuracy)
    room.sent()
    room.comes("grace", "teacher", link="later", custom=room.made_for)
    assert sorted(told(room.sent())) == [("ada", 50, False), ("alan", 60, False)]
    assert len(room.statuses()) == 2


def test_every_platform_that_a_link_is_on_is_told(room: Room, artifacts: Artifacts, tmp_path: Path) -> None:
    # Two registrations of one issuer share its people; a bound link from no course leads to its assignment.
    other = School(room.database, artifacts, tmp_path, client="two")
    came = other.comes("grace", "teacher")
    with room.database.writing() as session:
        (link,) = session.scalars(sa.select(LtiLink).where(LtiLink.registration_id == other.registration))
        assert came.course is not None
        link.assignment_id = room.given.id
    room.scored(room.ada, room.given, 0.5)
    assert told(room.sent()) == [("ada", 50, True)] * 2


def test_who_came_by_no_platform_is_told_to_none(room: Room) -> None:
    with room.database.writing() as session:
        bob = things.user(session, "bob")
        members.put(session, room.course, bob, "student")
    room.scored(bob, room.given, 0.9)
    unlinked = room.assigned(room.course, room.teacher, title="By itself")
    room.scored(room.ada, unlinked, 0.9)
    assert room.statuses() == {}


def test_a_comment_is_told_kept_and_taken_back(room: Room) -> None:
    first = room.scored(room.ada, room.given, 0.5)
    room.sent()
    room.says(first, "Well done.")
    (score,) = room.sent()
    assert (score.comment, score.score, score.new_submission) == ("Well done.", 50, False)
    worse = room.scored(room.ada, room.given, 0.2)
    room.says(worse, "What was this?")
    assert room.sent() == [], "it is not the one that counts"
    room.says(first, None)
    assert [(one.comment, one.score) for one in room.sent()] == [(None, 50)]


def test_another_run_that_counts_brings_its_own_comment(room: Room) -> None:
    room.says(room.scored(room.ada, room.given, 0.5), "A start.")
    assert [one.comment for one in room.sent()] == ["A start."]
    better = room.scored(room.ada, room.given, 0.9)
    assert [one.comment for one in room.sent()] == ["A start."], "until there is another it would be lost"
    room.says(better, "Better!")
    assert [(one.comment, one.score) for one in room.sent()] == [("Better!", 90)]


def test_a_regrade_tells_what_changed_and_that_nothing_was_handed_in(room: Room) -> None:
    for student, accuracy in ((room.ada, 0.5), (room.alan, 0.6)):
        room.scored(student, room.given, accuracy)
    room.sent()
    with room.database.writing() as session:
        given = session.get_one(Assignment, room.given.id)
        found = regrading.regrade(session, room.teacher, given, "retrain", things.LIMITS)
        assert found.jobs == 2
        for accuracy in (0.7, 0.6):
            classes.score(session, accuracy)
    assert told(room.sent()) == [("ada", 70, False)]


def test_what_the_teacher_changes_is_told_likewise(room: Room) -> None:
    room.scored(room.ada, room.given, 0.5)
    room.sent()
    late = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    room.changes(due_at=late, penalty={"per_day": 10})
    assert told(room.sent()) == [("ada", 40, False)]


def test_of_a_group_all_are_told(room: Room) -> None:
    with room.database.writing() as session:
        groups.create(session, room.course, "One", [room.ada.name, room.alan.name])
        given = session.get_one(Assignment, room.given.id)
        given.settings = given.settings | {"groups": True}
    room.scored(room.ada, room.given, 0.5)
    assert sorted(told(room.sent())) == [("ada", 50, True), ("alan", 50, True)]


def test_what_was_refused_is_sent_again_and_one_students_whatever_became_of_it(room: Room) -> None:
    room.scored(room.ada, room.given, 0.5)
    room.refuses()
    room.scored(room.alan, room.given, 0.6)
    room.sent()
    assert room.statuses() == {"ada": "refused", "alan": "delivered"}
    with room.database.writing() as session:
        given = session.get_one(Assignment, room.given.id)
        assert [row.sub for row in passback.page(session, given)] == ["ada", "alan"]
        assert passback.resend(session, given) == 1
    assert told(room.sent()) == [("ada", 50, True)], "it has not had it yet"
    with room.database.writing() as session:
        assert passback.resend(session, given) == 0
        assert passback.resend(session, given, user_id=room.alan.id) == 1
        assert [row.status for row in passback.page(session, given, user_id=room.alan.id)] == ["waiting"]
    assert told(room.sent()) == [("alan", 60, False)]


def test_who_chooses_a_worse_run_has_that_told(room: Room) -> None:
    room.changes(counts="chosen")
    worse = room.scored(room.ada, room.given, 0.3)
    room.scored(room.ada, room.given, 0.8)
    assert told(room.sent()) == [("ada", 80, True)]
    with room.database.writing() as session:
        ada = session.get_one(User, room.ada.id)
        mark = submissions.find(session, ada, worse.id)
        submissions.choose(session, ada, mark, datetime.now(UTC))
    assert told(room.sent()) == [("ada", 30, False)], "nothing new was handed in"


def test_nothing_hidden_is_in_the_outbox(room: Room) -> None:
    # A score that no metric shows through, and the hash of what is told of the hidden rows.
    room.changes(scoring={"baseline": 0.5, "target": 1})
    room.says(room.scored(room.ada, room.given, 0.7321987), "Good.")
    with room.database.reading() as session:
        (row,) = session.scalars(sa.select(LtiScore))
        kept = str({column.key: getattr(row, column.key) for column in sa.inspect(LtiScore).columns})
    assert "78.58" in kept
    assert [secret for secret in ("0.7321", "73.21", "f" * 64) if secret in kept] == []
    (score,) = room.sent()
    assert set(score.document()) == {
        "userId",
        "timestamp",
        "activityProgress",
        "gradingProgress",
        "scoreGiven",
        "scoreMaximum",
        "comment",
        "https://canvas.instructure.com/lti/submission",
    }
