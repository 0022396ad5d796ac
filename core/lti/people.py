"""Who somebody on a platform is here. A person is an issuer's `sub`, and never an e-mail address.

LTI 1.3 core, section 5.3.6.1: `sub` is what stays. An e-mail address can be another's tomorrow, and on some
platforms everybody may write into theirs what they like.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import db, users
from core.lti.launch import Person
from core.tables import LtiPerson, User


def sign_in(session: Session, person: Person) -> User:
    """The user that this person is, made at their first launch; of what is told of them the last holds."""
    found = session.get(LtiPerson, (person.issuer, person.sub))
    if found is None:
        found = _add(session, person)
    found.name = person.name or found.name
    found.email = person.email or found.email
    found.seen_at = db.now(session)
    found.user.full_name = found.name
    return found.user


def of_user(session: Session, user_id: str, issuer: str) -> LtiPerson | None:
    """Who a user is on the platforms of an issuer."""
    query = sa.select(LtiPerson).where(LtiPerson.user_id == user_id, LtiPerson.issuer == issuer)
    return session.scalar(query.order_by(LtiPerson.seen_at.desc()).limit(1))


def names(session: Session, user_ids: Sequence[str]) -> dict[str, str]:
    """What platforms call these users, where they told."""
    query = (
        sa.select(LtiPerson.user_id, LtiPerson.name)
        .where(LtiPerson.user_id.in_(user_ids), LtiPerson.name.is_not(None))
        .order_by(LtiPerson.seen_at)
    )
    return {user_id: name for user_id, name in session.execute(query) if name}


def _add(session: Session, person: Person) -> LtiPerson:
    # A name of its own making: one that the platform tells could be that of somebody who is here already.
    user = users.find_or_create(session, db.new_id("lti"), None)
    values = {
        "issuer": person.issuer,
        "sub": person.sub,
        "user_id": user.id,
        "seen_at": db.now(session),
    }
    if not db.insert_or_nothing(session, LtiPerson, values):
        session.delete(user)  # another tab was just as quick
        session.flush()
    return session.get_one(LtiPerson, (person.issuer, person.sub))
