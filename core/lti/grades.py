"""The outbox of grades: a row for each link and person, with the one score that the platform is to have.

Whoever has a score calls `put`, in the transaction in which the score came to be; `core.lti.sending` delivers
it, outside of any transaction. A score that is put while an earlier one waits replaces it.
"""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, contains_eager

from core import db
from core.lti import people
from core.lti.scores import SCORE
from core.tables import LtiLink, LtiScore

MOST_RESENT = 10_000
NO_GRADES = "The platform lets us send no grades for this link."


def put(
    session: Session,
    link: LtiLink,
    user_id: str,
    *,
    score: float | None,
    maximum: float = 100,
    comment: str | None = None,
    submitted_at: datetime | None = None,
    new_submission: bool = True,
    final: bool = True,
) -> LtiScore | None:
    """Has the platform told a score; it replaces the one that may still wait.

    A comment of None keeps the one before, an empty one takes it away. What is not `final` tells that
    something was handed in, without a number, and only as long as there was no result: it would erase it.
    `new_submission` says whether this score is of something that was handed in since the last.

    None means that there is nobody to tell: the user never came by this platform, or it keeps no grades here.
    """
    person = people.of_user(session, user_id, link.registration.issuer)
    if person is None or not (link.lineitem_url or link.lineitems_url):
        return None
    row = _row(session, link, user_id, person.sub)
    if row.final and not final:
        return row
    wanted = {
        "final": final,
        "score": score if final else None,
        "maximum": maximum,
        "comment": row.comment if comment is None else comment.replace("\0", "") or None,
    }
    changed = row.version == 0 or any(getattr(row, name) != value for name, value in wanted.items())
    if changed or new_submission:
        for name, value in wanted.items():
            setattr(row, name, value)
        row.submitted_at = submitted_at or row.submitted_at
        _renew(session, row, new_submission=new_submission)
    return row


def resend(session: Session, row: LtiScore) -> None:
    """Has a score sent again, whatever became of it."""
    _renew(session, row, new_submission=row.submitted_version > row.delivered_version)


def resend_refused(session: Session, link_id: str | None = None) -> int:
    """Has all sent again that was refused, or that of one link; how many there were."""
    rows = page(session, status="refused", link_id=link_id, limit=MOST_RESENT)
    for row in rows:
        resend(session, row)
    return len(rows)


def page(
    session: Session,
    *,
    status: str | None = None,
    link_id: str | None = None,
    user_id: str | None = None,
    after: str | None = None,
    limit: int = 100,
) -> Sequence[LtiScore]:
    """Scores and how far they have got, newest first, below the id `after`."""
    query = (
        sa.select(LtiScore)
        .join(LtiScore.link)
        .options(contains_eager(LtiScore.link))
        .order_by(LtiScore.id.desc())
        .limit(limit)
    )
    for column, wanted in (
        (LtiScore.status, status),
        (LtiScore.link_id, link_id),
        (LtiScore.user_id, user_id),
    ):
        if wanted is not None:
            query = query.where(column == wanted)
    return session.scalars(query.where(LtiScore.id < after) if after else query).all()


def _renew(session: Session, row: LtiScore, *, new_submission: bool) -> None:
    at = db.now(session)
    row.version += 1
    if new_submission:
        row.submitted_version = row.version
    row.status, row.failures, row.error, row.next_at, row.changed_at = "waiting", 0, None, at, at
    if SCORE not in row.link.scopes:
        row.status, row.error = "refused", NO_GRADES


def _row(session: Session, link: LtiLink, user_id: str, sub: str) -> LtiScore:
    query = sa.select(LtiScore).where(LtiScore.link_id == link.id, LtiScore.sub == sub).with_for_update()
    found = session.scalar(query)
    if found is None:
        at = db.now(session)
        values = {
            "id": db.new_id("scr"),
            "link_id": link.id,
            "user_id": user_id,
            "sub": sub,
            "final": False,
            "maximum": 100,
            "status": "waiting",
            "version": 0,
            "submitted_version": 0,
            "delivered_version": 0,
            "attempt": 0,
            "failures": 0,
            "last_timestamp": 0,
            "next_at": at,
            "changed_at": at,
        }
        db.insert_or_nothing(session, LtiScore, values)
        found = session.scalars(query).one()
    return found
