"""When an assignment is due, and when nothing is taken any more: for all, and for one."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from core.courses import parties
from core.tables import Assignment, Extension


@dataclass(frozen=True)
class Dates:
    """Both; null is never."""

    due_at: datetime | None
    lock_at: datetime | None


def of(assignment: Assignment, extensions: list[Extension]) -> Dates:
    """The dates for somebody with these extensions: of several, the latest counts."""
    due = _latest(assignment.due_at, [one.due_at for one in extensions])
    lock = _latest(assignment.lock_at, [one.lock_at or one.due_at for one in extensions])
    return Dates(due, lock)


def for_user(session: Session, assignment: Assignment, user_id: str) -> Dates:
    """The dates for the user."""
    return of(assignment, parties.extensions(session, assignment, user_id))


def _latest(general: datetime | None, own: list[datetime | None]) -> datetime | None:
    """What has no end stays without one."""
    return general and max([general, *(one for one in own if one)])
