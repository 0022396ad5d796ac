"""Bearer tokens."""

from typing import Any

from flask import Response
from pydantic import BaseModel, Field

from core import users
from core.errors import Fault, ForbiddenError, InvalidRequestError
from core.tables import Token, User
from service import answers, auth, bodies, parts, routes
from service.queries import PageQuery

api = routes.blueprint("tokens", "/v1/tokens")


class TokenPath(BaseModel):
    """A token."""

    token: str = Field(description="Its id; not the token itself")


@api.post("")
def create() -> Response:
    """Make a token, of your own or, as an administrator, of another user's. It is shown this once."""
    body = make(auth.caller(), bodies.document(empty=True))
    response = answers.json(body, 201, location=f"/v1/tokens/{body['id']}")
    response.headers["Cache-Control"] = "no-store"
    return response


def make(caller: User, asked: dict[str, Any]) -> dict[str, Any]:
    """A new token as it is told this once; `asked` may have a user and a role.

    Raises:
        InvalidRequestError: it asks for something else.
        ForbiddenError: it is for somebody else, and who asks is no administrator.
    """
    _check(asked)
    name = asked.get("user", caller.name)
    if caller.role != "admin" and (name != caller.name or asked.get("role", caller.role) != caller.role):
        raise ForbiddenError("Only an administrator makes tokens for others, or of another role.")
    with parts.of_app().database.writing() as session:
        token = users.create_token(session, user=name, role=asked.get("role"))
        return describe(users.find_token(session, token)) | {"token": token}


@api.get("")
def listed(query: PageQuery) -> Response:
    """List tokens, newest first: your own; an administrator sees everybody's."""
    with parts.of_app().database.reading() as session:
        page = users.page(session, auth.caller(), after=query.after, limit=query.limit + 1)
    return answers.page(page, query.limit, describe)


@api.delete("/<token>")
def revoke(path: TokenPath) -> Response:
    """Revoke a token."""
    with parts.of_app().database.writing() as session:
        users.revoke(session, auth.caller(), path.token)
    return answers.nothing()


def describe(token: Token) -> dict[str, Any]:
    """A token as the API tells it."""
    return {
        "id": token.id,
        "object": "token",
        "user": token.user.name,
        "role": token.user.role,
        "created_at": token.created_at,
    }


def _check(asked: dict[str, Any]) -> None:
    """What is asked for is a user and a role, or nothing at all."""
    faults = [
        Fault(f"#/{name}", f"{name} must be a text of 1 to 100 printable characters")
        for name, value in asked.items()
        if not (isinstance(value, str) and 0 < len(value) <= 100 and value.isprintable())
    ]
    faults += [
        Fault(f"#/{name[:60]}", f"there is no {name[:60]!r} here: a token has a user and a role")
        for name in asked.keys() - {"user", "role"}
    ]
    if faults:
        raise InvalidRequestError("; ".join(fault.detail for fault in faults[:5]), faults)
