"""What can go wrong, without a word of HTTP: `service.problems` turns these into answers.

The docstring of a class is its title, as the reader of an answer sees it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Suggestion:
    """What may be done about something, in words, and as changes to what was sent.

    `patch` is a JSON Patch (RFC 6902), so that a program can apply it; it is empty where only a person can
    know what to change.
    """

    detail: str
    patch: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong, and where.

    `pointer` is a JSON pointer as a URI fragment (RFC 6901, section 6), such as
    `#/model/layers/3/kernel_size`. `code` is a word for it, if it has one: see `core.specs.tutor`.
    """

    pointer: str
    detail: str
    code: str | None = None
    suggestion: Suggestion | None = None


def pointer(*path: str | int) -> str:
    """The JSON pointer to `path`, as a URI fragment: `pointer("a", 0)` is `#/a/0`."""
    return "#" + "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


_LARGEST_TOLD = 2**53


class FittingRoomError(Exception):
    """Something went wrong"""

    def __init__(self, detail: str, faults: Iterable[Fault] = ()) -> None:
        super().__init__(detail)
        self.detail = detail
        self.faults: Sequence[Fault] = tuple(faults)

    @property
    def title(self) -> str:
        """One sentence that is the same for every error of this kind."""
        return (type(self).__doc__ or "").splitlines()[0].removesuffix(".")


class MalformedError(FittingRoomError):
    """The request cannot be read"""


class InvalidRequestError(FittingRoomError):
    """The request is not valid"""


class InvalidSpecError(FittingRoomError):
    """The spec is not valid"""


class InvalidDataError(FittingRoomError):
    """The data set cannot be read"""


class UnauthenticatedError(FittingRoomError):
    """A valid bearer token is needed"""


class ForbiddenError(FittingRoomError):
    """This is not yours to do"""


class NotFoundError(FittingRoomError):
    """There is no such thing"""


class ConflictError(FittingRoomError):
    """This does not fit what is already there"""


class UnavailableError(FittingRoomError):
    """Not now: try again in a moment"""

    def __init__(self, detail: str, *, retry_after_seconds: int = 1) -> None:
        super().__init__(detail)
        self.retry_after_seconds = retry_after_seconds


class LimitError(FittingRoomError):
    """A limit is passed"""

    def __init__(self, name: str, *, limit: int, asked: int | None, unit: str) -> None:
        # Beyond that it is no number for JSON any more, and says no more than "more".
        asked = None if asked is None or asked > _LARGEST_TOLD else asked
        asked_for = "more" if asked is None else f"{asked:,} {unit}"
        super().__init__(f"{name}: at most {limit:,} {unit}, and this is {asked_for}")
        self.limit, self.value, self.asked = name, limit, asked


class TooLargeError(LimitError):
    """The request is too large"""


class SpecTooLargeError(LimitError):
    """The spec is too large"""


class TooManyError(LimitError):
    """Too many at once"""

    retry_after_seconds: int | None = 1
    """After how long there may be fewer; None: never."""
