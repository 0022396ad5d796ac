"""Learning platforms."""

from datetime import datetime
from typing import Literal

from service.shapes.common import Shape
from service.shapes.others import Check


class LtiRegistration(Shape):
    """A learning platform that may send people here."""

    id: str
    object: Literal["lti_registration"]
    name: str
    issuer: str
    client_id: str
    auth_login_url: str
    auth_token_url: str
    jwks_url: str
    token_audience: str | None
    deployment_ids: list[str]
    origins: list[str]
    created_at: datetime


class LtiTool(Shape):
    """What a platform's administrator enters there."""

    object: Literal["lti_tool"]
    login_url: str
    launch_url: str
    jwks_url: str
    deep_linking_url: str


class LtiTest(Shape):
    """Whether a platform gives what launches and grades need."""

    object: Literal["lti_test"]
    ok: bool
    checks: dict[str, Check]


class LtiInvitation(Shape):
    """An invitation: the platform that is given this address registers itself. It is shown this once."""

    object: Literal["lti_invitation"]
    name: str
    url: str
    expires_at: datetime


class LtiKey(Shape):
    """A key of ours, by its public name."""

    kid: str
    object: Literal["lti_key"]
    signs: bool
    created_at: datetime
    signs_from: datetime


class LtiScore(Shape):
    """A score that a platform is to have, and how far it has got."""

    id: str
    object: Literal["lti_score"]
    link: str
    registration: str
    user: str
    status: Literal["waiting", "delivered", "refused"]
    final: bool
    score: float | None
    maximum: float
    comment: str | None
    failures: int
    error: str | None
    next_at: datetime | None
    changed_at: datetime
    delivered_at: datetime | None


class LtiResent(Shape):
    """How many scores are sent once more."""

    object: Literal["lti_resent"]
    count: int
