"""Lists that are read item by item, and no further than it helps."""

from collections.abc import Callable
from typing import Any

from pydantic import BeforeValidator, ValidationError
from pydantic_core import InitErrorDetails, PydanticKnownError

from core.specs import wording


def item_by_item(read: Callable[[object], Any], most: int | None = None) -> BeforeValidator:
    """An annotation for a tuple of what `read` reads, of at most so many.

    Pydantic goes on to the end of a list, however much is wrong with it, and counts only what is right. This
    refuses too long a list at once, and stops when as many faults are found as are told.
    """

    def each(value: object) -> object:
        if not isinstance(value, list | tuple):
            return value
        if most is not None and len(value) > most:
            about = {"field_type": "Tuple", "max_length": most, "actual_length": len(value)}
            raise PydanticKnownError("too_long", about)
        return _read(value, read)

    return BeforeValidator(each)


def _read(items: list[Any] | tuple[Any, ...], read: Callable[[object], Any]) -> tuple[Any, ...]:
    found, wrong = [], list[InitErrorDetails]()
    for place, item in enumerate(items):
        try:
            found.append(read(item))
        except ValidationError as error:
            wrong += wording.moved(error, place)
        if len(wrong) >= wording.MOST_FAULTS:
            break
    if wrong:
        raise ValidationError.from_exception_data("spec", wrong)
    return tuple(found)
