"""How long to bear with a service that does not answer as it should."""

import time

from fittingroom.errors import UnreachableError

# How long an answer of "not now" is taken for one, and how long a service that was there may be away.
PATIENCE_SECONDS = 60.0


class Patience:
    """With a service that answered once and does not any more."""

    def __init__(self) -> None:
        self._until: float | None = None
        self._pause = 0.25

    def answered(self) -> None:
        """From now on it may be away for as long again."""
        self._until, self._pause = time.monotonic() + PATIENCE_SECONDS, 0.25

    def failed(self, error: UnreachableError) -> None:
        """Waits a little; or raises the error, when there never was an answer or the last is long ago."""
        if self._until is None or time.monotonic() > self._until:
            raise error
        time.sleep(self._pause)
        self._pause = min(4.0, self._pause * 2)
