from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import jobs
from core.datasets import catalogue
from core.db import Database
from core.errors import ConflictError, InvalidRequestError, NotFoundError
from core.jobs.lifecycle import HINTS
from core.tables import Dataset, Epoch, Job, Transition
from tests.core import things


def test_a_renewal_prolongs_the_lease_counts_the_seconds_and_stores_progress(database: Database) -> None:
    with database.writing() as session:
        lease = things.start(session)
        things.expire(session, lease)
    with database.writing() as session:
        assert jobs.renew(session, lease, seconds=1.5, progress={"epoch": 1}) is False
        assert jobs.renew(session, lease, seconds=0.5) is False
    with database.writing() as session:
        job = session.get_one(Job, lease.job_id)
        assert (job.seconds, job.progress) == (2.0, {"epoch": 1})
        assert jobs.return_lost(session, most_losses=1) == []


def test_a_renewal_tells_of_a_cancel(database: Database) -> None:
    with database.writing() as session:
        lease = things.start(session)
        assert jobs.request_cancel(session, session.get_one(Job, lease.job_id))
        assert jobs.renew(session, lease, seconds=1) is True


def test_what_is_not_a_number_is_stored_as_null(database: Database) -> None:
    with database.writing() as session:
        lease = things.start(session)
        jobs.renew(session, lease, seconds=1, progress={"loss": float("nan"), "best": float("inf")})
    with database.reading() as session:
        assert session.get_one(Job, lease.job_id).progress == {"loss": None, "best": None}


@pytest.mark.parametrize(
    ("end", "status"),
    [
        (jobs.succeed, "succeeded"),
        (lambda session, lease: jobs.fail(session, lease, jobs.Failure.internal("it broke")), "failed"),
        (jobs.cancelled, "cancelled"),
    ],
)
def test_a_job_ends_once_and_says_when(
    database: Database, end: Callable[[Session, jobs.Lease], Job], status: str
) -> None:
    with database.writing() as session:
        lease = things.start(session)
        job = end(session, lease)
    assert (job.status, job.lease_until) == (status, None)
    assert job.finished_at is not None
    with database.reading() as session:
        assert things.story(session, job) == ["queued", "running", status]
        last = session.get_one(Job, job.id).transitions[-1]
        assert (last.number, last.attempt, last.worker) == (3, 1, "w1")


@pytest.mark.parametrize("code", HINTS)
def test_a_failure_comes_with_its_hint(database: Database, code: str) -> None:
    with database.writing() as session:
        job = jobs.fail(session, things.start(session), jobs.Failure(code, "what happened"))
    with database.reading() as session:
        error = session.get_one(Job, job.id).error
    assert error == {
        "code": code,
        "message": "what happened",
        "hint": HINTS[code],
        "retryable": code not in ("nan_loss", "invalid_data"),
    }


def test_a_job_that_is_given_back_waits_for_another_worker_at_no_loss(database: Database) -> None:
    with database.writing() as session:
        lease = things.start(session)
        job = jobs.give_back(session, lease, reason="w1 is draining")
        assert (job.status, job.losses, job.worker, job.lease_until) == ("queued", 0, None, None)
        assert job.transitions[-1].reason == "w1 is draining"
        assert job.transitions[-1].worker == "w1"
        claimed = things.claim(session, "w2")
        assert claimed is not None
        assert claimed[1].attempt == 2


def test_a_reason_of_any_length_is_cut_to_what_is_kept(database: Database) -> None:
    with database.writing() as session:
        jobs.give_back(session, things.start(session), reason="x" * 1000)
    with database.reading() as session:
        assert session.scalars(sa.select(Transition.reason).order_by(Transition.number.desc())).first() == (
            "x" * 255
        )


def test_too_many_losses_in_a_row_fail_a_job_and_a_checkpoint_begins_the_count_anew(
    database: Database,
) -> None:
    with database.writing() as session:
        lease = things.start(session)
        for number in (1, 2):
            job = jobs.give_back(session, lease, reason="it died", most_losses=3)
            assert (job.status, job.losses) == ("queued", number)
            lease = _claim(session)
        jobs.add_epoch(session, lease, things.epoch(1), {"sha256": "c" * 64})
        assert job.losses == 0
        for _ in range(2):
            job = jobs.give_back(session, lease, reason="it died", most_losses=3)
            lease = _claim(session)
        job = jobs.give_back(session, lease, reason="it died", most_losses=3)
        assert (job.status, job.losses) == ("failed", 3)
        assert job.error is not None
        assert job.error["code"] == "worker_lost"
        assert job.error["message"] == "3 attempts in a row were lost; the last: it died"


def _claim(session: Session) -> jobs.Lease:
    claimed = things.claim(session)
    assert claimed is not None
    return claimed[1]


def test_a_job_that_is_to_be_cancelled_is_not_queued_again(database: Database) -> None:
    with database.writing() as session:
        lease = things.start(session)
        jobs.request_cancel(session, session.get_one(Job, lease.job_id))
        job = jobs.give_back(session, lease, reason="draining")
        assert job.status == "cancelled"
        assert things.claim(session) is None


def test_a_queued_job_is_cancelled_at_once(database: Database) -> None:
    with database.writing() as session:
        job = things.submit(session)
        assert jobs.request_cancel(session, job)
        assert (job.status, job.cancel_requested) == ("cancelled", True)
        assert job.finished_at is not None
        assert [moved.status for moved in job.transitions] == ["queued", "cancelled"]
        assert things.claim(session) is None


