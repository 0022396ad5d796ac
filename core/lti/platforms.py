"""What one process needs to speak with platforms, and remembers of them. To build it asks nobody."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.config import Settings
from core.db import Database
from core.lti import keys, scores
from core.lti.errors import PlatformError
from core.lti.keysets import Keysets
from core.lti.tokens import Tokens
from core.lti.web import Web
from core.tables import LtiRegistration


@dataclass(frozen=True)
class Found:
    """One thing that a connection needs, and whether it is there."""

    name: str
    ok: bool
    detail: str


class Platforms:
    """The client, the platforms' keys, and our tokens."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self.web = Web(settings.lti_hosts)
        self.keysets = Keysets(self.web)
        self.tokens = Tokens(self.web, self.sign)

    def sign(self, claims: Mapping[str, Any]) -> str:
        """The claims as a token of ours."""
        with self._database.reading() as session:
            key = keys.signing(session)
        if key is None:
            with self._database.writing() as session:
                key = keys.ensure(session)
        return keys.sign(key, claims)

    def test(self, registration: LtiRegistration) -> list[Found]:
        """Asks the platform for its keys and for a token: what the first launch and the first grade need."""
        return [self._test_keys(registration), self._test_token(registration)]

    def close(self) -> None:
        """Gives the connections back."""
        self.web.close()

    def _test_keys(self, registration: LtiRegistration) -> Found:
        try:
            found = self.keysets.fetch(registration.jwks_url)
        except PlatformError as error:
            return Found("keyset", ok=False, detail=error.detail)
        if not found:
            return Found("keyset", ok=False, detail="There is no key in it that signs with RS256.")
        return Found("keyset", ok=True, detail=f"{len(found)} keys: {', '.join(sorted(found))}"[:300])

    def _test_token(self, registration: LtiRegistration) -> Found:
        self.tokens.drop(registration, [scores.SCORE])
        try:
            self.tokens.get(registration, [scores.SCORE])
        except PlatformError as error:
            return Found("token", ok=False, detail=error.detail)
        return Found("token", ok=True, detail="The platform gives a token to send scores with.")
