"""What a form said, and what is wrong with it: beside the field that it is about."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from core.errors import (
    ConflictError,
    FittingRoomError,
    InvalidDataError,
    InvalidRequestError,
    InvalidSpecError,
    MalformedError,
)

# What a form is shown again for; all else is a page of its own.
REFUSED = (ConflictError, InvalidDataError, InvalidRequestError, InvalidSpecError, MalformedError)


@dataclass(frozen=True)
class Refusal:
    """What is wrong.

    Attributes:
        status: of the page that tells it.
        detail: all of it, in a sentence.
        at: by the name of a field, what is wrong with what stands there.
        elsewhere: what is wrong with nothing that the form has.
    """

    status: int = 200
    detail: str | None = None
    at: Mapping[str, list[str]] = field(default_factory=dict)
    elsewhere: tuple[str, ...] = ()


NONE = Refusal()


def refusal(error: FittingRoomError, fields: Collection[str]) -> Refusal:
    """Each fault at the field that its pointer leads to: `#/scoring/target` to `scoring.target`."""
    at: dict[str, list[str]] = {}
    elsewhere = []
    for fault in error.faults:
        name = _field(fault.pointer, fields)
        if name is None:
            elsewhere.append(fault.detail)
        else:
            at.setdefault(name, []).append(fault.detail)
    if not error.faults:
        elsewhere.append(error.detail)
    return Refusal(409 if isinstance(error, ConflictError) else 422, error.detail, at, tuple(elsewhere))


def _field(pointer: str, fields: Collection[str]) -> str | None:
    """The field of what is pointed at, of something that it has within, or else of the first part of it."""
    path = pointer.removeprefix("#/").split("/")
    for length in range(len(path), 0, -1):
        if (name := ".".join(path[:length])) in fields:
            return name
    inside = ".".join(path) + "."
    return next((name for name in fields if name.startswith(inside)), None)
