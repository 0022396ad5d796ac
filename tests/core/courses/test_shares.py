"""Slots are shared by course, and in a course by student."""

from pathlib import Path

from core import jobs
from core.artifacts import Artifacts
from core.courses import regrading
from core.db import Database
from core.tables import Job
from tests.core import things
from tests.core.courses import classes


def test_a_course_counts_as_one_beside_others_and_its_students_take_turns(
    database: Database, artifacts: Artifacts, tmp_path: Path
) -> None:
    with database.writing() as session:
        ada, bob, carl, dora = (things.user(session, name) for name in ("ada", "bob", "carl", "dora"))
        classes.stored(session, ada, artifacts, tmp_path)
        course = classes.taught(session, ada, bob, carl)
        given = [classes.assigned(session, ada, course, artifacts, tmp_path) for _ in range(2)]
        queued = {
            "bob 1": classes.submit(session, bob, given[0]).job,
            "bob 2": classes.submit(session, bob, given[1]).job,
            "carl": classes.submit(session, carl, given[0]).job,
            "dora 1": things.submit(session, dora),
            "dora 2": things.submit(session, dora),
        }
        names = {job.id: name for name, job in queued.items()}
        foreseen = sorted(names, key=lambda job_id: jobs.position(session, session.get_one(Job, job_id)))
        taken = []
        while claimed := things.claim(session):
            taken.append(names[claimed[0].id])
    assert taken == ["bob 1", "dora 1", "carl", "dora 2", "bob 2"]
    assert [names[job_id] for job_id in foreseen] == taken, "what is told of the queue comes true"


def test_a_regrade_is_behind_all_that_anybody_may_ask_for(
    database: Database, artifacts: Artifacts, tmp_path: Path
) -> None:
    with database.writing() as session:
        ada, bob = things.user(session, "ada"), things.user(session, "bob")
        classes.stored(session, ada, artifacts, tmp_path)
        assignment = classes.assigned(session, ada, classes.taught(session, ada, bob), artifacts, tmp_path)
        classes.submit(session, bob, assignment)
        classes.score(session, 0.5)
        done = regrading.regrade(session, ada, assignment, "retrain", things.LIMITS)
        assert done.jobs == 1
        least = things.submit(session, bob, priority=-100)
        claimed = things.claim(session)
        assert claimed is not None
        assert claimed[0].id == least.id
