"""Sessions of people who look with a browser: a secret in a cookie, of which only the hash is kept."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from core import db
from core.tables import BrowserSession, User


@dataclass(frozen=True)
class SignedIn:
    """Who a session is of, and until when."""

    user: User
    expires_at: datetime


def begin(session: Session, user: User, *, seconds: int, token_id: str | None = None) -> str:
    """A new session of the user's, which ends with the token that it was begun with; its secret."""
    secret, now = secrets.token_urlsafe(32), db.now(session)
    session.add(
        BrowserSession(
            sha256=_hash(secret),
            user_id=user.id,
            token_id=token_id,
            created_at=now,
            expires_at=now + timedelta(seconds=seconds),
        )
    )
    return secret


def find(session: Session, secret: str) -> SignedIn | None:
    """Whose session it is, or None. Like a token it is looked up by hash."""
    query = sa.select(BrowserSession).where(BrowserSession.sha256 == _hash(secret))
    found = session.scalar(query.options(joinedload(BrowserSession.user)))
    if found is None or found.expires_at <= db.now(session):
        return None
    return SignedIn(found.user, found.expires_at)


def end(session: Session, secret: str) -> None:
    """Ends a session, if it is there."""
    session.execute(sa.delete(BrowserSession).where(BrowserSession.sha256 == _hash(secret)))


def trim(session: Session) -> None:
    """Forgets the sessions that have run out."""
    session.execute(sa.delete(BrowserSession).where(BrowserSession.expires_at <= db.now(session)))


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
