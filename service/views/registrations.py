"""Learning platforms: who may send people here. All of it takes an administrator."""

from typing import Any

from flask import Response
from pydantic import BaseModel, Field

from core.errors import Fault, InvalidRequestError
from core.lti import invitations, keys, registrations
from core.lti.launch import identity
from core.tables import LtiKey, LtiRegistration
from service import answers, auth, bodies, parts, routes
from service.lti import framing
from service.queries import PageQuery

api = routes.blueprint("registrations", "/v1/lti")


class RegistrationPath(BaseModel):
    """A platform."""

    registration: str = Field(description="Its id here")


@api.get("/tool")
def tool() -> Response:
    """Tell what a platform's administrator enters there."""
    auth.administrator()
    return answers.json(entered())


@api.post("/registrations")
def add() -> Response:
    """Register a platform."""
    auth.administrator()
    own = parts.of_app()
    wanted = registrations.parse(bodies.document(), own.platforms.web)
    with own.database.writing() as session:
        made = registrations.add(session, wanted)
        body = describe(made)
    return answers.json(body, 201, location=f"/v1/lti/registrations/{made.id}")


@api.get("/registrations")
def listed(query: PageQuery) -> Response:
    """List the platforms, newest first."""
    auth.administrator()
    with parts.of_app().database.reading() as session:
        page = registrations.page(session, after=query.after, limit=query.limit + 1)
    return answers.page(page, query.limit, describe)


@api.get("/registrations/<registration>")
def show(path: RegistrationPath) -> Response:
    """Show a platform."""
    auth.administrator()
    with parts.of_app().database.reading() as session:
        return answers.json(describe(registrations.get(session, path.registration)))


@api.delete("/registrations/<registration>")
def delete(path: RegistrationPath) -> Response:
    """Forget a platform: nobody comes from there any more, and no grade goes there."""
    auth.administrator()
    with parts.of_app().database.writing() as session:
        registrations.remove(session, path.registration)
    return answers.nothing()


@api.post("/registrations/<registration>/deployments")
def add_deployment(path: RegistrationPath) -> Response:
    """Add one more place on a platform from where people come."""
    auth.administrator()
    deployment = text(bodies.document(), "deployment_id", 255)
    with parts.of_app().database.writing() as session:
        found = registrations.get(session, path.registration)
        registrations.add_deployment(session, found, deployment)
        return answers.json(describe(found))


@api.post("/registrations/<registration>/origins")
def add_origin(path: RegistrationPath) -> Response:
    """Add one more origin whose pages may show ours in a frame."""
    auth.administrator()
    origin = text(bodies.document(), "origin", 255)
    with parts.of_app().database.writing() as session:
        found = registrations.get(session, path.registration)
        registrations.add_origin(session, found, origin)
        return answers.json(describe(found))


@api.post("/registrations/<registration>/test")
def test(path: RegistrationPath) -> Response:
    """Ask a platform for its keys and for a token, which launches and grades need."""
    auth.administrator()
    return answers.json(checked(path.registration))


@api.post("/invitations")
def invite() -> Response:
    """Make an address with which a platform registers itself, within a week. It is shown this once."""
    auth.administrator()
    response = answers.json(invited(bodies.document()), 201)
    response.headers["Cache-Control"] = "no-store"
    return response


@api.get("/keys")
def list_keys() -> Response:
    """List our keys, the newest first."""
    auth.administrator()
    with parts.of_app().database.reading() as session:
        signing = keys.signing(session)
        data = [_describe_key(key, signing) for key in keys.listed(session)]
    return answers.json({"object": "list", "data": data, "has_more": False})


@api.post("/keys")
def rotate() -> Response:
    """Make a new key, which signs in an hour. The one before stays known for a day after that."""
    auth.administrator()
    with parts.of_app().database.writing() as session:
        made = keys.rotate(session)
        return answers.json(_describe_key(made, keys.signing(session)), 201)


def entered() -> dict[str, Any]:
    """What a platform's administrator enters there."""
    origin = framing.origin()
    launch = f"{origin}/lti/launch"
    return {
        "object": "lti_tool",
        "login_url": f"{origin}/lti/login",
        "launch_url": launch,
        "jwks_url": f"{origin}/lti/jwks",
        "deep_linking_url": launch,
    }


def checked(registration_id: str) -> dict[str, Any]:
    """What a platform answers when it is asked for its keys and for a token."""
    own = parts.of_app()
    with own.database.reading() as session:
        found = registrations.get(session, registration_id)
    checks = own.platforms.test(found)
    told = {one.name: {"ok": one.ok, "detail": one.detail} for one in checks}
    return {"object": "lti_test", "ok": all(one.ok for one in checks), "checks": told}


def invited(document: dict[str, Any]) -> dict[str, Any]:
    """An address with which a platform registers itself.

    Raises:
        InvalidRequestError: the platform cannot be called so.
    """
    name = text(document, "name", 100)
    with parts.of_app().database.writing() as session:
        secret = invitations.invite(session, name)
        expires_at = invitations.find(session, secret).expires_at
    url = f"{framing.origin()}/lti/register?invitation={secret}"
    return {"object": "lti_invitation", "name": name, "url": url, "expires_at": expires_at}


def describe(row: LtiRegistration) -> dict[str, Any]:
    """A platform as the API tells it."""
    names = ("name", "issuer", "client_id", *registrations.ADDRESSES, "token_audience", "origins")
    return {
        "id": row.id,
        "object": "lti_registration",
        **{name: getattr(row, name) for name in names},
        "deployment_ids": [one.deployment_id for one in row.deployments],
        "created_at": row.created_at,
    }


def _describe_key(key: LtiKey, signing: LtiKey | None) -> dict[str, Any]:
    return {
        "kid": key.kid,
        "object": "lti_key",
        "signs": signing is not None and signing.kid == key.kid,
        "created_at": key.created_at,
        "signs_from": key.signs_from,
    }


def text(asked: dict[str, Any], name: str, most: int) -> str:
    """The one member of a document, which is a text."""
    faults = [
        Fault(f"#/{other[:60]}", f"there is no {other[:60]!r} here: {name} is all")
        for other in asked
        if other != name
    ]
    found = identity(asked.get(name), most)
    if found is None or not found.isprintable():
        faults.append(Fault(f"#/{name}", f"{name} must be a text of 1 to {most} printable characters"))
    if faults or found is None:
        raise InvalidRequestError("; ".join(fault.detail for fault in faults[:5]), faults)
    return found
