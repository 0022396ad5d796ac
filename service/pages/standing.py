"""How an assignment stands for a student: what can still be done, and until when."""

from datetime import UTC, datetime
from typing import Any

from babel.dates import format_timedelta

from service import language

LATEST = datetime.max.replace(tzinfo=UTC)


def away(at: datetime) -> str:
    """How far a time is: in 3 days, 2 hours ago."""
    seconds = at - datetime.now(UTC)
    # At 0.95 of a unit it is told in that unit, as the scripts do.
    return format_timedelta(seconds, add_direction=True, threshold=0.95, locale=language.current())


def state(mine: dict[str, Any]) -> str:
    """Whether something can be handed in: `open`, `late`, or why not: `locked`, `used_up`, `used_today`."""
    attempts = mine["attempts"]
    if mine["locked"]:
        return "locked"
    if attempts["left"] == 0:
        return "used_up"
    if attempts["left_today"] == 0:
        return "used_today"
    return "late" if is_past(mine["due_at"]) else "open"


def is_open(mine: dict[str, Any] | None) -> bool:
    """Whether something can be handed in now; a teacher always can."""
    return mine is None or state(mine) in {"open", "late"}


def is_past(at: datetime | None) -> bool:
    """Whether that is over."""
    return at is not None and at < datetime.now(UTC)


def ordered(assignments: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What is to be done first comes first, and what is closed last."""
    return sorted(assignments, key=_urgency)


def due_next(open_ones: list[dict[str, Any]]) -> dict[str, Any] | None:
    """What is due next, of such as are ordered."""
    dues = [one for one in open_ones if one["mine"]["due_at"] and not is_past(one["mine"]["due_at"])]
    return dues[0] if dues else None


def _urgency(assignment: dict[str, Any]) -> tuple[bool, datetime, str]:
    told = assignment["mine"] or assignment
    closed = is_past(told["lock_at"])
    return closed, told["due_at"] or LATEST, assignment["id"]


def words(assignment: dict[str, Any]) -> dict[str, str]:
    """Title and text, in the reader's language where the teacher gave them in it."""
    own = {"title": assignment["title"], "text": assignment["text"]}
    found: dict[str, str] = assignment["translations"].get(language.current(), own)
    return found
