"""Learning platforms (LTI 1.3): who they are, what they launched, and the scores that they are to get."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.tables.base import Base, Json, identifier, one_of
from core.tables.people import User

SCORE_STATUSES = ("waiting", "delivered", "refused")


class LtiRegistration(Base):
    """A platform that may send people here: one client of one issuer."""

    __tablename__ = "lti_registrations"
    __table_args__ = (sa.UniqueConstraint("issuer", "client_id"),)

    id: Mapped[str] = identifier("reg")
    name: Mapped[str] = mapped_column(sa.String(100))
    """What people call it, such as `Moodle of the faculty`."""
    issuer: Mapped[str] = mapped_column(sa.String(255))
    client_id: Mapped[str] = mapped_column(sa.String(255))
    auth_login_url: Mapped[str] = mapped_column(sa.Text)
    """Where a browser is sent to be told who it is."""
    auth_token_url: Mapped[str] = mapped_column(sa.Text)
    """Where access tokens are had."""
    jwks_url: Mapped[str] = mapped_column(sa.Text)
    """Where the platform's public keys are."""
    token_audience: Mapped[str | None] = mapped_column(sa.Text)
    """What the assertion for a token names as its audience, if not `auth_token_url` (D2L)."""
    origins: Mapped[list[str]] = mapped_column(Json)
    """Further origins whose pages may show ours in a frame."""
    created_at: Mapped[datetime]

    deployments: Mapped[list["LtiDeployment"]] = relationship(
        order_by="LtiDeployment.deployment_id", cascade="all, delete-orphan", passive_deletes=True
    )


def _of_registration(**more: Any) -> Mapped[str]:  # noqa: ANN401 - a column's arguments
    return mapped_column(sa.ForeignKey("lti_registrations.id", ondelete="CASCADE"), **more)


class LtiDeployment(Base):
    """One place on a platform where the tool was installed."""

    __tablename__ = "lti_deployments"

    registration_id: Mapped[str] = _of_registration(primary_key=True)
    deployment_id: Mapped[str] = mapped_column(sa.String(255), primary_key=True)


class LtiKey(Base):
    """A key pair of ours: assertions and deep-linking answers are signed with it."""

    __tablename__ = "lti_keys"

    kid: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    private_pem: Mapped[str] = mapped_column(sa.Text)
    created_at: Mapped[datetime] = mapped_column(index=True)
    signs_from: Mapped[datetime]
    """Until then it is only shown, so that every platform has seen it before it must know it."""


class LtiInvitation(Base):
    """An administrator's word that one platform may register itself. The secret is not kept."""

    __tablename__ = "lti_invitations"

    sha256: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(100))
    """What the registration will be called."""
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]


class LtiState(Base):
    """A login that was begun, and may end in one launch. The secrets are not kept."""

    __tablename__ = "lti_states"

    sha256: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    registration_id: Mapped[str] = _of_registration(index=True)
    nonce: Mapped[str] = mapped_column(sa.String(64))
    """The hash of what the token must carry."""
    browser: Mapped[str] = mapped_column(sa.String(64))
    """The hash of what the browser that began keeps in a cookie."""
    storage: Mapped[str | None] = mapped_column(sa.String(64))
    """The hash of what it keeps in the platform's storage, where the platform has one."""
    login: Mapped[dict[str, Any]]
    """The parameters that it was begun with, so that it can be begun again."""
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]


class LtiPerson(Base):
    """Somebody on a platform, and who they are here. Never found by an e-mail address."""

    __tablename__ = "lti_people"

    issuer: Mapped[str] = mapped_column(sa.String(255), primary_key=True)
    sub: Mapped[str] = mapped_column(sa.String(255), primary_key=True)
    user_id: Mapped[str] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"), index=True)
    name: Mapped[str | None] = mapped_column(sa.String(255))
    email: Mapped[str | None] = mapped_column(sa.String(320))
    seen_at: Mapped[datetime]

    user: Mapped[User] = relationship()


class LtiContext(Base):
    """A course on a platform."""

    __tablename__ = "lti_contexts"
    __table_args__ = (sa.UniqueConstraint("registration_id", "deployment_id", "context_id"),)

    id: Mapped[str] = identifier("ctx")
    registration_id: Mapped[str] = _of_registration()
    deployment_id: Mapped[str] = mapped_column(sa.String(255))
    context_id: Mapped[str] = mapped_column(sa.String(255))
    title: Mapped[str | None] = mapped_column(sa.String(255))
    memberships_url: Mapped[str | None] = mapped_column(sa.Text)
    """Where the roster is read, if the platform lets us."""
    course_id: Mapped[str | None] = mapped_column(sa.String(40), index=True)
    """The course here that it was bound to."""
    seen_at: Mapped[datetime]

    registration: Mapped[LtiRegistration] = relationship()


