from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import db, jobs, models
from core.datasets import catalogue
from core.db import Database
from core.tables import Dataset, IdempotencyKey, Job, Lock, Worker
from tests.core import things

MANY = 9


def lose(session: Session, **more: object) -> jobs.Lease:
    """The lease of a running job that has run out."""
    lease = things.start(session, **more)
    things.expire(session, lease)
    return lease


def test_a_turn_is_one_holders_until_it_runs_out(database: Database) -> None:
    with database.writing() as session:
        assert jobs.take_turn(session, "sweep", "a", 60)
        assert not jobs.take_turn(session, "sweep", "b", 60)
        assert jobs.take_turn(session, "sweep", "a", 60)
        assert jobs.take_turn(session, "artifacts", "b", 60)
        things.expire_turn(session, "sweep")
        assert jobs.take_turn(session, "sweep", "b", 60)
        assert not jobs.take_turn(session, "sweep", "a", 60)


def test_of_many_who_want_the_first_turn_one_gets_it(database: Database) -> None:
    def take(number: int) -> bool:
        with database.writing() as session:
            return jobs.take_turn(session, "sweep", f"holder {number}", 60)

    assert sorted(things.at_once(take, 12)) == [False] * 11 + [True]


def test_of_many_who_want_a_turn_that_ran_out_one_gets_it(database: Database) -> None:
    with database.writing() as session:
        session.add(Lock(name="sweep", holder="gone", until=db.now(session) - timedelta(seconds=1)))

    def take(number: int) -> bool:
        with database.writing() as session:
            return jobs.take_turn(session, "sweep", f"holder {number}", 60)

    assert sorted(things.at_once(take, 12)) == [False] * 11 + [True]


def test_a_lost_job_is_queued_again_and_the_transition_says_why(database: Database) -> None:
    with database.writing() as session:
        lost, held = lose(session), things.start(session)
        assert [job.id for job in jobs.return_lost(session, most_losses=MANY)] == [lost.job_id]
        job = session.get_one(Job, lost.job_id)
        assert (job.status, job.losses, job.lease_until, job.worker) == ("queued", 1, None, None)
        last = job.transitions[-1]
        assert (last.status, last.attempt, last.worker, last.reason) == (
            "queued",
            1,
            "w1",
            "worker w1 was lost",
        )
        assert session.get_one(Job, held.job_id).status == "running"
        assert jobs.return_lost(session, most_losses=MANY) == []


def test_a_job_that_is_lost_too_often_fails(database: Database) -> None:
    with database.writing() as session:
        lost = lose(session)
        jobs.return_lost(session, most_losses=1)
        job = session.get_one(Job, lost.job_id)
        assert job.status == "failed"
        assert job.error is not None
        assert (job.error["code"], job.error["retryable"]) == ("worker_lost", True)


def test_a_lost_job_that_was_to_be_cancelled_is(database: Database) -> None:
    with database.writing() as session:
        lost = lose(session)
        jobs.request_cancel(session, session.get_one(Job, lost.job_id))
        jobs.return_lost(session, most_losses=MANY)
        assert session.get_one(Job, lost.job_id).status == "cancelled"


def test_sweepers_at_the_same_time_return_each_job_once(database: Database) -> None:
    with database.writing() as session:
        lost = [lose(session).job_id for _ in range(5)]

    def sweep(_: int) -> list[str]:
        with database.writing() as session:
            return [job.id for job in jobs.return_lost(session, most_losses=MANY)]

    returned = [job_id for ids in things.at_once(sweep, 6) for job_id in ids]  # type: ignore[attr-defined]
    assert sorted(returned) == sorted(lost)
    with database.reading() as session:
        assert {job.losses for job in session.scalars(sa.select(Job))} == {1}


