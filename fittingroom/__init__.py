"""Fitting Room's command line and Python client: `fittingroom.Client(url, token)`."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fittingroom.client import Client
    from fittingroom.errors import ApiError, JobError, RoomError, UnreachableError

__all__ = ["ApiError", "Client", "JobError", "RoomError", "UnreachableError"]


def __getattr__(name: str) -> object:
    # Lazily: `python -m fittingroom --help` and the launcher need not wait for httpx.
    if name == "Client":
        from fittingroom import client

        return client.Client
    if name in __all__:
        from fittingroom import errors

        return getattr(errors, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
