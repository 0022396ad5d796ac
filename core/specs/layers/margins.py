"""What is cut off or added at both ends of an axis."""

from dataclasses import dataclass
from functools import cached_property
from typing import Annotated

from annotated_types import Len
from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, TypeAdapter
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from core.specs.scalars import Margin, Spread

Ends = tuple[int, ...]
"""So much at the front and so much at the back."""


@dataclass(frozen=True)
class Margins:
    """An annotation for `tuple[Ends, ...]`: `rank` pairs, in which one number stands for both ends, or one
    number for everything.
    """

    rank: int

    @cached_property
    def _many(self) -> TypeAdapter[tuple[Ends, ...]]:
        return TypeAdapter(Annotated[tuple[Annotated[Ends, BOTH_ENDS], ...], Len(self.rank, self.rank)])

    def read(self, value: object) -> tuple[Ends, ...]:
        """`((1, 1), (0, 2))` for [1, [0, 2]]."""
        if isinstance(value, list | tuple):
            return self._many.validate_python(value)
        return (BOTH_ENDS.read(value),) * self.rank

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"anyOf": [_MARGIN.json_schema(), self._many.json_schema()]}


BOTH_ENDS = Spread(2, Margin)
"""An annotation for `Ends`: two numbers, or one for both."""
_MARGIN: TypeAdapter[int] = TypeAdapter(Margin)
