"""A job's status, and every way in which it changes. No other module changes it.

    queued → running → succeeded | failed | cancelled
       ↑________|  a lost or draining worker         failed | cancelled → queued  a retry

A worker speaks for a job with its fencing number (the attempt): a statement of an attempt that is no
longer the job's raises `LostLeaseError` and changes nothing.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Self

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import db, sharing
from core.datasets import catalogue
from core.errors import FittingRoomError, InvalidRequestError, NotFoundError
from core.tables import ACTIVE, Job, Transition

HINTS = {
    "nan_loss": "The loss stopped being a number. Try a learning rate ten times smaller, clip_norm: 1.0, or "
    "scaled inputs; and check that the loss fits the last layer's activation.",
    "out_of_memory": "Try a smaller batch_size, fewer units or filters, or pooling before the first Dense "
    "layer.",
    "time_limit": "Ask for more with limits.max_seconds, or train fewer epochs; a retry goes on from the "
    "last checkpoint.",
    "worker_lost": "The worker died several times in a row without progress. Retry once; if it dies again, "
    "ask an operator to look at the worker's log.",
    "invalid_data": "Look at the data set's description and warnings, and upload it again.",
    "internal": "This is not your doing. Retry once; if it fails again, tell an operator the job's id.",
}
MOST_REASON_CHARACTERS = 255
MOST_MESSAGE_CHARACTERS = 2_000
# What would only fail again.
NOT_RETRYABLE = ("nan_loss", "invalid_data")


class LostLeaseError(FittingRoomError):
    """The job is no longer this attempt's."""


@dataclass(frozen=True)
class Lease:
    """The right to speak for a job, until it is given to somebody else."""

    job_id: str
    attempt: int
    seconds: float
    """How long a renewal lasts."""
    gpus: int = 0
    """How many GPUs the attempt is to have."""


@dataclass(frozen=True)
class Failure:
    """Why a job failed, as `job.error` tells it."""

    code: str
    message: str

    def describe(self) -> dict[str, Any]:
        """With what to do about it."""
        return {
            "code": self.code,
            "message": self.message[:MOST_MESSAGE_CHARACTERS],
            "hint": HINTS[self.code],
            "retryable": self.code not in NOT_RETRYABLE,
        }

    @classmethod
    def internal(cls, message: str) -> Self:
        """Something that is ours to mend."""
        return cls("internal", message)


def enter(session: Session, job: Job, status: str, *, reason: str | None = None) -> None:
    """Notes that the job has a new status."""
    at = db.now(session)
    last = session.scalar(sa.select(sa.func.max(Transition.number)).where(Transition.job_id == job.id)) or 0
    job.status = status
    job.finished_at = None if status in ACTIVE else at
    session.add(
        Transition(
            job_id=job.id,
            number=last + 1,
            status=status,
            at=at,
            attempt=job.attempt or None,
            worker=job.worker,
            reason=reason and reason[:MOST_REASON_CHARACTERS],
        )
    )
    session.flush()
    session.expire(job, ["transitions"])


def start(session: Session, job: Job, worker: str, lease_seconds: float, gpus: int = 0) -> Lease:
    """`queued → running`: a new attempt, under a lease."""
    at = db.now(session)
    job.attempt += 1
    job.worker = worker
    job.lease_until = at + timedelta(seconds=lease_seconds)
    job.started_at = job.started_at or at
    enter(session, job, "running")
    return Lease(job.id, job.attempt, lease_seconds, gpus)


def renew(session: Session, lease: Lease, *, seconds: float, progress: dict[str, Any] | None = None) -> bool:
    """Renews the lease, stores progress, and answers whether a cancel was asked for: one statement.

    `seconds` is how long the attempt has run since it last said so.

    Raises:
        LostLeaseError: the job has been given to somebody else, or ended.
    """
    changes: dict[str, Any] = {
        "lease_until": db.now(session) + timedelta(seconds=lease.seconds),
        "seconds": Job.seconds + seconds,
    }
    if progress is not None:
        changes["progress"] = progress
    asked = session.execute(
        sa.update(Job).where(*_held(lease)).values(changes).returning(Job.cancel_requested)
    ).scalar_one_or_none()
    if asked is None:
        raise LostLeaseError(_lost(lease))
    return asked


