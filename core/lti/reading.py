"""From checked claims to a launch. What is optional and not as it should be is left aside."""

from typing import Any

from core.lti.checks import CLAIM, Claims
from core.lti.errors import LaunchError
from core.lti.launch import (
    DEEP_LINKING,
    MOST_URL,
    Context,
    DeepLinking,
    Grades,
    Launch,
    Person,
    ResourceLink,
    identity,
    members,
    text,
    texts,
    url,
)
from core.lti.roles import role_of
from core.tables import LtiRegistration, LtiState

AGS = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
NRPS = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
SETTINGS = "https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings"
MOST_DATA = 20_000


def launch_of(claims: Claims, registration: LtiRegistration, login: LtiState) -> Launch:
    """What the claims say.

    Raises:
        LaunchError: a teacher would choose, and there is nowhere to bring the choice.
    """
    roles = texts(claims[CLAIM + "roles"])
    presentation = members(claims.get(CLAIM + "launch_presentation"))
    return Launch(
        registration_id=registration.id,
        deployment_id=claims[CLAIM + "deployment_id"],
        message_type=claims[CLAIM + "message_type"],
        person=_person(claims),
        role=role_of(roles),
        roles=roles,
        target_link_uri=login.login["target_link_uri"],
        context=_context(members(claims.get(CLAIM + "context"))),
        link=_link(members(claims.get(CLAIM + "resource_link"))),
        grades=_grades(members(claims.get(AGS))),
        memberships_url=url(members(claims.get(NRPS)).get("context_memberships_url")),
        deep_linking=_deep_linking(claims),
        custom=_custom(members(claims.get(CLAIM + "custom"))),
        locale=text(presentation.get("locale") or claims.get("locale"), 35),
        return_url=url(presentation.get("return_url")),
        framed=presentation.get("document_target") in ["iframe", "frame", "embed"],
    )


def _person(claims: Claims) -> Person:
    names = (text(claims.get("given_name")), text(claims.get("family_name")))
    name = text(claims.get("name")) or text(" ".join(one for one in names if one))
    return Person(claims["iss"], claims["sub"], name, text(claims.get("email"), 320))


def _context(given: dict[str, Any]) -> Context | None:
    id_ = identity(given.get("id"))
    return Context(id_, text(given.get("title")) or text(given.get("label"))) if id_ else None


def _link(given: dict[str, Any]) -> ResourceLink | None:
    id_ = identity(given.get("id"))
    return ResourceLink(id_, text(given.get("title"))) if id_ else None


def _grades(given: dict[str, Any]) -> Grades | None:
    item, items = url(given.get("lineitem")), url(given.get("lineitems"))
    return Grades(item, items, texts(given.get("scope"))) if item or items else None


def _deep_linking(claims: Claims) -> DeepLinking | None:
    if claims[CLAIM + "message_type"] != DEEP_LINKING:
        return None
    given = members(claims.get(SETTINGS))
    back = url(given.get("deep_link_return_url"))
    if back is None:
        raise LaunchError("return_missing", "The platform does not say where a choice is to be brought.")
    return DeepLinking(
        back,
        texts(given.get("accept_types")),
        given.get("accept_multiple") in [True, "true"],
        identity(given.get("data"), MOST_DATA),
    )


def _custom(given: dict[str, Any]) -> dict[str, str]:
    """Parameters of our own; one that begins with a dollar sign is a variable that was not substituted."""
    return {
        name: value
        for name, value in given.items()
        if identity(name) and identity(value, MOST_URL) and not value.startswith("$")
    }
