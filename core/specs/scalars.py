"""Numbers and small lists for Keras's arguments: no `"3"` for 3, no `true` for 1, nothing infinite."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any

from annotated_types import Ge, Gt, Le, Len, Lt
from pydantic import (
    AllowInfNan,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    Strict,
    StringConstraints,
    TypeAdapter,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

LARGEST_SIZE = 1_000_000
LARGEST_SEED = 2**31 - 1

_FINITE = AllowInfNan(allow_inf_nan=False)

Flag = Annotated[bool, Strict()]
Whole = Annotated[int, Strict(), Ge(-LARGEST_SEED), Le(LARGEST_SEED)]
Natural = Annotated[int, Strict(), Ge(0), Le(LARGEST_SEED)]
Positive = Annotated[int, Strict(), Ge(1), Le(LARGEST_SEED)]
Size = Annotated[int, Strict(), Ge(1), Le(LARGEST_SIZE)]
Margin = Annotated[int, Strict(), Ge(0), Le(LARGEST_SIZE)]
Axis = Annotated[int, Strict(), Ge(-16), Le(16)]
Seed = Annotated[int, Strict(), Ge(0), Le(LARGEST_SEED)]

# Keras computes in float32, where 1e39 is already infinite.
Real = Annotated[float, Strict(), _FINITE, Ge(-1e30), Le(1e30)]
NonNegative = Annotated[float, Strict(), _FINITE, Ge(0), Le(1e30)]
Above0 = Annotated[float, Strict(), _FINITE, Gt(0), Le(1e30)]
Fraction = Annotated[float, Strict(), Ge(0), Le(1)]
BelowOne = Annotated[float, Strict(), Ge(0), Lt(1)]

Identifier = Annotated[str, Strict(), StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_.-]{0,62}$")]


class Reading(ABC):
    """An annotation for a field that `read` makes of what was sent, in one of two forms."""

    @cached_property
    @abstractmethod
    def _one(self) -> TypeAdapter[Any]:
        """What reads the one form."""

    @cached_property
    @abstractmethod
    def _many(self) -> TypeAdapter[Any]:
        """What reads the other."""

    @abstractmethod
    def read(self, value: object) -> Any:  # noqa: ANN401 - the annotated field tells its type
        """The value; raises a ValidationError whose places are relative to it."""

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"anyOf": [self._one.json_schema(), self._many.json_schema()]}


@dataclass(frozen=True)
class Spread(Reading):
    """An annotation for `tuple[int, ...]`: `rank` sizes (or other `item`s), or one that stands for all."""

    rank: int
    item: Any = Size

    @cached_property
    def _one(self) -> TypeAdapter[int]:
        return TypeAdapter(self.item)

    @cached_property
    def _many(self) -> TypeAdapter[tuple[int, ...]]:
        many: Any = Annotated[tuple.__class_getitem__((self.item, ...)), Len(self.rank, self.rank)]
        return TypeAdapter(many)

    def read(self, value: object) -> tuple[int, ...]:
        """`(3, 3)` for 3 and for [3, 3]."""
        if isinstance(value, list | tuple):
            return self._many.validate_python(value)
        return (self._one.validate_python(value),) * self.rank


@dataclass(frozen=True)
class OneOrMany(Reading):
    """An annotation for `X | tuple[X, ...]`, which a union would answer with two errors for one mistake."""

    item: Any
    longest: int
    shortest: int = 1

    @cached_property
    def _one(self) -> TypeAdapter[Any]:
        return TypeAdapter(self.item)

    @cached_property
    def _many(self) -> TypeAdapter[Any]:
        # A type made at run time: the checker would take one written as an annotation for made beforehand.
        many: Any = Annotated[tuple.__class_getitem__((self.item, ...)), Len(self.shortest, self.longest)]
        return TypeAdapter(many)

    def read(self, value: object) -> Any:  # noqa: ANN401 - the annotated field tells its type
        """The number as it is, or the tuple of them."""
        adapter = self._many if isinstance(value, list | tuple) else self._one
        return adapter.validate_python(value)


Axes = Annotated[int | tuple[int, ...], OneOrMany(Axis, 8)]