def held(session: Session, lease: Lease) -> Job:
    """The lease's job, locked until the transaction ends.

    Raises:
        LostLeaseError: the job has been given to somebody else, or ended.
    """
    query = sa.select(Job).where(*_held(lease)).with_for_update()
    # As it is now, and not as it was when this session first saw it.
    job = session.scalar(query.execution_options(populate_existing=True))
    if job is None:
        raise LostLeaseError(_lost(lease))
    return job


def succeed(session: Session, lease: Lease) -> Job:
    """`running → succeeded`. The caller adds the model version in the same transaction."""
    return _end(session, lease, "succeeded")


def fail(session: Session, lease: Lease, failure: Failure) -> Job:
    """`running → failed`."""
    job = _end(session, lease, "failed")
    job.error = failure.describe()
    return job


def cancelled(session: Session, lease: Lease) -> Job:
    """`running → cancelled`: the trainer is gone."""
    return _end(session, lease, "cancelled")


def give_back(session: Session, lease: Lease, *, reason: str, most_losses: int | None = None) -> Job:
    """`running → queued`, by the worker that has it. With `most_losses` it counts as a loss."""
    job = held(session, lease)
    return_to_queue(session, job, reason=reason, most_losses=most_losses)
    return job


def return_to_queue(session: Session, job: Job, *, reason: str, most_losses: int | None) -> None:
    """`running → queued`, or an end where a cancel was asked for or too many attempts were lost."""
    job.lease_until = None
    if most_losses is not None:
        job.losses += 1
    if job.cancel_requested:
        enter(session, job, "cancelled", reason=reason)
    elif most_losses is not None and job.losses >= most_losses:
        job.error = Failure(
            "worker_lost", f"{job.losses} attempts in a row were lost; the last: {reason}"
        ).describe()
        enter(session, job, "failed", reason=reason)
    else:
        enter(session, job, "queued", reason=reason)
    if job.status == "queued":
        job.worker = None


def request_cancel(session: Session, job: Job, *, reason: str = "cancelled while queued") -> bool:
    """Cancels a queued job now, and a running one through its worker. Answers whether it did either."""
    lock(session, job)
    if job.status not in ACTIVE:
        return False
    job.cancel_requested = True
    if job.status == "queued":
        enter(session, job, "cancelled", reason=reason)
    return True


def supersede(session: Session, job: Job, *, reason: str) -> bool:
    """Cancels the job if it waits, and lets it run if it runs. Answers whether it did."""
    lock(session, job)
    return job.status == "queued" and request_cancel(session, job, reason=reason)


def retry(session: Session, job: Job) -> None:
    """`failed | cancelled → queued`: a new attempt, from the last checkpoint.

    Raises:
        InvalidRequestError: there is nothing to retry, or it would only fail again.
        ConflictError: it was handed in, and another attempt at an assignment is another submission.
    """
    sharing.keep(session, job.id, "The job")
    # The data set first, as `catalogue.delete` does: two that lock in different order wait for ever.
    if job.dataset_id is not None:
        catalogue.hold(session, job.dataset_id)
    lock(session, job)
    if job.status not in ("failed", "cancelled"):
        raise InvalidRequestError(f"The job is {job.status}: there is nothing to retry.")
    if job.error and not job.error["retryable"]:
        raise InvalidRequestError(
            f"A retry would end in {job.error['code']} again. {job.error['hint']} Then submit a new job."
        )
    if job.dataset_id is None:
        raise InvalidRequestError("The job's data set was deleted: there is nothing to train on.")
    job.error, job.cancel_requested, job.losses, job.seconds, job.worker = None, False, 0, 0.0, None
    enter(session, job, "queued", reason="retry")


def lock(session: Session, job: Job) -> None:
    """Locks the job and reads it anew: a worker may have claimed or ended it since it was looked up.

    Raises:
        NotFoundError: it was deleted meanwhile.
    """
    if session.scalar(sa.select(Job.id).where(Job.id == job.id).with_for_update()) is None:
        raise NotFoundError(f"There is no job {job.id!r}.")
    session.refresh(job)


def _end(session: Session, lease: Lease, status: str) -> Job:
    job = held(session, lease)
    job.lease_until = None
    enter(session, job, status)
    return job


def _held(lease: Lease) -> tuple[sa.ColumnElement[bool], ...]:
    return Job.id == lease.job_id, Job.attempt == lease.attempt, Job.status == "running"


def _lost(lease: Lease) -> str:
    return f"Attempt {lease.attempt} of {lease.job_id} is over."
