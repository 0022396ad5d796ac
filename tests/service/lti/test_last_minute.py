"""A whole class hands in within the last minute, while the platform is away: by the real service."""

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from core import jobs
from core.artifacts import Artifacts
from core.courses import marking
from core.db import Database
from core.tables import Course, Job, LtiPerson, LtiScore
from tests.core import things
from tests.core.courses import classes
from tests.lti.platform import Platform
from tests.service.houses import Served, wait_until
from tests.service.lti.people import Person, acquaint

# Two hundred, and five minutes, in `make test-all`.
FULL = int(os.environ.get("FITTINGROOM_EXAMPLES", "0")) >= 1000
STUDENTS, LEFT_SECONDS, AWAY_SECONDS = (200, 60.0, 300.0) if FULL else (30, 4.0, 0.0)
# How long nothing can be written while they hand in; for a few, until it is too late by then.
LOCKED_SECONDS = 4.0


def assigned(database: Database, served: Served, folder: Path) -> str:
    """An assignment of the course that the teacher's launch has made."""
    with database.writing() as session:
        course = session.scalars(sa.select(Course)).one()
        teacher = session.scalars(sa.select(LtiPerson)).one().user
        store = Artifacts(served.settings.artifacts)
        classes.stored(session, teacher, store, folder)
        return classes.assigned(session, teacher, course, store, folder).id


@contextmanager
def nothing_written(url: str, until: datetime) -> Iterator[None]:
    """Whoever wants to write waits until then, as if the database were as busy as that."""
    connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    yield
    wait_until(lambda: datetime.now(UTC) > until, 60)
    connection.execute("COMMIT")
    connection.close()


def first_written(database: Database) -> datetime:
    """When the first job came to be."""
    with database.reading() as session:
        return session.scalars(sa.select(sa.func.min(Job.created_at))).one()


def finish(database: Database) -> dict[str, float]:
    """Ends all jobs as workers would, each with a score of its own; the scores by whose they are."""
    expected: dict[str, float] = {}
    while len(expected) < STUDENTS:
        with database.writing() as session:
            claimed = things.claim(session)
            assert claimed is not None
            order = marking.order(session, claimed[0])
            assert order is not None
            jobs.succeed(session, claimed[1])
            accuracy = (len(expected) + 1) / (2 * STUDENTS)
            hidden = classes.evaluation(accuracy)
            marking.record(session, order, public=classes.evaluation(0.5), hidden=hidden, evaluation="f" * 64)
            person = session.scalar(sa.select(LtiPerson).where(LtiPerson.user_id == claimed[0].owner_id))
            assert person is not None
            expected[person.sub] = round(100 * accuracy, 2)
    return expected


def waiting(database: Database) -> int:
    """How many scores are on their way."""
    with database.reading() as session:
        query = sa.select(sa.func.count()).where(LtiScore.status == "waiting")
        return session.scalar(query) or 0


def test_all_are_on_time_by_their_arrival_all_are_graded_and_all_grades_are_delivered(
    serve: Callable[..., Served], platform: Platform, person: Callable[..., Person], tmp_path: Path
) -> None:
    served = serve(lti_private_hosts="127.0.0.1", lti_plain_cookies=True, lti_send_seconds=0.1)
    acquaint(served, platform)
    database = Database(served.settings.database)
    teacher = person(served, "teacher", "Instructor")
    teacher.comes()
    link, assignment = teacher.url, assigned(database, served, tmp_path)
    assert teacher.sends(link, assignment=assignment).url.path == f"/assignments/{assignment}"

    students = [person(served, f"student-{number}") for number in range(STUDENTS)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(Person.comes, students))
    assert {one.url for one in students} == {f"/assignments/{assignment}"}
    with ThreadPoolExecutor(STUDENTS) as pool:
        due = datetime.now(UTC) + timedelta(seconds=LEFT_SECONDS)
        dates = {"due_at": due.isoformat(), "lock_at": due.isoformat(), "penalty": {"per_day": 50}}
        assert teacher.asks("PATCH", f"/v1/assignments/{assignment}", dates).status_code == 200
        platform.away = True
        locked_until = due - timedelta(seconds=LEFT_SECONDS - LOCKED_SECONDS)
        with nothing_written(served.settings.database, until=locked_until):
            path = f"/v1/assignments/{assignment}/submissions"
            asked = [pool.submit(one.asks, "POST", path, classes.DOCUMENT) for one in students]
        answers = [one.result() for one in asked]
    assert {one.status_code for one in answers} == {202}, answers[-1].text
    arrived = [datetime.fromisoformat(one.json()["arrived_at"]) for one in answers]
    assert max(arrived) <= due
    assert FULL or due < first_written(database), "it was too late when it was written"
    wait_until(lambda: datetime.now(UTC) > due, LEFT_SECONDS)
    assert students[0].asks("POST", path, classes.DOCUMENT).status_code == 409, "it is too late now"

    back = time.monotonic() + AWAY_SECONDS
    expected = finish(database)
    wait_until(lambda: waiting(database) == STUDENTS, 60)
    wait_until(lambda: platform.paths("POST"), 60)
    time.sleep(max(0.0, back - time.monotonic()))
    assert platform.grades == {}
    platform.away = False
    wait_until(lambda: waiting(database) == 0, 120)
    assert {sub: told["scoreGiven"] for (_, sub), told in platform.grades.items()} == expected
    rows = teacher.asks("GET", f"/v1/assignments/{assignment}/grades?limit=1000").json()["data"]
    assert sorted(one["score"] for one in rows) == sorted(expected.values())
    assert {one["penalty"] for one in rows} == {0}
    told = teacher.asks("GET", f"/v1/assignments/{assignment}/passback").json()["data"]
    assert [one["status"] for one in told] == ["delivered"] * STUDENTS
    database.close()
