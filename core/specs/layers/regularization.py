"""Keras's layers against overfitting."""

from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field
from typing_extensions import override

from core.specs import wording
from core.specs.layers.base import Layer, Shape
from core.specs.layers.data_format import ChannelsLast
from core.specs.layers.windows import AXES
from core.specs.scalars import BelowOne, Fraction, NonNegative, Seed, Size


def _always_trainable(value: object) -> object:
    if value is not True:
        raise wording.misfit("Keras's spatial dropouts have no argument 'trainable', and nothing to train")
    return value


def _no_regularizer(value: object) -> object:
    if value is not None:
        raise wording.misfit("Keras's layer has no argument 'activity_regularizer'")
    return value


_NoRegularizer = Annotated[None, BeforeValidator(_no_regularizer)]
_NoiseShape = Annotated[tuple[Size | None, ...], Field(max_length=16)]


class _Noise(Layer):
    """Changes its input in training, and passes it on as it is afterwards."""

    # With a rate of 0 they would take integers, which is nobody's wish.
    integers: ClassVar[Literal["floats", "keeps", "refuses"]] = "refuses"
    passes_mask: ClassVar[bool] = True

    @override
    def ending(self) -> str | None:
        return None


class _Shaped(_Noise):
    noise_shape: _NoiseShape | None = None
    seed: Seed | None = None

    @override
    def output_shape(self, shape: Shape) -> Shape:
        if self.noise_shape is not None and not _noise_fits(self.noise_shape, shape):
            raise wording.Misfit(
                f"{self.called()}'s noise_shape needs {len(shape) + 1} entries, the first for the batch: "
                f"null, 1, or the size in {wording.by(shape)}",
                "noise_shape",
            )
        return shape


def _noise_fits(noise: tuple[int | None, ...], shape: Shape) -> bool:
    # The size of a batch is not known beforehand, and the last batch is smaller.
    sizes = (1, *shape)
    return len(noise) == len(sizes) and all(
        one in {None, 1, size} for one, size in zip(noise, sizes, strict=True)
    )


class Dropout(_Shaped):
    """Sets some of its inputs to 0 in training."""

    rate: Fraction


class AlphaDropout(_Shaped):
    """A Dropout that leaves mean and variance as they are, for layers with the activation selu."""

    rate: BelowOne


class GaussianDropout(_Noise):
    """Multiplies its inputs by random numbers around 1 in training."""

    rate: BelowOne
    seed: Seed | None = None


class GaussianNoise(_Noise):
    """Adds random numbers around 0 to its inputs in training."""

    stddev: Fraction
    seed: Seed | None = None


class _SpatialDropout(_Noise):
    rank: ClassVar[int]
    withheld: ClassVar[frozenset[str]] = Layer.withheld | {"trainable", "activity_regularizer"}

    rate: Fraction
    seed: Seed | None = None
    trainable: Annotated[Literal[True], BeforeValidator(_always_trainable)] = True
    activity_regularizer: _NoRegularizer = None

    @override
    def output_shape(self, shape: Shape) -> Shape:
        self.dimensions(shape, self.rank + 1, AXES[self.rank])
        return shape


class SpatialDropout1D(_SpatialDropout):
    """Sets some channels of a sequence to 0 in training, from its first step to its last."""

    rank: ClassVar[int] = 1


class SpatialDropout2D(_SpatialDropout):
    """Sets some channels of a picture to 0 in training, everywhere."""

    rank: ClassVar[int] = 2

    data_format: ChannelsLast = "channels_last"


class SpatialDropout3D(_SpatialDropout):
    """Sets some channels of a volume to 0 in training, everywhere."""

    rank: ClassVar[int] = 3

    data_format: ChannelsLast = "channels_last"


class ActivityRegularization(Layer):
    """Charges the loss for large values that pass."""

    integers: ClassVar[Literal["floats", "keeps", "refuses"]] = "refuses"
    passes_mask: ClassVar[bool] = True
    withheld: ClassVar[frozenset[str]] = Layer.withheld | {"activity_regularizer"}

    l1: NonNegative = 0.0
    l2: NonNegative = 0.0
    activity_regularizer: _NoRegularizer = None

    @override
    def ending(self) -> str | None:
        return None


MEMBERS: tuple[type[Layer], ...] = (
    Dropout,
    AlphaDropout,
    GaussianDropout,
    GaussianNoise,
    SpatialDropout1D,
    SpatialDropout2D,
    SpatialDropout3D,
    ActivityRegularization,
)
