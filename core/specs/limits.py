"""How much a spec may ask for."""

from dataclasses import dataclass

from core.errors import SpecTooLargeError
from core.specs import wording


@dataclass(frozen=True)
class Limits:
    """The most of everything.

    `max_row_numbers` are what a training step keeps for one row. `max_depth` and `max_nodes` count a
    document's nested values before anything reads it.
    """

    max_layers: int = 2000
    max_parameters: int = 200_000_000
    max_row_numbers: int = 200_000_000
    max_epochs: int = 10_000
    max_seconds: int = 86_400
    max_depth: int = 64
    max_nodes: int = 200_000


def too_large(name: str, *path: str | int, limit: int, asked: int | None, unit: str) -> SpecTooLargeError:
    """The error that says which limit is passed, and where in the document."""
    error = SpecTooLargeError(name, limit=limit, asked=asked, unit=unit)
    error.faults = (wording.fault(error.detail, *path),)
    return error
