"""Who sends which score: one process at a time, which has a lease on it.

With a claim comes the number of the attempt: what one that was given up still has to say changes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, contains_eager

from core import db
from core.lti.scores import Score
from core.tables import LtiLink, LtiScore

# Longer than all requests that one score can take.
LEASE_SECONDS = 180
FIRST_PAUSE_SECONDS, MOST_PAUSE_SECONDS = 5.0, 900.0
GIVEN_UP_DAYS = 14


@dataclass(frozen=True)
class Claimed:
    """A score that is to be sent now, by whoever has this."""

    id: str
    attempt: int
    version: int
    link: LtiLink
    score: Score


def is_due(session: Session) -> bool:
    """Whether there is a score to be sent now."""
    return session.scalar(_due(session).with_only_columns(LtiScore.id).limit(1)) is not None


def claim(session: Session, *, without: Sequence[str] = ()) -> Claimed | None:
    """The score that has waited longest, for the caller to send; none of the registrations `without`."""
    query = (
        _due(session)
        .join(LtiScore.link)
        .join(LtiLink.registration)
        .where(LtiLink.registration_id.not_in(without))
        .options(contains_eager(LtiScore.link).contains_eager(LtiLink.registration))
        .order_by(LtiScore.next_at, LtiScore.id)
        .limit(1)
        .with_for_update(skip_locked=True, of=LtiScore)
    )
    row = session.scalar(query)
    if row is None:
        return None
    at = db.now(session)
    row.attempt += 1
    row.lease_until = at + timedelta(seconds=LEASE_SECONDS)
    # Before it is sent: what the platform may have got, even if no answer came, was of an earlier time.
    row.last_timestamp = max(int(at.timestamp()), row.last_timestamp + 1)
    return Claimed(row.id, row.attempt, row.version, row.link, _score(row))


def delivered(session: Session, claimed: Claimed) -> None:
    """The platform has it."""
    row = _held(session, claimed)
    if row is None:
        return
    row.lease_until, row.failures, row.error = None, 0, None
    row.delivered_version, row.delivered_at = claimed.version, db.now(session)
    if row.version == claimed.version:
        row.status = "delivered"
    else:
        row.next_at = db.now(session)  # another score came meanwhile


def failed(
    session: Session, claimed: Claimed, error: str, *, most: int | None, pause: float | None = None
) -> None:
    """The platform did not take it. After `most` failures in a row it is not tried any more.

    `pause` is in seconds; without it, pauses grow.
    """
    row = _held(session, claimed)
    if row is None:
        return
    at = db.now(session)
    if row.version == claimed.version:
        row.failures += 1
        row.error = error[:1000]
    old = row.changed_at < at - timedelta(days=GIVEN_UP_DAYS)
    row.lease_until = None
    row.next_at = at + timedelta(seconds=pause if pause is not None else pause_after(row.failures))
    if row.version == claimed.version and (old or (most is not None and row.failures >= most)):
        row.status = "refused"


def postpone(session: Session, claimed: Claimed, seconds: float) -> None:
    """Gives it back: somebody else is just doing what it waits for."""
    row = _held(session, claimed)
    if row is not None:
        row.lease_until, row.next_at = None, db.now(session) + timedelta(seconds=seconds)


def hasten(session: Session, registration_id: str) -> None:
    """Lets all that waits for a platform be tried now: it is there again."""
    at = db.now(session)
    links = sa.select(LtiLink.id).where(LtiLink.registration_id == registration_id)
    waiting = sa.update(LtiScore).where(
        LtiScore.status == "waiting", LtiScore.next_at > at, LtiScore.link_id.in_(links)
    )
    session.execute(waiting.values(next_at=at))


def keep_lineitem(session: Session, link_id: str, url: str | None) -> None:
    """Notes the column that was found or made for a link; None forgets one that is gone."""
    link = session.get(LtiLink, link_id)
    if link is not None:
        link.lineitem_url, link.lineitem_found = url, True


def pause_after(failures: int) -> float:
    """Seconds until the next attempt, after so many failures in a row."""
    return min(FIRST_PAUSE_SECONDS * 2.0 ** min(max(failures - 1, 0), 20), MOST_PAUSE_SECONDS)


def _due(session: Session) -> sa.Select[LtiScore]:
    at = db.now(session)
    free = sa.or_(LtiScore.lease_until.is_(None), LtiScore.lease_until <= at)
    return sa.select(LtiScore).where(LtiScore.status == "waiting", LtiScore.next_at <= at, free)


def _held(session: Session, claimed: Claimed) -> LtiScore | None:
    query = sa.select(LtiScore).where(LtiScore.id == claimed.id, LtiScore.attempt == claimed.attempt)
    return session.scalar(query.with_for_update())


def _score(row: LtiScore) -> Score:
    return Score(
        sub=row.sub,
        final=row.final,
        score=row.score,
        maximum=row.maximum,
        comment=row.comment,
        submitted_at=row.submitted_at,
        new_submission=row.submitted_version > row.delivered_version,
        timestamp=row.last_timestamp,
    )
