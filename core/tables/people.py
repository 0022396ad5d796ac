"""Who may ask for something, and what was asked twice."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.tables.base import ROLES, Base, identifier, one_of


class User(Base):
    """Somebody who may own things."""

    __tablename__ = "users"
    __table_args__ = (one_of("role", ROLES),)

    id: Mapped[str] = identifier("usr")
    name: Mapped[str] = mapped_column(sa.String(100), unique=True)
    role: Mapped[str] = mapped_column(sa.String(10))
    full_name: Mapped[str | None] = mapped_column(sa.String(255))
    """What a learning platform calls them; their own name says nothing there."""
    created_at: Mapped[datetime]

    @property
    def called(self) -> str:
        """What people call them."""
        return self.full_name or self.name


class Token(Base):
    """A bearer token of a user. The token itself is not kept."""

    __tablename__ = "tokens"

    id: Mapped[str] = identifier("tok")
    user_id: Mapped[str] = mapped_column(sa.ForeignKey("users.id"), index=True)
    sha256: Mapped[str] = mapped_column(sa.String(64), unique=True)
    created_at: Mapped[datetime]

    user: Mapped[User] = relationship()


class BrowserSession(Base):
    """Somebody who signed in with a browser. The secret in the cookie is not kept."""

    __tablename__ = "sessions"

    sha256: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    user_id: Mapped[str] = mapped_column(sa.ForeignKey("users.id"))
    token_id: Mapped[str | None] = mapped_column(sa.ForeignKey("tokens.id", ondelete="CASCADE"), index=True)
    """The token that they signed in with: the session ends when it is revoked."""
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)

    user: Mapped[User] = relationship()


class IdempotencyKey(Base):
    """A request that was sent with an `Idempotency-Key`, and its first answer."""

    __tablename__ = "idempotency_keys"

    user_id: Mapped[str] = mapped_column(sa.ForeignKey("users.id"), primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(255), primary_key=True)
    route: Mapped[str] = mapped_column(sa.String(100), primary_key=True)
    held_until: Mapped[datetime]
    """Until then the request that holds the key is believed to be alive; it renews this while it reads."""
    holder: Mapped[str] = mapped_column(sa.String(64))
    """The request that holds the key."""
    fingerprint: Mapped[str | None] = mapped_column(sa.String(64))
    """The hash of what was asked; null until it was read."""
    status: Mapped[int | None]
    """The answer's HTTP status; null while there is no answer."""
    location: Mapped[str | None] = mapped_column(sa.String(255))
    body: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime] = mapped_column(index=True)
