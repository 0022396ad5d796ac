"""Keras's activations that are layers."""

from typing import ClassVar, Literal

from typing_extensions import override

from core.specs import wording
from core.specs.layers.base import Layer, Shape
from core.specs.scalars import Axes, NonNegative


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


MEMBERS: tuple[type[Layer], ...] = (
    Softmax,
    ReLU,
    LeakyReLU,
)
