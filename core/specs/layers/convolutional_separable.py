"""Keras's depthwise and separable convolutions, which look at each channel by itself."""

import math
from typing import Annotated, ClassVar, Literal

from typing_extensions import override

from core.specs.constraints import AnyConstraint
from core.specs.initializers import AnyInitializer, GlorotUniform
from core.specs.layers.base import Applied, Layer, Shape, Weight
from core.specs.layers.convolutional import Sliding
from core.specs.regularizers import AnyRegularizer
from core.specs.scalars import Size, Spread


class _ByChannel(Sliding):
    padding: Literal["valid", "same"] = "valid"
    depth_multiplier: Size = 1
    depthwise_initializer: AnyInitializer = GlorotUniform()
    depthwise_regularizer: AnyRegularizer | None = None
    depthwise_constraint: AnyConstraint | None = None

    def depth(self, shape: Shape) -> int:
        """Channels after each was looked at by itself."""
        return shape[-1] * self.depth_multiplier

    def depthwise_kernel(self, shape: Shape) -> Weight:
        """What each channel is multiplied with."""
        return Weight("depthwise_kernel", (*self.kernel_size, shape[-1], self.depth_multiplier))

    @override
    def multiply_adds(self, shape: Shape) -> int:
        return math.prod(self.slid(shape)) * math.prod(self.kernel_size) * self.depth(shape)


class _Depthwise(_ByChannel):
    @override
    def output_shape(self, shape: Shape) -> Shape:
        return (*self.slid(shape), self.depth(shape))

    @override
    def weights(self, shape: Shape) -> list[Weight]:
        kernel = self.depthwise_kernel(shape)._replace(name="kernel")
        return [kernel, *self.biases(self.depth(shape))]

    @override
    def check_parts(self, applied: Applied) -> None:
        # Here Keras's arguments are not called as the variable is.
        kernel, *rest = applied.weights
        named = kernel._replace(name="depthwise_kernel")
        super().check_parts(applied._replace(weights=[named, *rest]))


class _Separable(_ByChannel):
    filters: Size
    pointwise_initializer: AnyInitializer = GlorotUniform()
    pointwise_regularizer: AnyRegularizer | None = None
    pointwise_constraint: AnyConstraint | None = None

    @override
    def output_shape(self, shape: Shape) -> Shape:
        return (*self.slid(shape), self.filters)

    @override
    def weights(self, shape: Shape) -> list[Weight]:
        pointwise = Weight("pointwise_kernel", (*(1,) * self.rank, self.depth(shape), self.filters))
        return [self.depthwise_kernel(shape), pointwise, *self.biases(self.filters)]

    @override
    def multiply_adds(self, shape: Shape) -> int:
        return super().multiply_adds(shape) + math.prod(self.output_shape(shape)) * self.depth(shape)

    @override
    def working_size(self, shape: Shape) -> int:
        # What is between the two steps is kept, too.
        return math.prod(self.slid(shape)) * (self.depth(shape) + self.filters)


class DepthwiseConv1D(_Depthwise):
    """Slides a kernel of its own along each channel of sequences."""

    rank: ClassVar[int] = 1

    kernel_size: Annotated[tuple[int, ...], Spread(1)]
    strides: Annotated[tuple[int, ...], Spread(1)] = (1,)
    dilation_rate: Annotated[tuple[int, ...], Spread(1)] = (1,)


class DepthwiseConv2D(_Depthwise):
    """Slides a kernel of its own over each channel of pictures."""

    rank: ClassVar[int] = 2

    kernel_size: Annotated[tuple[int, ...], Spread(2)]
    strides: Annotated[tuple[int, ...], Spread(2)] = (1, 1)
    dilation_rate: Annotated[tuple[int, ...], Spread(2)] = (1, 1)


class SeparableConv1D(_Separable):
    """A depthwise convolution of sequences, and then a mixture of the channels."""

    rank: ClassVar[int] = 1

    kernel_size: Annotated[tuple[int, ...], Spread(1)]
    strides: Annotated[tuple[int, ...], Spread(1)] = (1,)
    dilation_rate: Annotated[tuple[int, ...], Spread(1)] = (1,)


class SeparableConv2D(_Separable):
    """A depthwise convolution of pictures, and then a mixture of the channels."""

    rank: ClassVar[int] = 2

    kernel_size: Annotated[tuple[int, ...], Spread(2)]
    strides: Annotated[tuple[int, ...], Spread(2)] = (1, 1)
    dilation_rate: Annotated[tuple[int, ...], Spread(2)] = (1, 1)


MEMBERS: tuple[type[Layer], ...] = (
    DepthwiseConv1D,
    DepthwiseConv2D,
    SeparableConv1D,
    SeparableConv2D,
)
