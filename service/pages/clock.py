"""Times in a course's zone, as a field of a form has them, and as one reads them."""

from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time

from service import language


def written(at: datetime | None, zone: str) -> str:
    """A time for `<input type="datetime-local">`; empty for none."""
    if at is None:
        return ""
    local = at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    return local.isoformat(timespec="seconds" if local.second else "minutes")


def read(text: str, zone: str, was: datetime | None = None) -> str | None:
    """What such a field says, with its offset; what is no time is left to who says so in words.

    What nobody changed is as it `was`: a clock that is put back has an hour twice.
    """
    if was is not None and text == written(was, zone):
        return was.isoformat()
    try:
        return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).isoformat() if text else None
    except ValueError:
        return text


def told(at: datetime, zone: str) -> str:
    """12 Feb 2026, 23:00, as the reader's language writes it."""
    own, locale = ZoneInfo(zone), language.current()
    day = format_date(at.astimezone(own), "medium", locale=locale)
    return f"{day}, {format_time(at, 'short', tzinfo=own, locale=locale)}"
