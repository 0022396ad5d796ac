"""`/lti/login`: a platform sends a browser, which is to go and be told who it is (OpenID Connect)."""

from collections.abc import Mapping
from urllib.parse import urlencode

from flask import Response, render_template, request

from core.lti import registrations, states
from core.lti.errors import LaunchError
from core.lti.launch import identity
from core.lti.states import Begun
from core.tables import LtiRegistration
from service import parts
from service.lti import framing

NEEDED = ("iss", "login_hint", "target_link_uri")
# `lti_message_hint` must come back unaltered; Moodle's is a JSON text, Canvas's a token.
KNOWN = {
    "iss": 255,
    "login_hint": 4096,
    "target_link_uri": 2000,
    "lti_message_hint": 16_384,
    "client_id": 255,
    "lti_deployment_id": 255,
    "lti_storage_target": 100,
}


def login() -> Response:
    """Sends the browser on to the platform, with a state that only this browser can bring back."""
    asked = _parameters(request.form if request.method == "POST" else request.args)
    secret = framing.browser() or framing.new_browser()
    with parts.of_app().database.writing() as session:
        registration = registrations.of_login(session, asked["iss"], asked.get("client_id"))
        begun = states.begin(session, registration, asked, secret)
    response = _onward(registration, asked, begun)
    framing.policy(response, registration)
    framing.keep(response, secret)
    return response


def key_of(state: str) -> str:
    """The name under which the platform's storage keeps a login's secret."""
    return f"fittingroom_{states.hashed(state)[:16]}"


def _onward(registration: LtiRegistration, asked: Mapping[str, str], begun: Begun) -> Response:
    url = _authentication(registration, asked, begun)
    if "lti_storage_target" not in asked:
        return Response(status=302, headers={"Location": url})
    page = render_template(
        "lti/keep.html",
        url=url,
        key=key_of(begun.state),
        value=begun.storage,
        frame=asked["lti_storage_target"],
        origins=sorted(framing.origins(registration)),
    )
    return Response(page, content_type="text/html; charset=utf-8")


def _authentication(registration: LtiRegistration, asked: Mapping[str, str], begun: Begun) -> str:
    """Where the platform says who somebody is: LTI Security Framework 1.0, section 5.1.1.2."""
    told = {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": registration.client_id,
        "redirect_uri": f"{framing.origin()}/lti/launch",
        "login_hint": asked["login_hint"],
        "state": begun.state,
        "nonce": begun.nonce,
    }
    if "lti_message_hint" in asked:
        told["lti_message_hint"] = asked["lti_message_hint"]
    address = registration.auth_login_url
    return f"{address}{'&' if '?' in address else '?'}{urlencode(told)}"


def _parameters(given: Mapping[str, str]) -> dict[str, str]:
    """What is known of a login's parameters.

    Raises:
        LaunchError: one is missing, or is longer than any platform's.
    """
    found = {name: given[name] for name in KNOWN if given.get(name)}
    if missing := [name for name in NEEDED if name not in found]:
        raise LaunchError("login_malformed", f"The platform's request has no {', '.join(missing)}.")
    for name, value in found.items():
        if identity(value, KNOWN[name]) is None:
            raise LaunchError("login_malformed", f"{name} is longer than it may be, or no text.")
    return found
