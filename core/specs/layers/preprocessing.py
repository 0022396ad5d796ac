"""Keras's preprocessing layers: Rescaling, and those that vary pictures in training."""

import math
from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field
from typing_extensions import override

from core.specs import wording
from core.specs.layers.base import Layer, Shape
from core.specs.layers.data_format import ChannelsLast
from core.specs.scalars import Fraction, OneOrMany, Real, Seed

_Signed = Annotated[float, Field(strict=True, ge=-1, le=1)]
_SignedFactor = Annotated[float | tuple[float, ...], OneOrMany(_Signed, 2, 2)]
_ZoomFactor = Annotated[
    float | tuple[float, ...], OneOrMany(Annotated[float, Field(strict=True, gt=-1, le=1)], 2, 2)
]
_Scales = Annotated[float | tuple[float, ...], OneOrMany(Real, 65_536)]
_Range = Annotated[tuple[Real, ...], Field(min_length=2, max_length=2)]


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


class _RandomPicture(Layer):
    """Varies pictures, in training only. Usable in `training.augment`."""

    refused: ClassVar[Mapping[str, str]] = {"bounding_box_format": "data sets have no boxes"}

    seed: Seed | None = None

    @override
    def output_shape(self, shape: Shape) -> Shape:
        self.dimensions(shape, 3, "height, width, channels")
        return shape


class _Geometry(_RandomPicture):
    fill_mode: Literal["reflect", "wrap", "constant", "nearest"] = "reflect"
    interpolation: Literal["nearest", "bilinear"] = "bilinear"
    fill_value: Real = 0.0
    data_format: ChannelsLast = "channels_last"


class RandomFlip(_RandomPicture):
    """Mirrors pictures."""

    mode: Literal["horizontal", "vertical", "horizontal_and_vertical"] = "horizontal_and_vertical"
    data_format: ChannelsLast = "channels_last"


class RandomRotation(_Geometry):
    """Turns pictures by up to `factor` of a full turn."""

    factor: _SignedFactor


class RandomTranslation(_Geometry):
    """Shifts pictures by up to a fraction of their size."""

    height_factor: _SignedFactor
    width_factor: _SignedFactor


class RandomZoom(_Geometry):
    """Zooms pictures by up to a fraction of their size."""

    height_factor: _ZoomFactor
    width_factor: _ZoomFactor | None = None


class RandomContrast(_RandomPicture):
    """Varies the contrast. `value_range` is [0, 1] by default, as pictures are scaled here; Keras's is [0,
    255].
    """

    factor: Annotated[float | tuple[float, ...], OneOrMany(Fraction, 2, 2)]
    value_range: _Range = (0.0, 1.0)


class RandomBrightness(_RandomPicture):
    """Varies the brightness. `value_range` is [0, 1] by default, as pictures are scaled here; Keras's is [0,
    255].
    """

    factor: _SignedFactor
    value_range: _Range = (0.0, 1.0)


MEMBERS: tuple[type[Layer], ...] = (Rescaling,)
AUGMENTATIONS: tuple[type[Layer], ...] = (
    RandomFlip,
    RandomRotation,
    RandomTranslation,
    RandomZoom,
    RandomContrast,
    RandomBrightness,
)
"""Those that vary pictures in training."""
