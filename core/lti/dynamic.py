"""A platform that registers itself, by an administrator's invitation: LTI Dynamic Registration 1.0."""

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import orjson

from core.lti import roster, scores
from core.lti.errors import LaunchError, PlatformError
from core.lti.launch import DEEP_LINKING, RESOURCE_LINK, identity, members, texts
from core.lti.registrations import Wanted

if TYPE_CHECKING:
    # It brings the HTTP client along, which no start of a process is to wait for.
    from core.lti.web import Reply, Web

TOOL = "https://purl.imsglobal.org/spec/lti-tool-configuration"
SCOPES = (scores.LINEITEM, scores.LINEITEM_READ, scores.SCORE, roster.SCOPE)
NAME, DESCRIPTION = "Fitting Room", "Describe a neural network, train it, and see how good it is."
CLAIMS = ["iss", "sub", "name", "given_name", "family_name", "email"]
# Moodle's groups; where a platform knows no such variable, it comes back as it is, and is left aside.
CUSTOM = {"groups": "$Moodle.Person.userGroupIds"}


def register(web: "Web", name: str, configuration_url: str, token: str | None, origin: str) -> Wanted:
    """Registers us with the platform whose configuration is at an address; what it is to be known as here.

    `origin` is ours. `token` is the platform's, for this one registration.

    Raises:
        LaunchError: it is not a platform, or not the one that it says.
        PlatformError: it does not answer, or refuses.
    """
    found = members(_read(web.ask("GET", configuration_url, headers={"Accept": "application/json"})))
    issuer = _needed(found, "issuer")
    # Section 3.4: else anybody could have us ask an address in the name of somebody else.
    if urlsplit(issuer).netloc.lower() != urlsplit(configuration_url).netloc.lower():
        raise LaunchError("issuer_elsewhere", "The platform's configuration is of another host than it says.")
    login, token_url, keyset = (
        _needed(found, name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")
    )
    for address in (login, token_url, keyset):
        web.check(address)
    told = _post(web, _needed(found, "registration_endpoint"), token, _tool(found, origin))
    deployment = identity(members(told.get(TOOL)).get("deployment_id"))
    return Wanted(
        name=name,
        issuer=issuer,
        client_id=_needed(told, "client_id"),
        deployment_ids=[deployment] if deployment else [],
        token_audience=identity(found.get("authorization_server"), 2000),
        auth_login_url=login,
        auth_token_url=token_url,
        jwks_url=keyset,
    )


def _post(web: "Web", endpoint: str, token: str | None, tool: dict[str, Any]) -> dict[str, Any]:
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    if token and token.isascii() and token.isprintable():
        headers["Authorization"] = f"Bearer {token}"
    return members(_read(web.ask("POST", endpoint, headers=headers, content=orjson.dumps(tool))))


def _tool(platform: dict[str, Any], origin: str) -> dict[str, Any]:
    """What we are, as section 3.5 wants it told."""
    offered = texts(platform.get("scopes_supported"))
    launch = f"{origin}/lti/launch"
    return {
        "application_type": "web",
        "response_types": ["id_token"],
        "grant_types": ["implicit", "client_credentials"],
        "initiate_login_uri": f"{origin}/lti/login",
        "redirect_uris": [launch],
        "client_name": NAME,
        "jwks_uri": f"{origin}/lti/jwks",
        "token_endpoint_auth_method": "private_key_jwt",
        "scope": " ".join(one for one in SCOPES if not offered or one in offered),
        TOOL: {
            "domain": urlsplit(origin).netloc,
            "description": DESCRIPTION,
            "target_link_uri": launch,
            "custom_parameters": CUSTOM,
            "claims": CLAIMS,
            "messages": [
                {"type": RESOURCE_LINK, "target_link_uri": launch, "label": NAME},
                {"type": DEEP_LINKING, "target_link_uri": launch, "label": NAME},
            ],
        },
    }


def _read(reply: "Reply") -> Any:  # noqa: ANN401 - JSON
    if not 200 <= reply.status < 300:
        raise PlatformError(f"The platform answered {reply.status}.", status=reply.status)
    return reply.json()


def _needed(document: dict[str, Any], name: str) -> str:
    found = identity(document.get(name), 255 if name in {"issuer", "client_id"} else 2000)
    if found is None:
        raise LaunchError("not_a_platform", f"What the platform tells of itself has no {name!r}.")
    return found
