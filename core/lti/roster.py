"""Who is in a course on a platform: Names and Role Provisioning Services 2.0."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from core.lti import links
from core.lti.errors import PlatformError
from core.lti.launch import Person, Role, identity, members, text, texts
from core.lti.roles import role_of
from core.lti.tokens import Tokens, retry_after
from core.tables import LtiContext

SCOPE = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
_TYPE = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
MOST_PAGES, MOST_PAGE_BYTES = 500, 8 * 2**20


@dataclass(frozen=True)
class Member:
    """Somebody in a course. Only who and as what is sure: Open edX tells no more."""

    person: Person
    role: Role
    active: bool


def read(tokens: Tokens, context: LtiContext) -> list[Member]:
    """Everybody in the course, whether active or not, each once.

    Raises:
        PlatformError: the platform does not tell.
    """
    if context.memberships_url is None:
        raise PlatformError("The platform did not say where the course's members are listed.")
    found = {one.person.sub: one for page in _pages(tokens, context) for one in _members(context, page)}
    return list(found.values())


def _pages(tokens: Tokens, context: LtiContext) -> Iterator[dict[str, Any]]:
    asked = context.memberships_url
    for _ in range(MOST_PAGES):
        if asked is None:
            return
        reply = tokens.ask(
            context.registration,
            [SCOPE],
            "GET",
            asked,
            headers={"Accept": _TYPE},
            most_bytes=MOST_PAGE_BYTES,
        )
        if reply.status != 200:
            raise PlatformError(
                f"The platform does not list the course's members: {reply.status}",
                status=reply.status,
                retry_after_seconds=retry_after(reply),
            )
        yield members(reply.json())
        asked = links.following(reply, asked)
    raise PlatformError("The platform's list of members does not end.")


def _members(context: LtiContext, page: dict[str, Any]) -> Iterator[Member]:
    listed = page.get("members")
    for one in map(members, listed if isinstance(listed, list) else []):
        sub = identity(one.get("user_id"))
        if sub is None:
            continue
        person = Person(context.registration.issuer, sub, _name(one), text(one.get("email"), 320))
        # Section 2.2.1: no status means active.
        active = one.get("status", "Active") in ["Active", None]
        yield Member(person, role_of(texts(one.get("roles"))), active)


def _name(one: dict[str, Any]) -> str | None:
    names = (text(one.get("given_name")), text(one.get("family_name")))
    return text(one.get("name")) or text(" ".join(name for name in names if name))
