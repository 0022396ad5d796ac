"""Keras's layers that vary pictures in training, and leave them alone after it.

Where Keras's `value_range` is [0, 255] by default, it is [0, 1] here, as pictures are scaled.
"""

from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field
from typing_extensions import override

from core.specs import wording
from core.specs.layers.base import Layer, Shape
from core.specs.layers.data_format import ChannelsLast
from core.specs.layers.preprocessing_images import Picture, Range
from core.specs.scalars import Above0, Flag, Fraction, OneOrMany, Real, Seed


def _odd(value: int) -> int:
    if value % 2 == 0:
        raise wording.misfit(f"the size of a kernel must be odd here, not {value}")
    return value


_Signed = Annotated[float, Field(strict=True, ge=-1, le=1)]
_SignedFactor = Annotated[float | tuple[float, ...], OneOrMany(_Signed, 2, 2)]
_ZoomFactor = Annotated[
    float | tuple[float, ...], OneOrMany(Annotated[float, Field(strict=True, gt=-1, le=1)], 2, 2)
]
_Factor = Annotated[float | tuple[float, ...], OneOrMany(Fraction, 2, 2)]
_Bits = Annotated[int | tuple[int, ...], OneOrMany(Annotated[int, Field(strict=True, ge=1, le=8)], 2, 2)]
_Odd = Annotated[int, Field(strict=True, ge=1, le=255), AfterValidator(_odd)]
_Few = Annotated[int, Field(strict=True, ge=1, le=16)]
_Interpolation = Literal["nearest", "bilinear"]


class _Random(Picture):
    integers: ClassVar[Literal["floats", "keeps", "refuses"]] = "refuses"

    seed: Seed | None = None


class _Formatted(_Random):
    data_format: ChannelsLast = "channels_last"


class _Ranged(_Formatted):
    value_range: Range = (0.0, 1.0)


class _Geometry(_Formatted):
    fill_mode: Literal["reflect", "wrap", "constant", "nearest"] = "reflect"
    interpolation: _Interpolation = "bilinear"
    fill_value: Real = 0.0


class RandomFlip(_Formatted):
    """Mirrors pictures."""

    mode: Literal["horizontal", "vertical", "horizontal_and_vertical"] = "horizontal_and_vertical"


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


class RandomShear(_Geometry):
    """Slants pictures."""

    x_factor: _Factor = 0.0
    y_factor: _Factor = 0.0


class RandomPerspective(_Formatted):
    """Shows some of the pictures from a side."""

    factor: _Factor = 1.0
    scale: Fraction = 1.0
    interpolation: _Interpolation = "bilinear"
    fill_value: Real = 0.0

    @override
    def output_shape(self, shape: Shape) -> Shape:
        shape = super().output_shape(shape)
        if 1 in shape[:2]:
            raise wording.Misfit(
                f"RandomPerspective moves corners, and pictures of {wording.by(shape[:2])} have no four"
            )
        return shape


class RandomElasticTransform(_Ranged):
    """Distorts some of the pictures as if they were of rubber."""

    factor: _Factor = 1.0
    scale: _Factor = 1.0
    interpolation: _Interpolation = "bilinear"
    fill_mode: Literal["reflect", "wrap", "constant", "nearest", "mirror"] = "reflect"
    fill_value: Real = 0.0


class RandomContrast(_Random):
    """Varies the contrast."""

    factor: _Factor
    value_range: Range = (0.0, 1.0)


class RandomBrightness(_Random):
    """Varies the brightness."""

    factor: _SignedFactor
    value_range: Range = (0.0, 1.0)


class RandomHue(_Ranged):
    """Varies the colours."""

    channels: ClassVar[tuple[int, ...]] = (3,)

    factor: _Factor

    @override
    def passes_gradient(self) -> bool:
        return False


class RandomSaturation(_Ranged):
    """Varies how colourful pictures are."""

    channels: ClassVar[tuple[int, ...]] = (3,)

    factor: _Factor

    @override
    def passes_gradient(self) -> bool:
        return False


class RandomColorDegeneration(_Ranged):
    """Takes some of the colour out of pictures."""

    channels: ClassVar[tuple[int, ...]] = (3,)

    factor: _Factor


class RandomColorJitter(_Ranged):
    """Varies brightness, contrast, saturation and hue, those that are given."""

    brightness_factor: _SignedFactor | None = None
    contrast_factor: _Factor | None = None
    saturation_factor: _Factor | None = None
    hue_factor: _Factor | None = None

    @override
    def output_shape(self, shape: Shape) -> Shape:
        shape = super().output_shape(shape)
        for field in ("saturation_factor", "hue_factor"):
            if getattr(self, field) is not None and shape[-1] != 3:
                raise wording.Misfit(f"{field} is for pictures of 3 channels, not {shape[-1]}", field)
        return shape

    @override
    def passes_gradient(self) -> bool:
        return self.saturation_factor is None and self.hue_factor is None


class RandomGrayscale(_Formatted):
    """Takes the colour out of some of the pictures."""

    channels: ClassVar[tuple[int, ...]] = (1, 3)

    factor: Fraction = 0.5


class RandomInvert(_Ranged):
    """Turns light and dark round in some of the pictures."""

    factor: _Factor = 1.0


class RandomSharpness(_Ranged):
    """Varies the sharpness."""

    factor: _Factor


class RandomGaussianBlur(_Ranged):
    """Blurs some of the pictures."""

    factor: _Factor = 1.0
    kernel_size: Annotated[int | tuple[int, ...], OneOrMany(_Odd, 2, 2)] = 3
    sigma: _Factor = 1.0


class RandomPosterization(_Ranged):
    """Leaves so many bits of every number, at the most."""

    factor: _Bits

    @override
    def passes_gradient(self) -> bool:
        return False


class RandomErasing(_Ranged):
    """Takes a rectangle out of some of the pictures."""

    factor: _Factor = 1.0
    scale: _Factor = (0.02, 0.33)
    fill_value: Real | None = None


class Solarization(_Random):
    """Turns round what is lighter than a threshold."""

    addition_factor: _Factor = 0.0
    threshold_factor: _Factor = 0.0
    value_range: Range = (0.0, 1.0)


class AugMix(_Ranged):
    """Mixes every picture with some that were varied in chains of steps.

    Keras draws which steps they are once, and how far they go for every batch.
    """

    channels: ClassVar[tuple[int, ...]] = (1, 3)

    num_chains: _Few = 3
    chain_depth: _Few = 3
    factor: _Factor = 0.3
    alpha: Above0 = 1.0
    all_ops: Flag = True
    interpolation: _Interpolation = "bilinear"


class RandAugment(_Ranged):
    """Varies pictures in a few of many ways, another few for every batch."""

    channels: ClassVar[tuple[int, ...]] = (1, 3)

    num_ops: _Few = 2
    factor: _Factor = 0.5
    interpolation: _Interpolation = "bilinear"


MEMBERS: tuple[type[Layer], ...] = (
    RandomFlip,
    RandomRotation,
    RandomTranslation,
    RandomZoom,
    RandomShear,
    RandomPerspective,
    RandomElasticTransform,
    RandomContrast,
    RandomBrightness,
    RandomHue,
    RandomSaturation,
    RandomColorDegeneration,
    RandomColorJitter,
    RandomGrayscale,
    RandomInvert,
    RandomSharpness,
    RandomGaussianBlur,
    RandomPosterization,
    RandomErasing,
    Solarization,
    AugMix,
    RandAugment,
)
