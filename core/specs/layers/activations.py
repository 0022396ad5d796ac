"""Keras's activations that are layers."""

import math
from typing import Annotated, ClassVar, Literal

from typing_extensions import override

from core.specs import wording
from core.specs.constraints import AnyConstraint
from core.specs.initializers import AnyInitializer, Zeros
from core.specs.layers.base import Layer, Shape, Weight
from core.specs.regularizers import AnyRegularizer
from core.specs.scalars import Axes, Axis, NonNegative, OneOrMany, Real


class Softmax(Layer):
    """Turns scores into probabilities that add up to 1."""

    integers: ClassVar[Literal["floats", "keeps", "refuses"]] = "refuses"
    passes_mask: ClassVar[bool] = True

    axis: Axes = -1

    @override
    def output_shape(self, shape: Shape) -> Shape:
        # Keras counts the batch as axis 0.
        wording.check_axes("Softmax", self.axis, (0, *shape))
        return shape

    @override
    def ending(self) -> str | None:
        return "softmax"


class ReLU(Layer):
    """Cuts off what is below the threshold."""

    integers: ClassVar[Literal["floats", "keeps", "refuses"]] = "refuses"
    passes_mask: ClassVar[bool] = True

    max_value: NonNegative | None = None
    negative_slope: NonNegative = 0.0
    threshold: NonNegative = 0.0

    @override
    def ending(self) -> str | None:
        return "relu"


class LeakyReLU(Layer):
    """Lets a little through of what is below 0."""

    passes_mask: ClassVar[bool] = True

    negative_slope: NonNegative = 0.3

    @override
    def ending(self) -> str | None:
        return "leaky_relu"


class ELU(Layer):
    """Lets what is below 0 run out softly."""

    integers: ClassVar[Literal["floats", "keeps", "refuses"]] = "refuses"
    passes_mask: ClassVar[bool] = True

    alpha: Real = 1.0

    @override
    def ending(self) -> str | None:
        return "elu"


class PReLU(Layer):
    """Lets a part through of what is below 0, and learns which part."""

    integers: ClassVar[Literal["floats", "keeps", "refuses"]] = "refuses"
    passes_mask: ClassVar[bool] = True

    alpha_initializer: AnyInitializer = Zeros()
    alpha_regularizer: AnyRegularizer | None = None
    alpha_constraint: AnyConstraint | None = None
    shared_axes: Annotated[int | tuple[int, ...], OneOrMany(Axis, 8, 0)] | None = None

    @override
    def output_shape(self, shape: Shape) -> Shape:
        for axis in self._shared():
            # From -1 on down, Keras counts one axis further than elsewhere.
            if not 1 - len(shape) <= axis <= len(shape):
                raise wording.Misfit(
                    f"PReLU cannot share axis {axis} of a {wording.by(shape)} input: they are counted from 1",
                    "shared_axes",
                )
        return shape

    @override
    def weights(self, shape: Shape) -> list[Weight]:
        sizes = list(shape)
        for axis in self._shared():
            sizes[axis - 1] = 1
        return [Weight("alpha", tuple(sizes))]

    @override
    def multiply_adds(self, shape: Shape) -> int:
        return math.prod(shape)

    def _shared(self) -> tuple[int, ...]:
        axes = self.shared_axes
        return () if axes is None else (axes,) if isinstance(axes, int) else axes

    @override
    def ending(self) -> str | None:
        return "leaky_relu"


MEMBERS: tuple[type[Layer], ...] = (
    Softmax,
    ReLU,
    LeakyReLU,
    ELU,
    PReLU,
)
