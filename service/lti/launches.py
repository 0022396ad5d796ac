"""`/lti/launch`: the platform's word for who somebody is, brought by their browser."""

from contextlib import suppress

from flask import Response, render_template, request

from core.errors import InvalidRequestError
from core.lti import checks, reading, registrations, states
from core.lti.errors import LaunchError
from core.lti.launch import text
from core.tables import LtiRegistration, LtiState
from service import parts
from service.lti import framing, landing, problems
from service.lti.logins import key_of

MOST_TOLD = 300


def launch() -> Response:
    """Checks it, and lets them in."""
    given, own = request.form, parts.of_app()
    if "error" in given:
        told = [text(given.get(name), MOST_TOLD) for name in ("error", "error_description")]
        raise LaunchError("platform_error", ": ".join(one for one in told if one) or "It did not say why.")
    state = given.get("state")
    if not state:
        raise LaunchError("state_missing", "The platform brought no state back.")
    with own.database.reading() as session:
        login = states.find(session, state)
        registration = registrations.get(session, login.registration_id)
    # What was kept in the platform's storage, said by our own page: anybody else's could say it for another.
    stored = given.get("stored") if framing.is_own_page() else None
    if not states.is_browser(login, cookie=framing.browser(), stored=stored):
        return _not_known(login, registration, state)
    try:
        return _let_in(login, registration, given.get("id_token"), keeps=framing.browser() is not None)
    except LaunchError as error:
        return problems.of_launch(error, registration=registration)


def opened() -> Response:
    """Somebody typed the address, or kept it.

    Raises:
        LaunchError: always.
    """
    raise LaunchError("opened_by_hand", "Nothing is known of you here but what a course tells.")


def _let_in(login: LtiState, registration: LtiRegistration, token: str | None, *, keeps: bool) -> Response:
    own = parts.of_app()
    with own.database.writing() as session:
        states.use(session, login)
    if not token:
        raise LaunchError("token_missing", "The platform brought no token.")
    claims = checks.check(token, registration, login, own.platforms.keysets.find, origin=framing.origin())
    launched = reading.launch_of(claims, registration, login)
    _learn(registration, framing.origin_of(launched.return_url))
    # What the browser does not keep of us now it will not keep later.
    response = landing.land(launched, again=None if keeps else _in_window(login.login))
    framing.policy(response, registration, launched.return_url)
    return response


def _learn(registration: LtiRegistration, origin: str | None) -> None:
    """Notes where the platform's pages are, by what it signed: courses may be on another host than it is."""
    if origin is None or origin in framing.origins(registration):
        return
    with suppress(InvalidRequestError), parts.of_app().database.writing() as session:
        registrations.add_origin(session, registration, origin)


def _not_known(login: LtiState, registration: LtiRegistration, state: str) -> Response:
    """A browser that did not bring back what it was given: asked for what it may keep elsewhere, or helped.

    In a frame, many browsers keep no cookies. The platform may keep something for us (LTI postMessage
    storage); where it does not, a window of its own is not in a frame.
    """
    cookie, again = framing.browser(), login.login
    if cookie is None and login.storage is not None and "stored" not in request.form:
        page = render_template(
            "lti/recall.html",
            key=key_of(state),
            frame=again["lti_storage_target"],
            origins=sorted(framing.origins(registration)),
            state=state,
            id_token=request.form.get("id_token", ""),
            again=_in_window(again),
        )
        response = Response(page, content_type="text/html; charset=utf-8")
        framing.policy(response, registration)
        return response
    if cookie is None:
        error = LaunchError("cookie_missing", "The cookie that this began with did not come back.")
    else:
        error = LaunchError("other_browser", "The cookie that came back is of another login.")
    return problems.of_launch(error, registration=registration, again=_in_window(again))


def _in_window(login: dict[str, str]) -> dict[str, str]:
    """The parameters with which to begin again where there is no frame, and so nothing to keep things in."""
    return {name: value for name, value in login.items() if name != "lti_storage_target"}
