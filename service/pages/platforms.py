"""Learning platforms, for administrators: who may send people here."""

from typing import Any

from flask import Response, request

from core.errors import FittingRoomError
from core.lti import registrations
from service import auth, parts
from service.pages import forms, site, tokens
from service.pages.site import pages
from service.views import registrations as api

LIMIT = 20
# The fields of the form that are one text each, and those that are a text a line.
TEXTS = ("name", "issuer", "client_id", *registrations.ADDRESSES, "token_audience")
LINES = ("deployment_ids", "origins")


@pages.get("/administration/platforms")
def platforms() -> Response:
    """Those that are known, and what is entered on a new one."""
    auth.administrator()
    return _show()


@pages.post("/administration/platforms")
def add_platform() -> Response:
    """Registers one by hand."""
    auth.administrator()
    own, form = parts.of_app(), request.form
    asked: dict[str, Any] = {name: text for name in TEXTS if (text := form.get(name, "").strip())}
    asked |= {name: [one.strip() for one in form.get(name, "").splitlines() if one.strip()] for name in LINES}
    try:
        wanted = registrations.parse(asked, own.platforms.web)
        with own.database.writing() as session:
            made = registrations.add(session, wanted).id
    except forms.REFUSED as error:
        return _show(error=error, given=form)
    return site.go("pages.platforms", _anchor=made)


@pages.post("/administration/platforms/invite")
def invite_platform() -> Response:
    """Makes an address with which a platform registers itself; it is shown this once."""
    auth.administrator()
    try:
        made = api.invited({"name": request.form.get("platform", "").strip()})
    except forms.REFUSED as error:
        return _show(error=error, invites=True)
    return tokens.secret(_show(invitation=made))


@pages.post("/administration/platforms/<registration>/test")
def test_platform(registration: str) -> Response:
    """Asks a platform for its keys and for a token."""
    auth.administrator()
    return _show(tested={registration: api.checked(registration)})


@pages.post("/administration/platforms/<registration>/deployments")
def add_deployment(registration: str) -> Response:
    """Adds one more place on a platform from where people come."""
    auth.administrator()
    with parts.of_app().database.writing() as session:
        found = registrations.get(session, registration)
        registrations.add_deployment(session, found, _deployment())
    return site.go("pages.platforms", _anchor=registration)


@pages.post("/administration/platforms/<registration>/origins")
def add_origin(registration: str) -> Response:
    """Adds one more origin whose pages may show ours in a frame."""
    auth.administrator()
    with parts.of_app().database.writing() as session:
        found = registrations.get(session, registration)
        registrations.add_origin(session, found, request.form.get("origin", "").strip())
    return site.go("pages.platforms", _anchor=registration)


@pages.post("/administration/platforms/<registration>/delete")
def delete_platform(registration: str) -> Response:
    """Forgets one: nobody comes from there any more, and no grade goes there."""
    auth.administrator()
    with parts.of_app().database.writing() as session:
        registrations.remove(session, registration)
    return site.go("pages.platforms")


def _deployment() -> str:
    return api.text({"deployment_id": request.form.get("deployment_id", "").strip()}, "deployment_id", 255)


def _show(
    error: FittingRoomError | None = None,
    *,
    invites: bool = False,
    **what: Any,  # noqa: ANN401 - the template's
) -> Response:
    wrong = forms.refusal(error, ("name",) if invites else (*TEXTS, *LINES)) if error else forms.NONE
    after = request.args.get("after", "")[:100]
    with parts.of_app().database.reading() as session:
        page = registrations.page(session, after=after or None, limit=LIMIT + 1)
        told = [api.describe(one) for one in page[:LIMIT]]
    return site.show(
        "platforms.html",
        wrong.status,
        platforms=told,
        more=len(page) > LIMIT,
        after=after,
        tool=api.entered(),
        uninvited=wrong if invites else forms.NONE,
        wrong=forms.NONE if invites else wrong,
        **{"given": {}, "tested": {}, "invitation": None} | what,
    )
