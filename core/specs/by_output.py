"""Arguments that are one thing, or an object of such things by the name of an output, as in `compile`."""

from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any

from pydantic import Field, TypeAdapter

from core.specs.scalars import Identifier, Reading


@dataclass(frozen=True)
class ByOutput(Reading):
    """An annotation for `X | dict[str, X]`. An object with a `type` is an X; any other is by output."""

    item: Any

    @cached_property
    def _one(self) -> TypeAdapter[Any]:
        return TypeAdapter(self.item)

    @cached_property
    def _many(self) -> TypeAdapter[Any]:
        # A type made at run time, as in `scalars.OneOrMany`.
        each: Any = Annotated[
            dict.__class_getitem__((Identifier, self.item)), Field(min_length=1, max_length=64)
        ]
        return TypeAdapter(each)

    def read(self, value: object) -> Any:  # noqa: ANN401 - the annotated field tells its type
        """The thing, or the things by name."""
        by_name = isinstance(value, dict) and "type" not in value
        return (self._many if by_name else self._one).validate_python(value)
