"""Keras's layers that bring pictures to a range of numbers, a size or a contrast, in training and after.

Where Keras's `value_range` is [0, 255] by default, it is [0, 1] here, as pictures are scaled.
"""

import math
from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator
from typing_extensions import override

from core.specs import wording
from core.specs.layers.base import Layer, Shape
from core.specs.layers.data_format import ChannelsLast
from core.specs.scalars import Above0, Flag, OneOrMany, Real, Size

_Scales = Annotated[float | tuple[float, ...], OneOrMany(Real, 65_536)]
Range = Annotated[tuple[Real, ...], Field(min_length=2, max_length=2)]


class Rescaling(Layer):
    """Multiplies and adds: one number for all, or one for each channel."""

    passes_mask: ClassVar[bool] = True

    scale: _Scales
    offset: _Scales = 0.0

    @override
    def output_shape(self, shape: Shape) -> Shape:
        for field, value in (("scale", self.scale), ("offset", self.offset)):
            if isinstance(value, tuple) and len(value) not in {1, *shape[-1:]}:
                raise wording.Misfit(
                    f"Rescaling has {len(value)} numbers for the last axis of its {wording.by(shape)} input",
                    field,
                )
        return shape

    @override
    def multiply_adds(self, shape: Shape) -> int:
        return math.prod(shape)


class Picture(Layer):
    """A layer for pictures."""

    refused: ClassVar[Mapping[str, str]] = {"bounding_box_format": "data sets have no boxes"}
    channels: ClassVar[tuple[int, ...]] = ()
    """How many it takes; empty for any number."""

    @override
    def output_shape(self, shape: Shape) -> Shape:
        self.dimensions(shape, 3, "height, width, channels")
        if self.channels and shape[-1] not in self.channels:
            wanted = " or ".join(str(one) for one in self.channels)
            raise wording.Misfit(f"{self.called()} takes pictures of {wanted} channels, not {shape[-1]}")
        return shape

    @override
    def ending(self) -> str | None:
        return None


class _Sized(Picture):
    height: Size
    width: Size

    @override
    def output_shape(self, shape: Shape) -> Shape:
        return (self.height, self.width, super().output_shape(shape)[-1])


class CenterCrop(_Sized):
    """The middle of a picture; of one that is smaller, the middle of an enlarged one."""

    data_format: ChannelsLast = "channels_last"


class Resizing(_Sized):
    """Brings pictures to a size."""

    integers: ClassVar[Literal["floats", "keeps", "refuses"]] = "refuses"

    interpolation: Literal["bilinear", "nearest", "lanczos3", "lanczos5", "bicubic", "area"] = "bilinear"
    crop_to_aspect_ratio: Flag = False
    pad_to_aspect_ratio: Flag = False
    fill_mode: Literal["constant"] = "constant"
    fill_value: Real = 0.0
    antialias: Flag = False
    data_format: ChannelsLast = "channels_last"

    @model_validator(mode="after")
    def _crops_or_pads(self) -> Self:
        if self.crop_to_aspect_ratio and self.pad_to_aspect_ratio:
            raise wording.misfit(
                "Resizing keeps the proportions by crop_to_aspect_ratio or pad_to_aspect_ratio, not both",
                "pad_to_aspect_ratio",
            )
        return self

    @override
    def passes_gradient(self) -> bool:
        return self.interpolation != "area"


class AutoContrast(Picture):
    """Spreads the numbers of each channel over the range."""

    value_range: Range = (0.0, 1.0)


class ContrastLimitedAdaptiveHistogramEqualization(Picture):
    """Spreads the brightness of each part of a picture over the range."""

    value_range: Range = (0.0, 1.0)
    clip_limit: Above0 = 4.0
    tile_grid_size: Annotated[
        tuple[Annotated[int, Field(strict=True, ge=1, le=64)], ...], Field(min_length=2, max_length=2)
    ] = (8, 8)
    data_format: ChannelsLast = "channels_last"

    @override
    def output_shape(self, shape: Shape) -> Shape:
        shape = super().output_shape(shape)
        for size, tiles in zip(shape[:2], self.tile_grid_size, strict=True):
            # Keras mirrors pictures at their edges to make their sizes multiples of the grid's.
            if -size % tiles > size:
                raise wording.Misfit(
                    f"A grid of {wording.by(self.tile_grid_size)} tiles is too fine for pictures of "
                    f"{wording.by(shape[:2])}",
                    "tile_grid_size",
                )
        return shape

    @override
    def passes_gradient(self) -> bool:
        return False


MEMBERS: tuple[type[Layer], ...] = (
    Rescaling,
    CenterCrop,
    Resizing,
    AutoContrast,
    ContrastLimitedAdaptiveHistogramEqualization,
)
