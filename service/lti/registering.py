"""`/lti/register`: a platform registers itself, by an administrator's invitation."""

from collections.abc import Mapping

from flask import Response, render_template, request

from core.lti import dynamic, invitations, registrations
from core.lti.errors import LaunchError
from core.lti.launch import url as address
from service import parts
from service.lti import framing

PARAMETERS = ("invitation", "openid_configuration", "registration_token")


def ask() -> Response:
    """Shows who wants to be registered. To look changes nothing: the button does."""
    given = _parameters(request.args)
    with parts.of_app().database.reading() as session:
        invitations.find(session, given["invitation"])
    host = framing.origin_of(given["openid_configuration"])
    return _page("lti/register.html", given["openid_configuration"], host=host, given=given)


def register() -> Response:
    """Registers us there, and them here."""
    given, own = _parameters(request.form), parts.of_app()
    with own.database.writing() as session:
        invitation = invitations.use(session, given["invitation"])
    try:
        wanted = dynamic.register(
            own.platforms.web,
            invitation.name,
            given["openid_configuration"],
            given.get("registration_token"),
            framing.origin(),
        )
        with own.database.writing() as session:
            made = registrations.add(session, wanted)
    except Exception:
        # It did not come to anything, and may be tried again.
        with own.database.writing() as session:
            invitations.give_back(session, invitation)
        raise
    return _page("lti/registered.html", given["openid_configuration"], registration=made)


def _parameters(given: Mapping[str, str]) -> dict[str, str]:
    found = {name: given[name] for name in PARAMETERS if given.get(name)}
    if "invitation" not in found:
        raise LaunchError("invitation_unknown", "The address has no invitation in it.")
    if address(found.get("openid_configuration")) is None:
        raise LaunchError(
            "not_a_platform", "This address is to be given to a platform, which adds its own to it."
        )
    return found


def _page(template: str, platform: str, **shown: object) -> Response:
    response = Response(render_template(template, **shown), content_type="text/html; charset=utf-8")
    framing.policy(response, None, platform)
    return response
