"""Invitations: an administrator's word that one platform may register itself. Only a hash of each is kept."""

import secrets
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import db
from core.lti import keys
from core.lti.errors import LaunchError
from core.lti.states import hashed
from core.tables import LtiInvitation

INVITATION_SECONDS = 7 * 24 * 3600
GONE = "This invitation was followed already, or has run out."


def invite(session: Session, name: str) -> str:
    """A secret with which one platform may register itself, within a week."""
    keys.ensure(session)
    secret, at = secrets.token_urlsafe(32), db.now(session)
    session.add(
        LtiInvitation(
            sha256=hashed(secret),
            name=name,
            created_at=at,
            expires_at=at + timedelta(seconds=INVITATION_SECONDS),
        )
    )
    return secret


def find(session: Session, secret: str) -> LtiInvitation:
    """An invitation that can be followed.

    Raises:
        LaunchError: it was never made, was followed already, or has run out.
    """
    found = session.get(LtiInvitation, hashed(secret))
    if found is None or found.used_at is not None or found.expires_at <= db.now(session):
        raise LaunchError("invitation_unknown", GONE)
    return found


def use(session: Session, secret: str) -> LtiInvitation:
    """Takes an invitation, which then nobody else can.

    Raises:
        LaunchError: it cannot be followed.
    """
    found = find(session, secret)
    unused = sa.update(LtiInvitation).where(
        LtiInvitation.sha256 == found.sha256, LtiInvitation.used_at.is_(None)
    )
    if session.scalar(unused.values(used_at=db.now(session)).returning(LtiInvitation.sha256)) is None:
        raise LaunchError("invitation_unknown", GONE)
    return found


def give_back(session: Session, invitation: LtiInvitation) -> None:
    """Lets it be followed once more: it did not come to anything."""
    row = sa.update(LtiInvitation).where(LtiInvitation.sha256 == invitation.sha256)
    session.execute(row.values(used_at=None))
