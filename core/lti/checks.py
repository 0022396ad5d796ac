"""The checks of an `id_token`, in their order: each has its own reason.

LTI Security Framework 1.0, section 5.1.3; OpenID Connect core, section 3.1.3.7; LTI 1.3 core, section 5.3.
Common libraries leave some of these out: a token without `exp` or `iat`, one that is days old, several
audiences without `azp`, a `target_link_uri` that is missing or is somebody else's.
"""

import math
import secrets
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from core.lti.errors import LaunchError
from core.lti.launch import DEEP_LINKING, RESOURCE_LINK, identity, members, url
from core.lti.states import hashed
from core.tables import LtiRegistration, LtiState

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
# How far two clocks may be apart, and how long ago a token may have been made.
SKEW_SECONDS, AGE_SECONDS = 60, 600
MOST_CHARACTERS = 200_000

Claims = dict[str, Any]


def check(
    token: str,
    registration: LtiRegistration,
    login: LtiState,
    find_key: Callable[[str, str], "RSAPublicKey"],
    *,
    origin: str,
    now: float | None = None,
) -> Claims:
    """The claims of a token that ends this login. `origin` is ours, such as `https://room.example`.

    Raises:
        LaunchError: a check fails; its reason says which.
    """
    claims = read(token, registration, find_key)
    try:
        _check_parties(claims, registration)
        _check_times(claims, time.time() if now is None else now)
        _check_nonce(claims, login)
        _check_message(claims, registration)
        _check_person(claims)
        _check_target(claims, login.login, origin)
    except LaunchError as error:
        # The platform did sign it, and so it is believed about the way back.
        error.return_url = url(members(claims.get(CLAIM + "launch_presentation")).get("return_url"))
        raise
    return claims


def read(token: str, registration: LtiRegistration, find_key: Callable[[str, str], "RSAPublicKey"]) -> Claims:
    """The claims of a token that the platform signed; nothing is said yet about what they say.

    A key that the token brings along (`jwk`, `jku`, `x5u`, `x5c`) is nobody's, and is not looked at.

    Raises:
        LaunchError: it is none, or somebody else signed it.
    """
    # Here, as it takes a while to import, which no start of a process is to wait for.
    import jwt

    try:
        header = jwt.get_unverified_header(token) if len(token) <= MOST_CHARACTERS else None
    except jwt.InvalidTokenError:
        header = None
    if header is None:
        raise LaunchError("token_malformed", "What the platform sent is not a token.")
    if header.get("alg") != "RS256" or "crit" in header:
        raise LaunchError("wrong_algorithm", "The token is not signed with RS256.")
    kid = header.get("kid")
    if not isinstance(kid, str) or not kid:
        raise LaunchError("kid_missing", "The token does not say which key signed it.")
    key = find_key(registration.jwks_url, kid)
    try:
        # Here the signature alone: all else is checked below, each with its own word for what is wrong.
        checked = jwt.decode_complete(token, key, ["RS256"], options=_SIGNATURE)["payload"]
    except jwt.InvalidSignatureError:
        raise LaunchError("bad_signature", "The token was not signed by the platform.") from None
    except jwt.InvalidTokenError:
        raise LaunchError("token_malformed", "What the platform sent is not a token.") from None
    return dict(checked)


_SIGNATURE: Any = {
    "verify_signature": True,
    **{f"verify_{name}": False for name in ("aud", "iss", "exp", "iat", "nbf", "sub", "jti")},
}


def _check_parties(claims: Claims, registration: LtiRegistration) -> None:
    if claims.get("iss") != registration.issuer:
        raise LaunchError("wrong_issuer", "The token is of another issuer.")
    given = claims.get("aud")
    audiences = given if isinstance(given, list) else [given]
    if registration.client_id not in audiences:
        raise LaunchError("wrong_audience", "The token is for somebody else.")
    if any(one != registration.client_id for one in audiences):
        raise LaunchError("other_audience", "The token is for others too, of whom we know nothing.")
    if "azp" in claims and claims["azp"] != registration.client_id:
        raise LaunchError("wrong_azp", "The token was made for another party.")


def _check_times(claims: Claims, now: float) -> None:
    expires, issued = _seconds(claims.get("exp")), _seconds(claims.get("iat"))
    if expires is None:
        raise LaunchError("exp_missing", "The token does not say until when it holds.")
    if expires <= now - SKEW_SECONDS:
        raise LaunchError("expired", "The token has run out.")
    if issued is None:
        raise LaunchError("iat_missing", "The token does not say when it was made.")
    if issued > now + SKEW_SECONDS:
        raise LaunchError("iat_future", "The token was made in the future: a clock is wrong.")
    if issued < now - AGE_SECONDS - SKEW_SECONDS:
        raise LaunchError("iat_old", "The token was made too long ago.")
    begins = _seconds(claims.get("nbf", issued))
    if begins is None or begins > now + SKEW_SECONDS:
        raise LaunchError("not_yet", "The token does not hold yet.")


def _check_nonce(claims: Claims, login: LtiState) -> None:
    given = claims.get("nonce")
    if not isinstance(given, str) or not secrets.compare_digest(hashed(given), login.nonce):
        raise LaunchError("wrong_nonce", "The token belongs to another login.")


def _check_message(claims: Claims, registration: LtiRegistration) -> None:
    if claims.get(CLAIM + "version") != "1.3.0":
        raise LaunchError("wrong_version", "The token is not a message of LTI 1.3.")
    if claims.get(CLAIM + "message_type") not in [RESOURCE_LINK, DEEP_LINKING]:
        raise LaunchError("wrong_message_type", "The token's message is of a type that is not known here.")
    known = {one.deployment_id for one in registration.deployments}
    deployment = claims.get(CLAIM + "deployment_id")
    if not isinstance(deployment, str) or deployment not in known:
        told = f" {deployment!r}" if isinstance(deployment, str) and len(deployment) <= 255 else ""
        raise LaunchError("unknown_deployment", f"The deployment{told} of the platform is not known here.")


def _check_person(claims: Claims) -> None:
    if identity(claims.get("sub")) is None:
        raise LaunchError("sub_missing", "The token does not say who comes.")
    roles = claims.get(CLAIM + "roles")
    if not isinstance(roles, list) or not all(isinstance(one, str) for one in roles):
        raise LaunchError("roles_missing", "The token does not say as what somebody comes.")
    if claims[CLAIM + "message_type"] == RESOURCE_LINK:
        link = members(claims.get(CLAIM + "resource_link"))
        if identity(link.get("id")) is None:
            raise LaunchError("resource_link_missing", "The token does not say which link was followed.")


def _check_target(claims: Claims, login: Mapping[str, str], origin: str) -> None:
    target = claims.get(CLAIM + "target_link_uri")
    if target is None and claims[CLAIM + "message_type"] == DEEP_LINKING:
        target = login.get("target_link_uri")  # Deep Linking 2.0 does not ask for it
    if not isinstance(target, str) or not target:
        raise LaunchError("target_missing", "The token does not say where the link leads.")
    if target != login.get("target_link_uri"):
        raise LaunchError("wrong_target", "The token leads elsewhere than the login.")
    if target != origin and not target.startswith((origin + "/", origin + "?")):
        raise LaunchError("foreign_target", "The token leads to another site.")


def _seconds(value: Any) -> float | None:  # noqa: ANN401 - a claim
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)
