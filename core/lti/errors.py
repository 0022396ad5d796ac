"""What goes wrong between a platform and us."""

from core.errors import FittingRoomError


class LaunchError(FittingRoomError):
    """This launch is refused.

    `reason` is a word for it, such as `state_used`; `service.lti.problems` has a page for each. `return_url`
    is where the platform wants people back, if its token was good enough to be believed.
    """

    def __init__(self, reason: str, detail: str, *, return_url: str | None = None) -> None:
        super().__init__(detail)
        self.reason, self.return_url = reason, return_url


class PlatformError(FittingRoomError):
    """The platform did not do what it was asked.

    `status` is what it answered, and None where it gave no answer that could be read; then
    `retry_after_seconds` is what it asks for, if it does.
    """

    def __init__(
        self, detail: str, *, status: int | None = None, retry_after_seconds: float | None = None
    ) -> None:
        super().__init__(detail)
        self.status, self.retry_after_seconds = status, retry_after_seconds


class AddressError(PlatformError):
    """This address is not asked."""


class TokenError(PlatformError):
    """The platform gives no access token."""
