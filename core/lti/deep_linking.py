"""What a teacher chose, brought back to the platform: Deep Linking 2.0.

Between the launch and the answer stands a ticket, which a page of ours carries along: in a frame there may be
no cookie. It is the teacher's who was launched, and is good for one answer.
"""

import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import db
from core.errors import InvalidRequestError
from core.lti.checks import CLAIM
from core.lti.errors import LaunchError
from core.lti.launch import Launch
from core.lti.states import hashed
from core.tables import LtiContext, LtiRegistration, LtiTicket, User

DL = "https://purl.imsglobal.org/spec/lti-dl/claim/"
LINK = "ltiResourceLink"
TICKET_SECONDS = 4 * 3600
ANSWER_SECONDS = 300


@dataclass(frozen=True)
class Item:
    """A link that the teacher puts into the platform's page, with a column of the gradebook for a maximum.

    The values of `custom` are texts, and come back with every launch of the link.
    """

    title: str
    url: str
    text: str | None = None
    custom: Mapping[str, str] = field(default_factory=dict)
    maximum: float | None = None
    resource_id: str | None = None

    def document(self) -> dict[str, Any]:
        """As section 3.1 writes it."""
        told: dict[str, Any] = {
            "type": LINK,
            "title": self.title,
            "url": self.url,
            # In a frame, browsers keep cookies from us.
            "window": {"targetName": "_blank"},
        }
        if self.text:
            told["text"] = self.text
        if self.custom:
            told["custom"] = {name: str(value) for name, value in self.custom.items()}
        if self.maximum is not None:
            told["lineItem"] = {"scoreMaximum": self.maximum, "label": self.title} | (
                {"resourceId": self.resource_id} if self.resource_id else {}
            )
        return told


@dataclass(frozen=True)
class Answer:
    """What is to be posted, by the teacher's browser, and where to."""

    url: str
    claims: dict[str, Any]


def issue(session: Session, launch: Launch, user: User, context: LtiContext | None) -> str:
    """A ticket for the answer to a launch; its secret.

    Raises:
        LaunchError: it was not launched by a teacher, or not to choose anything.
    """
    asked = launch.deep_linking
    if asked is None or not launch.is_teacher:
        raise LaunchError("teachers_only", "Only somebody who teaches the course chooses what is in it.")
    if asked.accept_types and LINK not in asked.accept_types:
        raise LaunchError("link_not_taken", "The platform takes no links at this place.")
    secret, at = secrets.token_urlsafe(32), db.now(session)
    session.add(
        LtiTicket(
            sha256=hashed(secret),
            registration_id=launch.registration_id,
            user_id=user.id,
            context_row=context.id if context else None,
            launch={
                "deployment_id": launch.deployment_id,
                "role": launch.role,
                "return_url": asked.return_url,
                "accept_multiple": asked.accept_multiple,
                "data": asked.data,
                "locale": launch.locale,
            },
            expires_at=at + timedelta(seconds=TICKET_SECONDS),
        )
    )
    return secret


def find(session: Session, secret: str) -> LtiTicket:
    """The ticket of that secret, which is still good.

    Raises:
        LaunchError: it was used, has run out, or never was; or it is no teacher's.
    """
    found = session.get(LtiTicket, hashed(secret))
    if found is None or found.used_at is not None or found.expires_at <= db.now(session):
        raise LaunchError("ticket_unknown", "This choice was brought back already, or took too long.")
    if found.launch["role"] != "teacher":
        raise LaunchError("teachers_only", "Only somebody who teaches the course chooses what is in it.")
    return found


def answer(session: Session, secret: str, items: Sequence[Item]) -> Answer:
    """The answer with these items, for which the ticket is used up. No items mean that nothing was chosen.

    Raises:
        LaunchError: there is no such ticket.
        InvalidRequestError: the platform takes one item only.
    """
    ticket = find(session, secret)
    if len(items) > 1 and not ticket.launch["accept_multiple"]:
        raise InvalidRequestError("The platform takes one link at a time.")
    unused = sa.update(LtiTicket).where(LtiTicket.sha256 == ticket.sha256, LtiTicket.used_at.is_(None))
    if session.scalar(unused.values(used_at=db.now(session)).returning(LtiTicket.sha256)) is None:
        raise LaunchError("ticket_unknown", "This choice was brought back already, or took too long.")
    registration = session.get_one(LtiRegistration, ticket.registration_id)
    return Answer(ticket.launch["return_url"], _claims(registration, ticket.launch, items))


def _claims(
    registration: LtiRegistration, launched: Mapping[str, Any], items: Sequence[Item]
) -> dict[str, Any]:
    now = int(time.time())
    claims: dict[str, Any] = {
        "iss": registration.client_id,
        "aud": registration.issuer,
        "iat": now,
        "exp": now + ANSWER_SECONDS,
        "nonce": secrets.token_urlsafe(16),
        CLAIM + "message_type": "LtiDeepLinkingResponse",
        CLAIM + "version": "1.3.0",
        CLAIM + "deployment_id": launched["deployment_id"],
        DL + "content_items": [item.document() for item in items],
    }
    if launched["data"] is not None:
        claims[DL + "data"] = launched["data"]
    return claims
