"""What a launch ends in: who came, as what, from where, and what the platform lets us do."""

from dataclasses import dataclass, field
from typing import Any, Literal

Role = Literal["teacher", "student"]
MOST_URL = 2000
RESOURCE_LINK, DEEP_LINKING = "LtiResourceLinkRequest", "LtiDeepLinkingRequest"


@dataclass(frozen=True)
class Person:
    """Somebody on a platform: the issuer and its `sub`, and nothing else, say who."""

    issuer: str
    sub: str
    name: str | None = None
    email: str | None = None


@dataclass(frozen=True)
class Context:
    """A course on a platform."""

    id: str
    title: str | None = None


@dataclass(frozen=True)
class ResourceLink:
    """A link on a platform's page that leads here."""

    id: str
    title: str | None = None


@dataclass(frozen=True)
class Grades:
    """What the launch says of the gradebook (AGS 2.0, section 3.1)."""

    lineitem: str | None
    lineitems: str | None
    scopes: tuple[str, ...]


@dataclass(frozen=True)
class DeepLinking:
    """What a teacher may bring back, and where to (Deep Linking 2.0, section 4.4.1).

    `data` must be echoed as it is, if it was given at all.
    """

    return_url: str
    accept_types: tuple[str, ...]
    accept_multiple: bool
    data: str | None = None


@dataclass(frozen=True)
class Launch:
    """A launch that was checked: all of it was signed by the platform, and is for us."""

    registration_id: str
    deployment_id: str
    message_type: str
    person: Person
    role: Role
    roles: tuple[str, ...]
    target_link_uri: str
    context: Context | None = None
    link: ResourceLink | None = None
    grades: Grades | None = None
    memberships_url: str | None = None
    deep_linking: DeepLinking | None = None
    custom: dict[str, str] = field(default_factory=dict)
    locale: str | None = None
    return_url: str | None = None
    framed: bool = False
    """Whether the platform shows it in a frame of its page."""

    @property
    def is_teacher(self) -> bool:
        """Whether this person teaches there."""
        return self.role == "teacher"


def text(value: Any, most: int = 255) -> str | None:  # noqa: ANN401 - JSON of somebody else's
    """A text that a database can keep, cut to its length; or None."""
    if not isinstance(value, str) or "\0" in value:
        return None
    return value.encode("utf-8", "ignore").decode()[:most] or None


def identity(value: Any, most: int = 255) -> str | None:  # noqa: ANN401 - likewise
    """A text that names something, and so is never cut; or None."""
    return value if isinstance(value, str) and text(value, most) == value else None


def texts(value: Any) -> tuple[str, ...]:  # noqa: ANN401 - likewise
    """The texts in a list; whatever else is in it is left aside."""
    return tuple(one for one in value if identity(one, 1000)) if isinstance(value, list) else ()


def members(value: Any) -> dict[str, Any]:  # noqa: ANN401 - likewise
    """An object's members; of anything else, none."""
    return value if isinstance(value, dict) else {}


def url(value: Any) -> str | None:  # noqa: ANN401 - likewise
    """An address that a browser may be sent to, or that may be asked; or None."""
    found = identity(value, MOST_URL)
    return found if found and found.startswith(("https://", "http://")) else None
