"""Keras's layers that only rearrange."""

import math
from typing import Annotated, ClassVar, Literal, Self

from annotated_types import Ge, Le
from pydantic import Field, Strict, model_validator
from typing_extensions import override

from core.specs import wording
from core.specs.layers.base import Layer, Shape
from core.specs.layers.data_format import ChannelsLast
from core.specs.scalars import LARGEST_SIZE, Size

_Dimension = Annotated[int, Strict(), Ge(-1), Le(LARGEST_SIZE)]


class Rearranging(Layer):
    """A layer that puts out the numbers that come in, in another place or number."""

    integers: ClassVar[Literal["floats", "keeps", "refuses"]] = "keeps"

    @override
    def ending(self) -> str | None:
        return None


class Flatten(Rearranging):
    """Makes one long row of whatever comes."""

    data_format: ChannelsLast = "channels_last"

    @override
    def output_shape(self, shape: Shape) -> Shape:
        return (math.prod(shape),)


class Reshape(Rearranging):
    """The same numbers in another shape."""

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


class Permute(Rearranging):
    """The same axes in another order, counted from 1."""

    dims: Annotated[tuple[Size, ...], Field(max_length=6)]

    @model_validator(mode="after")
    def _every_axis_once(self) -> Self:
        if sorted(self.dims) != list(range(1, len(self.dims) + 1)):
            raise wording.misfit(f"dims must name every axis from 1 to {len(self.dims)} once", "dims")
        return self

    @override
    def output_shape(self, shape: Shape) -> Shape:
        if len(shape) != len(self.dims):
            raise wording.Misfit(
                f"Permute with {len(self.dims)} dims does not fit rows of {wording.by(shape)}", "dims"
            )
        return tuple(shape[one - 1] for one in self.dims)


class RepeatVector(Rearranging):
    """The same row again and again, as a sequence."""

    n: Size

    @override
    def output_shape(self, shape: Shape) -> Shape:
        self.dimensions(shape, 1, "features")
        return (self.n, *shape)


MEMBERS: tuple[type[Layer], ...] = (
    Flatten,
    Reshape,
    Permute,
    RepeatVector,
)