class LtiLink(Base):
    """A link on a platform's page that leads here, and the column of the gradebook that goes with it."""

    __tablename__ = "lti_links"
    __table_args__ = (sa.UniqueConstraint("registration_id", "deployment_id", "resource_link_id"),)

    id: Mapped[str] = identifier("lnk")
    registration_id: Mapped[str] = _of_registration()
    deployment_id: Mapped[str] = mapped_column(sa.String(255))
    resource_link_id: Mapped[str] = mapped_column(sa.String(255))
    context_row: Mapped[str | None] = mapped_column(
        sa.ForeignKey("lti_contexts.id", ondelete="SET NULL"), index=True
    )
    title: Mapped[str | None] = mapped_column(sa.String(255))
    assignment_id: Mapped[str | None] = mapped_column(sa.String(40), index=True)
    """The assignment here that it was bound to."""
    lineitem_url: Mapped[str | None] = mapped_column(sa.Text)
    """The gradebook's column; null until it was told, found or made."""
    lineitem_found: Mapped[bool] = mapped_column(default=False)
    """Whether we looked for it or made it, as no launch named it."""
    lineitems_url: Mapped[str | None] = mapped_column(sa.Text)
    """Where columns are looked for and made."""
    scopes: Mapped[list[str]] = mapped_column(Json)
    """What the platform lets us do with grades."""
    seen_at: Mapped[datetime]

    registration: Mapped[LtiRegistration] = relationship()
    context: Mapped[LtiContext | None] = relationship()


class LtiScore(Base):
    """The score that a platform is to have of somebody, and how far it has got."""

    __tablename__ = "lti_scores"
    __table_args__ = (
        one_of("status", SCORE_STATUSES),
        sa.UniqueConstraint("link_id", "sub"),
        sa.Index(None, "status", "next_at"),
    )

    id: Mapped[str] = identifier("scr")
    link_id: Mapped[str] = mapped_column(sa.ForeignKey("lti_links.id", ondelete="CASCADE"))
    user_id: Mapped[str] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"), index=True)
    sub: Mapped[str] = mapped_column(sa.String(255))
    """Who the user is on the platform."""
    final: Mapped[bool]
    """Whether there is a result; before, only that something was handed in is told."""
    score: Mapped[float | None]
    maximum: Mapped[float]
    comment: Mapped[str | None] = mapped_column(sa.Text)
    submitted_at: Mapped[datetime | None]

    status: Mapped[str] = mapped_column(sa.String(10))
    version: Mapped[int]
    """Goes up whenever there is another score to be sent."""
    submitted_version: Mapped[int]
    """The latest version with which something new was handed in."""
    delivered_version: Mapped[int] = mapped_column(default=0)
    """The latest version that the platform has; 0 for none."""
    attempt: Mapped[int] = mapped_column(default=0)
    """How often it was taken to be sent, over all versions: a fencing number."""
    failures: Mapped[int] = mapped_column(default=0)
    """In a row, of this version."""
    next_at: Mapped[datetime]
    """When it is to be tried (again)."""
    lease_until: Mapped[datetime | None]
    """Until then somebody is just sending it."""
    last_timestamp: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    """The time that the last score said it was of, in whole seconds since 1970: the next says a later one."""
    error: Mapped[str | None] = mapped_column(sa.Text)
    """Why the last attempt failed, as teacher and student read it."""
    changed_at: Mapped[datetime]
    delivered_at: Mapped[datetime | None]

    link: Mapped[LtiLink] = relationship()


class LtiTicket(Base):
    """A teacher's way back to the platform, with what they chose (Deep Linking). The secret is not kept."""

    __tablename__ = "lti_tickets"

    sha256: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    registration_id: Mapped[str] = _of_registration(index=True)
    user_id: Mapped[str] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"), index=True)
    context_row: Mapped[str | None] = mapped_column(sa.ForeignKey("lti_contexts.id", ondelete="CASCADE"))
    launch: Mapped[dict[str, Any]]
    """Deployment, return address, what is accepted, and the platform's `data`, if it gave any."""
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]
