"""A learning platform with a link to an assignment, for tests that are not about platforms."""

from contextlib import AbstractContextManager

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import db
from core.lti.scores import SCORE
from core.tables import LtiLink, LtiPerson, LtiRegistration, User

# Nothing listens there: what is sent waits.
NOWHERE = "https://lms.invalid/"


def bind(writing: AbstractContextManager[Session], assignment: str, name: str) -> None:
    """The platform has a link to the assignment, and the user of that name has come by it."""
    addresses = dict.fromkeys(("auth_login_url", "auth_token_url", "jwks_url"), NOWHERE)
    with writing as session:
        at = db.now(session)
        platform = LtiRegistration(
            name="School", issuer=NOWHERE, client_id="1", origins=[], created_at=at, **addresses
        )
        session.add(platform)
        session.flush()
        user = session.scalars(sa.select(User).where(User.name == name)).one()
        session.add(LtiPerson(issuer=NOWHERE, sub=name, user_id=user.id, seen_at=at))
        session.add(
            LtiLink(
                registration_id=platform.id,
                deployment_id="1",
                resource_link_id="1",
                assignment_id=assignment,
                lineitem_url=NOWHERE,
                scopes=[SCORE],
                seen_at=at,
            )
        )
