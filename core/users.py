"""Who may ask: users and their bearer tokens."""

import hashlib
import secrets
from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from core import db
from core.errors import Fault, InvalidRequestError, NotFoundError
from core.tables import ACTIVE, ROLES, Dataset, Job, Model, Token, User

PREFIX = "fr_"
MOST_NAME_CHARACTERS = 100


def create_token(session: Session, *, user: str, role: str | None = None) -> str:
    """A new token of `user`, who is made if need be. Only its hash is kept: this is the one chance to see it.

    Without a `role` a known user keeps theirs and a new one is a `user`.

    Raises:
        InvalidRequestError: no such role, or a known user has another.
    """
    if role is not None and role not in ROLES:
        detail = f"There is no role {role!r}; there are {' and '.join(ROLES)}."
        raise InvalidRequestError(detail, [Fault("#/role", detail)])
    owner = find_or_create(session, user, role)
    token = PREFIX + secrets.token_urlsafe(32)
    session.add(Token(user_id=owner.id, sha256=_hash(token), created_at=db.now(session)))
    session.flush()
    return token


def find_or_create(session: Session, name: str, role: str | None) -> User:
    """The user of that name, who is made if need be.

    Raises:
        InvalidRequestError: it cannot be a name, or a known user has another role.
    """
    if not 0 < len(name) <= MOST_NAME_CHARACTERS or not name.isprintable():
        detail = f"A user's name is 1 to {MOST_NAME_CHARACTERS} printable characters."
        raise InvalidRequestError(detail, [Fault("#/user", detail)])
    named = sa.select(User).where(User.name == name)
    user = session.scalar(named)
    if user is None:
        values = {"name": name, "role": role or "user", "created_at": db.now(session)}
        db.insert_or_nothing(session, User, values)
        user = session.scalars(named).one()
    if role is not None and user.role != role:
        detail = f"{name} is there already, as {user.role}."
        raise InvalidRequestError(detail, [Fault("#/role", detail)])
    return user


def authenticate(session: Session, token: str) -> User | None:
    """Whose token it is, or None. The look-up is by hash, so its timing tells nothing of other tokens."""
    found = session.scalar(
        sa.select(Token).where(Token.sha256 == _hash(token)).options(joinedload(Token.user))
    )
    return found.user if found else None


def find_token(session: Session, token: str) -> Token:
    """The row of a token that is known."""
    return session.scalars(sa.select(Token).where(Token.sha256 == _hash(token))).one()


def page(session: Session, user: User, *, after: str | None, limit: int) -> Sequence[Token]:
    """The user's tokens, newest first, below the id `after`; an administrator sees everybody's."""
    query = sa.select(Token).order_by(Token.id.desc()).limit(limit).options(joinedload(Token.user))
    if user.role != "admin":
        query = query.where(Token.user_id == user.id)
    if after:
        query = query.where(Token.id < after)
    return session.scalars(query).all()


def everybody(session: Session, *, after: str | None, limit: int) -> Sequence[User]:
    """All users, newest first, below the id `after`."""
    query = sa.select(User).order_by(User.id.desc()).limit(limit)
    return session.scalars(query.where(User.id < after) if after else query).all()


def names(session: Session, ids: Collection[str]) -> dict[str, str]:
    """The names of users by their ids."""
    found = session.execute(sa.select(User.id, User.name).where(User.id.in_(ids)))
    return {row.id: row.name for row in found}


def holdings(session: Session, ids: Collection[str]) -> dict[str, dict[str, int]]:
    """What each of these users has, by their id: data sets, models, jobs, and those that wait or run."""
    found = {one: dict.fromkeys(("datasets", "models", "jobs", "active"), 0) for one in ids}
    counted: tuple[tuple[str, type[Dataset | Model | Job], list[sa.ColumnElement[bool]]], ...] = (
        ("datasets", Dataset, []),
        ("models", Model, []),
        ("jobs", Job, []),
        ("active", Job, [Job.status.in_(ACTIVE)]),
    )
    for what, table, conditions in counted:
        owner = table.owner_id
        query = sa.select(owner, sa.func.count()).where(owner.in_(ids), *conditions).group_by(owner)
        for owner_id, count in session.execute(query):
            found[owner_id][what] = count
    return found


def revoke(session: Session, user: User, token_id: str) -> None:
    """Ends a token of the user's own; an administrator may end any.

    Raises:
        NotFoundError: no such token, or somebody else's.
    """
    token = session.get(Token, token_id)
    if token is None or (token.user_id != user.id and user.role != "admin"):
        raise NotFoundError(f"There is no token {token_id!r}.")
    session.delete(token)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
