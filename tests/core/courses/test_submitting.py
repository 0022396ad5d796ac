"""What is handed in at the same time, on both databases."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from core import jobs
from core.artifacts import Artifacts
from core.courses import grades
from core.courses.attempts import AttemptsError
from core.db import Database
from core.tables import Assignment, CourseGrade, Job, Submission, User
from tests.core import things
from tests.core.courses import classes

# Two hundred in `make test-all`.
STUDENTS = min(200, int(os.environ.get("FITTINGROOM_EXAMPLES", "8")))


def test_of_attempts_at_the_same_time_no_more_are_taken_than_there_are(
    database: Database, artifacts: Artifacts, tmp_path: Path
) -> None:
    with database.writing() as session:
        ada, bob = things.user(session, "ada"), things.user(session, "bob")
        classes.stored(session, ada, artifacts, tmp_path)
        course = classes.taught(session, ada, bob)
        given = classes.assigned(session, ada, course, artifacts, tmp_path, attempts={"total": 2})
        classes.submit(session, bob, given)
        things.claim(session)  # it runs, and is no longer superseded

    def hand_in(_number: int) -> bool:
        try:
            with database.writing() as session:
                student = session.scalars(sa.select(User).where(User.name == "bob")).one()
                classes.submit(session, student, session.get_one(Assignment, given.id))
                things.claim(session)
        except AttemptsError:
            return False
        return True

    assert sorted(things.at_once(hand_in, 6)) == [False] * 5 + [True]


def test_in_the_last_minute_all_are_on_time_by_their_arrival_and_all_are_graded(
    database: Database, artifacts: Artifacts, tmp_path: Path
) -> None:
    due = datetime.now(UTC) + timedelta(seconds=60)
    with database.writing() as session:
        ada = things.user(session, "ada")
        students = [things.user(session, f"student {number}") for number in range(STUDENTS)]
        classes.stored(session, ada, artifacts, tmp_path)
        course = classes.taught(session, ada, *students)
        terms = {"due_at": due.isoformat(), "lock_at": due.isoformat(), "penalty": {"per_day": 50}}
        given = classes.assigned(session, ada, course, artifacts, tmp_path, **terms)

    def hand_in(number: int) -> str:
        with database.writing() as session:
            student = session.get_one(User, students[number].id)
            return classes.submit(session, student, session.get_one(Assignment, given.id), due).id

    assert len(set(things.at_once(hand_in, STUDENTS))) == STUDENTS

    for _ in range(STUDENTS):
        with database.writing() as session:
            classes.score(session, 0.75)
    with database.reading() as session:
        kept = session.scalars(sa.select(CourseGrade)).all()
    assert [grade.score for grade in kept] == [75.0] * STUDENTS
    assert all(grade.penalty == 0 for grade in kept)


def test_a_grade_that_did_not_change_is_not_told_again(
    database: Database, artifacts: Artifacts, tmp_path: Path
) -> None:
    with database.writing() as session:
        ada, bob = things.user(session, "ada"), things.user(session, "bob")
        classes.stored(session, ada, artifacts, tmp_path)
        given = classes.assigned(session, ada, classes.taught(session, ada, bob), artifacts, tmp_path)
        classes.submit(session, bob, given)
        classes.score(session, 0.5)
        kept = session.get_one(CourseGrade, (given.id, bob.id))
        assert (kept.score, kept.submission_id) == (50.0, session.scalars(sa.select(Submission.id)).one())
        assert grades.changed(session, given, bob) is None
        classes.submit(session, bob, given)
        classes.score(session, 0.4)
        before = kept.changed_at
        session.refresh(kept)
        assert (kept.score, kept.changed_at) == (50.0, before), "a worse one changes nothing"


def test_a_newer_submission_supersedes_one_that_waits_and_none_that_runs(
    database: Database, artifacts: Artifacts, tmp_path: Path
) -> None:
    with database.writing() as session:
        ada, bob = things.user(session, "ada"), things.user(session, "bob")
        classes.stored(session, ada, artifacts, tmp_path)
        given = classes.assigned(session, ada, classes.taught(session, ada, bob), artifacts, tmp_path)
        running = classes.submit(session, bob, given)
        things.claim(session)
        waiting = classes.submit(session, bob, given)
        last = classes.submit(session, bob, given)
        statuses = [one.job.status for one in (running, waiting, last)]
        assert statuses == ["running", "cancelled", "queued"]
        assert [one.superseded for one in (running, waiting, last)] == [False, True, False]


def test_what_is_hidden_and_what_was_told_of_it_is_not_swept(
    database: Database, artifacts: Artifacts, tmp_path: Path
) -> None:
    with database.writing() as session:
        ada, bob = things.user(session, "ada"), things.user(session, "bob")
        source = classes.stored(session, ada, artifacts, tmp_path)
        given = classes.assigned(session, ada, classes.taught(session, ada, bob), artifacts, tmp_path)
        classes.submit(session, bob, given)
        classes.score(session, 0.5)
        session.delete(source)
        session.flush()
        used = jobs.used_artifacts(session)
        assert {*given.hidden.values(), *given.dataset.artifacts.values(), "f" * 64} <= used
        assert len(session.scalars(sa.select(Job.id)).all()) == 1