def test_a_lease_renewed_at_the_last_moment_holds_or_is_lost_and_nothing_between(database: Database) -> None:
    for _ in range(8):
        with database.writing() as session:
            lease = lose(session)

        def race(part: int, lease: jobs.Lease = lease) -> bool:
            try:
                with database.writing() as session:
                    if part:
                        jobs.renew(session, lease, seconds=1)
                        return True
                    return bool(jobs.return_lost(session, most_losses=MANY))
            except jobs.LostLeaseError:
                return False

        assert sorted(things.at_once(race, 2)) == [False, True]
        with database.writing() as session:
            session.execute(sa.delete(Job))


def test_waiting_jobs_are_counted_by_what_they_ask_for(database: Database) -> None:
    with database.writing() as session:
        things.start(session)
        for accelerator in ("any", "gpu", "gpu"):
            things.submit(session, resources={"accelerator": accelerator})
        assert jobs.waiting(session) == {"any": 1, "gpu": 2}


def test_what_has_expired_is_forgotten(database: Database) -> None:
    with database.writing() as session:
        at, owner = db.now(session), things.user(session)
        for name, age in (("old", timedelta(hours=25)), ("new", timedelta(hours=23))):
            key = {"user_id": owner.id, "key": name, "route": "/", "holder": "r", "held_until": at}
            session.add(IdempotencyKey(**key, created_at=at - age))
        for name, age in (("old", timedelta(minutes=61)), ("new", timedelta(minutes=59))):
            seen = {"started_at": at, "seen_at": at - age}
            session.add(Worker(name=name, slots=1, accelerators=["cpu"], draining=False, **seen))
        session.flush()
        jobs.forget(session)
        assert session.scalars(sa.select(IdempotencyKey.key)).all() == ["new"]
        assert session.scalars(sa.select(Worker.name)).all() == ["new"]


def test_artifacts_of_data_sets_and_models_are_used_until_they_go(database: Database) -> None:
    with database.writing() as session:
        version = things.version(session)
        dataset = session.scalars(sa.select(Dataset)).one()
        arrays = set(dataset.artifacts.values())
        assert jobs.used_artifacts(session) == arrays | {"e" * 64}
        models.delete_version(session, version.model, version)
        assert jobs.used_artifacts(session) == arrays
        catalogue.delete(session, dataset)
        assert jobs.used_artifacts(session) == set()


def checkpointed(session: Session) -> jobs.Lease:
    lease = things.start(session)
    jobs.add_epoch(session, lease, things.epoch(1), {"sha256": "c" * 64, "epoch": 1})
    return lease


def keeps(session: Session, sha256: str) -> bool:
    session.flush()
    return sha256 in jobs.used_artifacts(session)


def test_a_checkpoint_is_used_as_long_as_its_job_may_go_on(database: Database) -> None:
    with database.writing() as session:
        lease = checkpointed(session)
        assert keeps(session, "c" * 64)
        job = jobs.give_back(session, lease, reason="draining")
        assert keeps(session, "c" * 64)
        claimed = things.claim(session)
        assert claimed is not None
        jobs.fail(session, claimed[1], jobs.Failure("time_limit", "it took too long"))
        assert keeps(session, "c" * 64)
        jobs.retry(session, job)
        claimed = things.claim(session)
        assert claimed is not None
        jobs.succeed(session, claimed[1])
        assert not keeps(session, "c" * 64)


def test_the_checkpoint_of_what_would_only_fail_again_is_not_used(database: Database) -> None:
    with database.writing() as session:
        jobs.fail(session, checkpointed(session), jobs.Failure("nan_loss", "it diverged"))
        assert not keeps(session, "c" * 64)


def test_the_weights_that_a_job_begins_with_are_used_as_long_as_it_may_begin(database: Database) -> None:
    with database.writing() as session:
        version = things.version(session)
        job = things.submit(session, training={"initial_model": "pets"})
        models.delete_version(session, version.model, version)
        assert keeps(session, "e" * 64)
        jobs.request_cancel(session, job)
        assert keeps(session, "e" * 64)
        jobs.retry(session, job)
        claimed = things.claim(session)
        assert claimed is not None
        jobs.succeed(session, claimed[1])
        assert not keeps(session, "e" * 64)
