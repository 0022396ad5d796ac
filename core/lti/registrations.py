"""Platforms that may send people here, and the deployments of each."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from core import db
from core.errors import ConflictError, Fault, InvalidRequestError, NotFoundError, pointer
from core.lti import keys
from core.lti.errors import AddressError, LaunchError
from core.lti.launch import identity
from core.tables import LtiDeployment, LtiRegistration

if TYPE_CHECKING:
    # It brings the HTTP client along, which no start of a process is to wait for.
    from core.lti.web import Web

ADDRESSES = ("auth_login_url", "auth_token_url", "jwks_url")
MOST_DEPLOYMENTS, MOST_ORIGINS = 1000, 50
NO_ORIGIN = "an origin is such as https://school.example, without a path"
_LENGTHS = {"name": 100, "issuer": 255, "client_id": 255, "token_audience": 2000}


@dataclass(frozen=True)
class Wanted:
    """What a registration is to be."""

    name: str
    issuer: str
    client_id: str
    auth_login_url: str
    auth_token_url: str
    jwks_url: str
    deployment_ids: list[str] = field(default_factory=list)
    token_audience: str | None = None
    origins: list[str] = field(default_factory=list)


REQUIRED = ("name", "issuer", "client_id", *ADDRESSES)
OPTIONAL = ("deployment_ids", "token_audience", "origins")


def parse(document: dict[str, Any], web: "Web") -> Wanted:
    """What a document asks for. Without a name it is called after its issuer.

    Raises:
        InvalidRequestError: it is not a registration, or names an address that we do not ask.
    """
    document = {"name": str(document.get("issuer", ""))[: _LENGTHS["name"]]} | document
    faults = [
        Fault(pointer(name[:60]), f"there is no {name[:60]!r} here")
        for name in document.keys() - {*REQUIRED, *OPTIONAL}
    ]
    for name in REQUIRED:
        if identity(document.get(name), _LENGTHS.get(name, 2000)) is None:
            faults.append(Fault(pointer(name), f"{name} is needed: a text"))
        elif name in ADDRESSES and (told := _wrong(document[name], web)):
            faults.append(Fault(pointer(name), f"{name}: {told}"))
    audience = document.get("token_audience")
    if audience is not None and identity(audience, 2000) is None:
        faults.append(Fault("#/token_audience", "token_audience must be a text"))
    faults += _lists(document)
    if faults:
        raise InvalidRequestError("; ".join(fault.detail for fault in faults[:5]), faults)
    return Wanted(**document)


def add(session: Session, wanted: Wanted) -> LtiRegistration:
    """A new registration; the first of all makes our first key.

    Raises:
        ConflictError: the platform's client is registered already.
    """
    keys.ensure(session)
    made = LtiRegistration(
        **{name: getattr(wanted, name) for name in (*REQUIRED, "token_audience", "origins")},
        created_at=db.now(session),
        deployments=[LtiDeployment(deployment_id=one) for one in dict.fromkeys(wanted.deployment_ids)],
    )
    known = sa.select(LtiRegistration.id).where(
        LtiRegistration.issuer == wanted.issuer, LtiRegistration.client_id == wanted.client_id
    )
    if session.scalar(known) is None:
        try:
            with session.begin_nested():
                session.add(made)
        except sa.exc.IntegrityError:
            pass  # another was just as quick
        else:
            return made
    raise ConflictError(f"Client {wanted.client_id!r} of {wanted.issuer} is registered already.")


def add_deployment(session: Session, registration: LtiRegistration, deployment_id: str) -> None:
    """One more place on the platform from where people come. One that is known is no error."""
    values = {"registration_id": registration.id, "deployment_id": deployment_id}
    db.insert_or_nothing(session, LtiDeployment, values)
    session.refresh(registration, ["deployments"])


def add_origin(session: Session, registration: LtiRegistration, origin: str) -> None:
    """One more origin whose pages may frame ours. One that is known is no error.

    Raises:
        InvalidRequestError: it is none, or there are too many.
    """
    if not _is_origin(origin):
        raise InvalidRequestError(NO_ORIGIN, [Fault("#/origin", NO_ORIGIN)])
    row = session.get_one(LtiRegistration, registration.id, with_for_update=True)
    if origin not in row.origins:
        if len(row.origins) >= MOST_ORIGINS:
            detail = f"A platform has at most {MOST_ORIGINS} origins."
            raise InvalidRequestError(detail, [Fault("#/origin", detail)])
        row.origins = [*row.origins, origin]


def get(session: Session, registration_id: str) -> LtiRegistration:
    """A registration, by its id.

    Raises:
        NotFoundError: there is none.
    """
    found = session.get(LtiRegistration, registration_id, options=[selectinload(LtiRegistration.deployments)])
    if found is None:
        raise NotFoundError(f"There is no registration {registration_id!r}.")
    return found


def page(session: Session, *, after: str | None = None, limit: int = 100) -> Sequence[LtiRegistration]:
    """Registrations, newest first, below the id `after`."""
    query = sa.select(LtiRegistration).order_by(LtiRegistration.id.desc()).limit(limit)
    if after:
        query = query.where(LtiRegistration.id < after)
    return session.scalars(query.options(selectinload(LtiRegistration.deployments))).all()


def remove(session: Session, registration_id: str) -> None:
    """Forgets a platform: nobody comes from there any more, and no grade goes there.

    Raises:
        NotFoundError: it is not known.
    """
    session.delete(get(session, registration_id))


def of_login(session: Session, issuer: str, client_id: str | None) -> LtiRegistration:
    """Who begins a login. A platform with one client need not name it.

    Raises:
        LaunchError: nobody that is known.
    """
    query = sa.select(LtiRegistration).where(LtiRegistration.issuer == issuer)
    if client_id is not None:
        query = query.where(LtiRegistration.client_id == client_id)
    found = session.scalars(query.limit(2)).all()
    if not found:
        raise LaunchError("registration_unknown", f"The platform {issuer[:255]} is not registered here.")
    if len(found) > 1:
        raise LaunchError("client_missing", f"{issuer[:255]} has several clients here: which one is it?")
    return found[0]


def _wrong(address: str, web: "Web") -> str | None:
    try:
        web.check(address)
    except AddressError as error:
        return error.detail
    return None


def _lists(document: dict[str, Any]) -> list[Fault]:
    faults = []
    for name in ("deployment_ids", "origins"):
        given = document.get(name, [])
        if not (isinstance(given, list) and len(given) <= MOST_DEPLOYMENTS and all(map(identity, given))):
            faults.append(Fault(pointer(name), f"{name} must be a list of texts"))
        elif name == "origins" and not all(map(_is_origin, given)):
            faults.append(Fault("#/origins", NO_ORIGIN))
    return faults


def _is_origin(text: str) -> bool:
    scheme, _, rest = text.partition("://")
    return scheme in {"https", "http"} and bool(rest) and not set(rest) & set("/ ;,'\"\\?#")
