from datetime import timedelta

import pytest
import sqlalchemy as sa

from core import db, jobs, models, workers
from core.db import Database
from core.errors import ConflictError, InvalidRequestError, NotFoundError
from core.tables import Epoch, Job, LogLine, ModelVersion, Transition
from tests.core import things


def test_a_job_is_found_by_its_owner_and_by_an_administrator(database: Database) -> None:
    with database.writing() as session:
        job = things.submit(session)
        assert jobs.find(session, things.user(session), job.id) is job
        assert jobs.find(session, things.user(session, "root", "admin"), job.id) is job
        for name, job_id in (("bob", job.id), ("ada", "job_none")):
            with pytest.raises(NotFoundError, match=f"There is no job '{job_id}'"):
                jobs.find(session, things.user(session, name), job_id)


def test_a_job_that_was_found_can_be_cancelled_and_tells_of_it(database: Database) -> None:
    with database.writing() as session:
        job_id = things.submit(session).id
    with database.writing() as session:
        job = jobs.find(session, things.user(session), job_id)
        assert [moved.status for moved in job.transitions] == ["queued"]
        jobs.request_cancel(session, job)
        assert [moved.status for moved in job.transitions] == ["queued", "cancelled"]


def test_jobs_come_in_pages_newest_first(database: Database) -> None:
    with database.writing() as session:
        ids = sorted((things.submit(session).id for _ in range(5)), reverse=True)
        things.submit(session, things.user(session, "bob"))
        ada = things.user(session)
        first = jobs.page(session, ada, after=None, limit=2)
        rest = jobs.page(session, ada, after=first[-1].id, limit=9)
        assert [job.id for job in [*first, *rest]] == ids
        root = things.user(session, "root", "admin")
        assert len(jobs.page(session, root, after=None, limit=9)) == 6


def test_a_page_is_of_a_status_a_name_or_a_tag(database: Database) -> None:
    with database.writing() as session:
        running = things.start(session, name="a", tags={"course": "ml1"})
        other = things.submit(session, name="b", tags={"course": "ml2", 'a "b".c$[0]': "x"})
        ada = things.user(session)

        def found(**asked: object) -> list[str]:
            return [job.id for job in jobs.page(session, ada, after=None, limit=9, **asked)]

        assert found(status="running") == [running.job_id]
        assert found(name="b") == [other.id]
        assert found(tag=("course", "ml1")) == [running.job_id]
        assert set(found(tag=("course", None))) == {running.job_id, other.id}
        assert found(tag=('a "b".c$[0]', None)) == [other.id]
        assert found(tag=("course", "ml")) == []
        assert found(status="queued", name="a") == []


def test_a_job_that_has_ended_goes_with_its_story_and_its_model_stays(database: Database) -> None:
    with database.writing() as session:
        lease = things.start(session)
        jobs.add_epoch(session, lease, things.epoch(1), None)
        jobs.add_lines(session, lease, ["a line"])
        with pytest.raises(ConflictError, match="The job is running"):
            jobs.delete(session, session.get_one(Job, lease.job_id))
        models.add_version(session, jobs.succeed(session, lease), things.facts())
    with database.writing() as session:
        jobs.delete(session, jobs.find(session, things.user(session), lease.job_id))
    with database.reading() as session:
        for table in (Job, Epoch, LogLine, Transition):
            assert session.scalar(sa.select(sa.func.count()).select_from(table)) == 0
        version = session.scalars(sa.select(ModelVersion)).one()
        assert version.job_id is None
        assert version.lineage["job"] == lease.job_id


def test_a_job_is_retried_or_deleted_and_never_both(database: Database) -> None:
    for _ in range(6):
        with database.writing() as session:
            job = things.submit(session)
            jobs.request_cancel(session, job)
            job_id = job.id

        def race(part: int, job_id: str = job_id) -> bool:
            try:
                with database.writing() as session:
                    job = jobs.find(session, things.user(session), job_id)
                    (jobs.retry if part else jobs.delete)(session, job)
            except (NotFoundError, ConflictError, InvalidRequestError):
                return False
            return True

        assert sorted(things.at_once(race, 2)) == [False, True]
        with database.writing() as session:
            session.execute(sa.delete(Job))


def test_when_a_job_may_begin_is_guessed_from_how_long_the_latest_took(database: Database) -> None:
    with database.writing() as session:
        assert jobs.estimate_start(session, 1) is None
        lease = things.start(session)
        jobs.renew(session, lease, seconds=60)
        jobs.succeed(session, lease)
        assert jobs.estimate_start(session, 1) is None
        workers.seen(session, name="w1", slots=2, accelerators=["cpu"], draining=False)
        at = db.now(session)
        waits = [jobs.estimate_start(session, position) for position in (1, 2, 3, 5)]
        minutes = [when and round((when - at) / timedelta(minutes=1)) for when in waits]
    assert minutes == [0, 0, 1, 2]
