"""How an attempt can end: what is written then, in the transaction that ends it."""

from collections.abc import Callable
from typing import Any

import structlog
from sqlalchemy.orm import Session

from core import jobs, models, plans, specs, speeds
from core.courses import marking

Write = Callable[[Session], None]

log = structlog.get_logger()


def succeeded(lease: jobs.Lease, facts: dict[str, Any], resolved: dict[str, Any]) -> Write:
    """The job, which is `resolved` so, has made a version of its model: `facts` are what
    `models.add_version` wants to know of it.
    """
    known = specs.Resolved.model_validate(resolved)  # before the transaction, which others may wait for

    def write(session: Session) -> None:
        job = jobs.succeed(session, lease)
        models.add_version(session, job, facts)
        speeds.record(session, job, known)
        plans.record(session, job, known)
        job.checkpoint = None
        _tell("attempt.succeeded", lease)

    return write


def scored(lease: jobs.Lease) -> Write:
    """The job, which was to train nothing, has scored what there was."""

    def write(session: Session) -> None:
        jobs.succeed(session, lease)
        _tell("attempt.succeeded", lease)

    return write


def marked(
    order: marking.Order,
    public: dict[str, Any] | None,
    hidden: dict[str, Any] | None,
    evaluation: str | None,
) -> Write:
    """What it scored for a course: evaluations, and where the hidden one is kept."""

    def write(session: Session) -> None:
        marking.record(session, order, public=public, hidden=hidden, evaluation=evaluation)

    return write


def in_turn(*writes: Write) -> Write:
    """All of them, in one transaction."""

    def write(session: Session) -> None:
        for one in writes:
            one(session)

    return write


def nothing(session: Session) -> None:
    """There is nothing to write."""
    del session


def failed(lease: jobs.Lease, code: str, message: str) -> Write:
    """The job cannot succeed, at least not as it is."""

    def write(session: Session) -> None:
        jobs.fail(session, lease, jobs.Failure(code, message))
        _tell("attempt.failed", lease, code=code, message=message)

    return write


def lost(lease: jobs.Lease, reason: str, most_losses: int) -> Write:
    """The trainer is gone, and nobody knows why: another attempt may fare better, but not for ever."""

    def write(session: Session) -> None:
        jobs.give_back(session, lease, reason=reason, most_losses=most_losses)
        _tell("attempt.lost", lease, reason=reason)

    return write


def returned(lease: jobs.Lease, reason: str) -> Write:
    """The worker has to go, and the job is somebody else's to finish."""

    def write(session: Session) -> None:
        jobs.give_back(session, lease, reason=reason)
        _tell("attempt.given_back", lease, reason=reason)

    return write


def cancelled(lease: jobs.Lease) -> Write:
    """Somebody wanted it so."""

    def write(session: Session) -> None:
        jobs.cancelled(session, lease)
        _tell("attempt.cancelled", lease)

    return write


def _tell(event: str, lease: jobs.Lease, **more: str) -> None:
    log.info(event, job=lease.job_id, attempt=lease.attempt, **more)
