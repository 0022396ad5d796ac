"""Keras's normalizations."""

import math
from typing import Annotated, ClassVar, Literal, Self

from annotated_types import Ge, Le
from pydantic import AfterValidator, Strict, model_validator
from typing_extensions import override

from core.specs import wording
from core.specs.base import Data
from core.specs.constraints import AnyConstraint
from core.specs.initializers import AnyInitializer, Ones, Zeros
from core.specs.layers.base import Layer, Shape, Weight
from core.specs.regularizers import AnyRegularizer
from core.specs.scalars import LARGEST_SIZE, Axes, Axis, Flag, Fraction, NonNegative


class RenormClipping(Data):
    """Bounds of batch renormalization's correction."""

    rmax: NonNegative | None = None
    rmin: NonNegative | None = None
    dmax: NonNegative | None = None


def _groups(value: int) -> int:
    if value == 0:
        raise wording.misfit("groups must be at least 1, or -1 for one to each channel, not 0")
    return value


class _Centred(Layer):
    """What brings numbers near mean 0 and variance 1, and from there to a beta and a gamma that it learns."""

    passes_mask: ClassVar[bool] = True

    axis: Axes = -1
    epsilon: NonNegative = 0.001
    center: Flag = True
    scale: Flag = True
    beta_initializer: AnyInitializer = Zeros()
    gamma_initializer: AnyInitializer = Ones()
    beta_regularizer: AnyRegularizer | None = None
    gamma_regularizer: AnyRegularizer | None = None
    beta_constraint: AnyConstraint | None = None
    gamma_constraint: AnyConstraint | None = None

    @override
    def output_shape(self, shape: Shape) -> Shape:
        _channels(self.called(), self.axis, shape)
        return shape

    @override
    def weights(self, shape: Shape) -> list[Weight]:
        sizes = _channels(self.called(), self.axis, shape)
        names = [name for name, there in (("gamma", self.scale), ("beta", self.center)) if there]
        return [Weight(name, sizes) for name in names]

    @override
    def multiply_adds(self, shape: Shape) -> int:
        return math.prod(shape)


class BatchNormalization(_Centred):
    """Keeps each channel near mean 0 and variance 1, by what a batch shows."""

    axis: Axis = -1
    momentum: Fraction = 0.99
    moving_mean_initializer: AnyInitializer = Zeros()
    moving_variance_initializer: AnyInitializer = Ones()
    renorm: Flag = False
    renorm_clipping: RenormClipping | None = None
    renorm_momentum: Fraction = 0.99
    synchronized: Flag = False

    @model_validator(mode="after")
    def _bounds_agree(self) -> Self:
        bounds = self.renorm_clipping
        if bounds and bounds.rmax is not None and bounds.rmin is not None and bounds.rmax < bounds.rmin:
            raise wording.misfit("rmax must be at least rmin", "renorm_clipping", "rmax")
        return self

    @override
    def weights(self, shape: Shape) -> list[Weight]:
        sizes = _channels(self.called(), self.axis, shape)
        moving = ["moving_mean", "moving_variance"]
        if self.renorm:
            moving += ["moving_stddev", "renorm_mean", "renorm_stddev"]
        return super().weights(shape) + [Weight(name, sizes, trainable=False) for name in moving]


class LayerNormalization(_Centred):
    """Keeps each row near mean 0 and variance 1."""


class GroupNormalization(_Centred):
    """Keeps groups of channels near mean 0 and variance 1, in each row."""

    groups: Annotated[int, Strict(), Ge(-1), Le(LARGEST_SIZE), AfterValidator(_groups)] = 32
    axis: Axis = -1

    @override
    def output_shape(self, shape: Shape) -> Shape:
        (channels,) = _channels(self.called(), self.axis, shape)
        if self.groups != -1 and channels % self.groups:
            raise wording.Misfit(
                f"GroupNormalization cannot share out {channels} channels to {self.groups} groups", "groups"
            )
        return shape


class RMSNormalization(Layer):
    """Keeps each row near mean square 1."""

    # It would round what it makes of integers, to integers.
    integers: ClassVar[Literal["floats", "keeps", "refuses"]] = "refuses"

    axis: Axes = -1
    epsilon: NonNegative = 1e-6

    @override
    def output_shape(self, shape: Shape) -> Shape:
        scale = _channels(self.called(), self.axis, shape)
        # Keras multiplies with it as with an array of fewer axes: it must fit the last ones.
        ends = shape[-len(scale) :]
        if any(mine not in {1, size} for mine, size in zip(scale, ends, strict=True)):
            raise wording.Misfit(
                "RMSNormalization scales along the last axes only: leave axis out, or name those", "axis"
            )
        return shape

    @override
    def weights(self, shape: Shape) -> list[Weight]:
        return [Weight("scale", _channels(self.called(), self.axis, shape))]

    @override
    def multiply_adds(self, shape: Shape) -> int:
        return math.prod(shape)


class UnitNormalization(Layer):
    """Makes each row a vector of length 1."""

    integers: ClassVar[Literal["floats", "keeps", "refuses"]] = "refuses"
    passes_mask: ClassVar[bool] = True

    axis: Axes = -1

    @override
    def output_shape(self, shape: Shape) -> Shape:
        if 0 in wording.check_axes("UnitNormalization", self.axis, (0, *shape)):
            raise wording.Misfit(
                "UnitNormalization along axis 0, the batch, would make each row depend on the others", "axis"
            )
        return shape


def _channels(subject: str, axis: int | tuple[int, ...], shape: Shape) -> Shape:
    """The sizes along `axis`, which counts the batch as 0."""
    axes = wording.check_axes(subject, axis, (0, *shape))
    if 0 in axes:
        raise wording.Misfit(
            f"{subject} cannot have weights along axis 0, the batch, whose size varies", "axis"
        )
    if not isinstance(axis, int) and min(axis) < 0 <= max(axis):
        # Keras sorts them as they are written, and would take the sizes in that order.
        raise wording.Misfit(f"{subject} takes axes all counted from the front or all from the back", "axis")
    return tuple(shape[one - 1] for one in sorted(axes))


MEMBERS: tuple[type[Layer], ...] = (
    BatchNormalization,
    LayerNormalization,
    GroupNormalization,
    RMSNormalization,
    UnitNormalization,
)
