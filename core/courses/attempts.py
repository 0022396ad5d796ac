"""How often somebody has tried, and how often they may still."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.courses import parties
from core.courses.parties import Party
from core.errors import TooManyError
from core.tables import Assignment, Job, Submission

# Reasons of a failure that are the student's own: the network, or how it was trained.
OWN = ("nan_loss", "out_of_memory", "time_limit")


@dataclass(frozen=True)
class Attempts:
    """What was used, what is left (null: no limit), and when a new day begins."""

    used: int
    total: int | None
    used_today: int
    per_day: int | None
    resets_at: datetime

    @property
    def left(self) -> int | None:
        """In all."""
        return None if self.total is None else max(0, self.total - self.used)

    @property
    def left_today(self) -> int | None:
        """Today; never more than in all."""
        today = None if self.per_day is None else max(0, self.per_day - self.used_today)
        known = [left for left in (today, self.left) if left is not None]
        return min(known) if known else None


class AttemptsError(TooManyError):
    """There are no attempts left."""


def count(session: Session, assignment: Assignment, party: Party, at: datetime) -> Attempts:
    """The attempts of the party, by the course's day at `at`.

    What was cancelled does not count, nor what failed for a reason that is not the student's own.
    """
    terms = parties.terms(assignment).attempts
    more = sum(one.attempts for one in parties.extensions(session, assignment, party.user_id))
    begin, end = day(assignment.course.timezone, at)
    query = (
        sa.select(Submission.arrived_at, Job.status, Job.error)
        .join(Submission.job)
        .where(Submission.assignment_id == assignment.id, party.handed_in, Job.status != "cancelled")
    )
    arrived = [
        when for when, status, error in session.execute(query) if counts(status, error and error["code"])
    ]
    return Attempts(
        used=len(arrived),
        total=terms.total and terms.total + more,
        used_today=sum(begin <= when < end for when in arrived),
        per_day=terms.per_day and terms.per_day + more,
        resets_at=end,
    )


def counts(status: str, code: str | None) -> bool:
    """Whether a submission whose job stands so is an attempt."""
    return status != "cancelled" and (status != "failed" or code in OWN)


def check(found: Attempts, at: datetime) -> None:
    """Refuses one attempt more than there may be.

    Raises:
        AttemptsError: with the limit, and when there are some again.
    """
    if found.total is not None and found.left == 0:
        error = AttemptsError("attempts in total", limit=found.total, asked=found.used + 1, unit="attempts")
        error.retry_after_seconds = None
        raise error
    if found.per_day is not None and found.left_today == 0:
        error = AttemptsError(
            "attempts a day", limit=found.per_day, asked=found.used_today + 1, unit="attempts"
        )
        error.retry_after_seconds = max(1, round((found.resets_at - at).total_seconds()))
        raise error


def day(timezone: str, at: datetime) -> tuple[datetime, datetime]:
    """The beginning and the end of the day that `at` is of, there; in UTC."""
    zone: tzinfo = UTC if timezone == "UTC" else ZoneInfo(timezone)
    local = at.astimezone(zone)
    begin = datetime(local.year, local.month, local.day, tzinfo=zone)
    after = begin.date() + timedelta(days=1)
    end = datetime(after.year, after.month, after.day, tzinfo=zone)
    return begin.astimezone(UTC), end.astimezone(UTC)
