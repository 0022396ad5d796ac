"""Keras's layers that only rearrange."""

import math
from typing import Annotated, ClassVar, Literal, Self

from annotated_types import Ge, Le
from pydantic import Field, Strict, model_validator
from typing_extensions import override

from core.specs import wording
from core.specs.layers.base import Layer, Shape
from core.specs.layers.data_format import ChannelsLast
from core.specs.scalars import LARGEST_SIZE

_Dimension = Annotated[int, Strict(), Ge(-1), Le(LARGEST_SIZE)]


class Flatten(Layer):
    """Makes one long row of whatever comes."""

    integers: ClassVar[Literal["floats", "keeps", "refuses"]] = "keeps"

    data_format: ChannelsLast = "channels_last"

    @override
    def output_shape(self, shape: Shape) -> Shape:
        return (math.prod(shape),)

    @override
    def ending(self) -> str | None:
        return None


class Reshape(Layer):
    """The same numbers in another shape."""

    integers: ClassVar[Literal["floats", "keeps", "refuses"]] = "keeps"

    target_shape: Annotated[tuple[_Dimension, ...], Field(max_length=6)]

    @model_validator(mode="after")
    def _one_unknown(self) -> Self:
        if self.target_shape.count(-1) > 1:
            raise wording.misfit("target_shape may have one -1, and has more", "target_shape")
        return self

    @override
    def output_shape(self, shape: Shape) -> Shape:
        size = math.prod(shape)
        known = math.prod(one for one in self.target_shape if one != -1)
        unknown = -1 in self.target_shape
        fits = known > 0 and size % known == 0 if unknown else size == known
        if not fits:
            raise wording.Misfit(
                f"Reshape to {wording.by(self.target_shape)} does not fit its input {wording.by(shape)}, "
                f"which holds {size:,} numbers",
                "target_shape",
            )
        return tuple(size // known if one == -1 else one for one in self.target_shape)

    @override
    def ending(self) -> str | None:
        return None


MEMBERS: tuple[type[Layer], ...] = (
    Flatten,
    Reshape,
)