def test_what_has_ended_has_nothing_to_cancel(database: Database) -> None:
    with database.writing() as session:
        job = jobs.succeed(session, things.start(session))
        assert not jobs.request_cancel(session, job)
        assert (job.status, job.cancel_requested) == ("succeeded", False)


def test_a_cancel_that_was_looked_up_before_a_claim_asks_the_worker(database: Database) -> None:
    """On PostgreSQL; on SQLite nobody claims while somebody writes."""
    with database.writing() as session:
        job_id = things.submit(session).id
    with database.reading() as session:
        job = session.get_one(Job, job_id)
        session.rollback()  # as if the look-up had been an instant ago
        with database.writing() as other:
            lease = _claim(other)
        assert jobs.request_cancel(session, job)
        assert (job.status, job.attempt, job.cancel_requested) == ("running", 1, True)
        session.commit()
    with database.writing() as session:
        assert jobs.renew(session, lease, seconds=1) is True


def test_a_job_that_was_deleted_meanwhile_is_not_there(database: Database) -> None:
    with database.reading() as session:
        job = jobs.succeed(session, things.start(session))
        session.commit()
        with database.writing() as other:
            other.execute(sa.delete(Job))
        with pytest.raises(NotFoundError):
            jobs.request_cancel(session, job)
        with pytest.raises(NotFoundError):
            jobs.retry(session, job)


def test_a_retry_goes_on_from_the_checkpoint_with_a_clean_slate(database: Database) -> None:
    checkpoint = {"sha256": "c" * 64, "epoch": 2}
    with database.writing() as session:
        lease = things.start(session)
        jobs.renew(session, lease, seconds=100)
        jobs.add_epoch(session, lease, things.epoch(1), checkpoint)
        job = jobs.fail(session, lease, jobs.Failure("time_limit", "it took too long"))
        jobs.retry(session, job)
        assert (job.status, job.error, job.seconds, job.losses) == ("queued", None, 0.0, 0)
        assert (job.cancel_requested, job.finished_at, job.worker) == (False, None, None)
        assert job.checkpoint == checkpoint
        again = _claim(session)
    assert again.attempt == 2
    with database.reading() as session:
        assert things.story(session, job) == ["queued", "running", "failed", "queued", "running"]
        assert session.scalar(sa.select(sa.func.count()).select_from(Epoch)) == 1


def test_a_cancelled_job_can_be_retried(database: Database) -> None:
    with database.writing() as session:
        job = things.submit(session)
        jobs.request_cancel(session, job)
        jobs.retry(session, job)
        assert (job.status, job.cancel_requested) == ("queued", False)
        assert _claim(session).attempt == 1


@pytest.mark.parametrize("code", ["nan_loss", "invalid_data"])
def test_what_would_only_fail_again_is_not_retried(database: Database, code: str) -> None:
    with database.writing() as session:
        job = jobs.fail(session, things.start(session), jobs.Failure(code, "it happened"))
        with pytest.raises(InvalidRequestError, match=f"A retry would end in {code} again"):
            jobs.retry(session, job)


def test_only_what_failed_or_was_cancelled_is_retried(database: Database) -> None:
    with database.writing() as session:
        done = jobs.succeed(session, things.start(session))
        running = session.get_one(Job, things.start(session).job_id)
        queued = things.submit(session)
        for job in (done, running, queued):
            with pytest.raises(InvalidRequestError, match=f"The job is {job.status}"):
                jobs.retry(session, job)


def test_a_job_without_its_data_set_is_not_retried(database: Database) -> None:
    with database.writing() as session:
        job = things.submit(session)
        jobs.request_cancel(session, job)
        catalogue.delete(session, session.scalars(sa.select(Dataset)).one())
    with database.writing() as session, pytest.raises(InvalidRequestError, match="data set was deleted"):
        jobs.retry(session, session.get_one(Job, job.id))


def test_of_many_retries_at_the_same_time_one_is_made(database: Database) -> None:
    with database.writing() as session:
        job_id = jobs.fail(session, things.start(session), jobs.Failure.internal("it broke")).id

    def retry(_: int) -> bool:
        try:
            with database.writing() as session:
                jobs.retry(session, session.get_one(Job, job_id))
        except InvalidRequestError:
            return False
        return True

    assert sorted(things.at_once(retry, 8)) == [False] * 7 + [True]
    with database.reading() as session:
        story = things.story(session, session.get_one(Job, job_id))
    assert story == ["queued", "running", "failed", "queued"]


def test_a_retry_and_the_deletion_of_its_data_set_do_not_both_happen(database: Database) -> None:
    for number in range(8):
        with database.writing() as session:
            owner = things.user(session, f"user{number}")
            job = things.submit(session, owner)
            jobs.request_cancel(session, job)
            job_id, dataset_id = job.id, job.dataset_id

        def race(part: int, job_id: str = job_id, dataset_id: str | None = dataset_id) -> bool:
            try:
                with database.writing() as session:
                    if part:
                        jobs.retry(session, session.get_one(Job, job_id))
                    else:
                        catalogue.delete(session, session.get_one(Dataset, dataset_id))
            except (InvalidRequestError, ConflictError):
                return False
            return True

        assert sorted(things.at_once(race, 2)) == [False, True]
