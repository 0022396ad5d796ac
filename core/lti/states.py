"""Logins that were begun. Each may end in one launch, soon, and in the browser that began it.

The `state` keeps a stranger from having somebody land as whom they do not know (OpenID Connect core, section
3.1.2.1): it is known to the browser that began, by a cookie or by what it keeps in the platform's storage.
"""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import db
from core.lti.errors import LaunchError
from core.tables import LtiInvitation, LtiRegistration, LtiState, LtiTicket

STATE_SECONDS = 600
# How long what has run out is kept: to tell that it did, and not that it never was.
# Not for long, as anybody may begin a login.
KEPT_SECONDS = 3600


@dataclass(frozen=True)
class Begun:
    """The secrets of a login: two for the platform to give back, one for its storage if it has one."""

    state: str
    nonce: str
    storage: str


def begin(session: Session, registration: LtiRegistration, login: Mapping[str, str], browser: str) -> Begun:
    """A new login, with its parameters, of a browser that keeps the secret `browser`."""
    begun = Begun(*(secrets.token_urlsafe(32) for _ in range(3)))
    at = db.now(session)
    session.add(
        LtiState(
            sha256=hashed(begun.state),
            registration_id=registration.id,
            nonce=hashed(begun.nonce),
            browser=hashed(browser),
            storage=hashed(begun.storage) if login.get("lti_storage_target") else None,
            login=dict(login),
            created_at=at,
            expires_at=at + timedelta(seconds=STATE_SECONDS),
        )
    )
    return begun


def find(session: Session, state: str) -> LtiState:
    """The login of a state that may still be used.

    Raises:
        LaunchError: it is not known, or was used, or has run out.
    """
    found = session.get(LtiState, hashed(state))
    if found is None:
        raise LaunchError("state_unknown", "No login was begun with this state.")
    if found.used_at is not None:
        raise LaunchError("state_used", "This login has ended in a launch already.")
    if found.expires_at <= db.now(session):
        raise LaunchError("state_expired", "This login was begun too long ago.")
    return found


def is_browser(login: LtiState, *, cookie: str | None, stored: str | None) -> bool:
    """Whether a browser with this cookie, or this in the platform's storage, began the login."""
    by_cookie = cookie is not None and secrets.compare_digest(login.browser, hashed(cookie))
    by_storage = (
        login.storage is not None
        and stored is not None
        and secrets.compare_digest(login.storage, hashed(stored))
    )
    return by_cookie or by_storage


def use(session: Session, login: LtiState) -> None:
    """Ends the login. Of two who would at the same time, one does.

    Raises:
        LaunchError: it has ended.
    """
    unused = sa.update(LtiState).where(LtiState.sha256 == login.sha256, LtiState.used_at.is_(None))
    if session.scalar(unused.values(used_at=db.now(session)).returning(LtiState.sha256)) is None:
        raise LaunchError("state_used", "This login has ended in a launch already.")


def trim(session: Session) -> None:
    """Forgets logins, invitations and tickets that ran out a while ago."""
    at = db.now(session) - timedelta(seconds=KEPT_SECONDS)
    for table in (LtiState, LtiInvitation, LtiTicket):
        session.execute(sa.delete(table).where(table.expires_at < at))


def hashed(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
