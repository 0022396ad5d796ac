"""Keras's transposed convolutions, which make their input larger."""

import math
from collections.abc import Mapping
from itertools import repeat
from typing import Annotated, ClassVar, Literal, Self

from pydantic import model_validator
from typing_extensions import override

from core.specs import wording
from core.specs.layers.base import Layer, Shape, Weight
from core.specs.layers.convolutional import Filtering
from core.specs.layers.windows import AXES, reach_of
from core.specs.scalars import Margin, Spread


class _Transpose(Filtering):
    refused: ClassVar[Mapping[str, str]] = {"groups": "Keras's transposed convolutions have no groups"}

    padding: Literal["valid", "same"] = "valid"
    output_padding: tuple[int, ...] | None = None

    @model_validator(mode="after")
    def _padding_below_strides(self) -> Self:
        for more, stride in zip(self.output_padding or (), self.strides, strict=False):
            if more >= stride:
                raise wording.misfit(
                    f"output_padding must be less than strides, and {more} is not less than {stride}",
                    "output_padding",
                )
        return self

    @override
    def output_shape(self, shape: Shape) -> Shape:
        self.dimensions(shape, self.rank + 1, AXES[self.rank])
        return (*self._grown(shape[:-1]), self.filters)

    def _grown(self, spatial: Shape) -> Shape:
        """The rule of `keras.src.backend.common.backend_utils.compute_conv_transpose_output_shape`."""
        reach = reach_of(self.kernel_size, self.dilation_rate)
        each = zip(spatial, self.strides, reach, self.output_padding or repeat(None), strict=False)
        return tuple(self._grown_axis(*one) for one in each)

    def _grown_axis(self, size: int, stride: int, reach: int, more: int | None) -> int:
        if self.padding == "valid":
            return (size - 1) * stride + reach + (max(stride - reach, 0) if more is None else more)
        if more is None:
            return size * stride
        if reach % 2 == 0 and more == 0:
            # Keras reckons one step less than TensorFlow takes, which then fails in the first batch.
            raise wording.Misfit(
                f"{self.called()} with the padding 'same' and a kernel of an even reach ({reach}) takes an "
                "output_padding of at least 1: leave it out, or make the kernel odd",
                "output_padding",
            )
        return (size - 1) * stride + reach % 2 + more

    @override
    def weights(self, shape: Shape) -> list[Weight]:
        kernel = Weight("kernel", (*self.kernel_size, self.filters, shape[-1]))
        return [kernel, *self.biases(self.filters)]

    @override
    def multiply_adds(self, shape: Shape) -> int:
        return math.prod(shape) * math.prod(self.kernel_size) * self.filters


class Conv1DTranspose(_Transpose):
    """Makes sequences longer, as the way back through a Conv1D."""

    rank: ClassVar[int] = 1

    kernel_size: Annotated[tuple[int, ...], Spread(1)]
    strides: Annotated[tuple[int, ...], Spread(1)] = (1,)
    output_padding: Annotated[tuple[int, ...], Spread(1, Margin)] | None = None
    dilation_rate: Annotated[tuple[int, ...], Spread(1)] = (1,)


class Conv2DTranspose(_Transpose):
    """Makes pictures larger, as the way back through a Conv2D."""

    rank: ClassVar[int] = 2

    kernel_size: Annotated[tuple[int, ...], Spread(2)]
    strides: Annotated[tuple[int, ...], Spread(2)] = (1, 1)
    output_padding: Annotated[tuple[int, ...], Spread(2, Margin)] | None = None
    dilation_rate: Annotated[tuple[int, ...], Spread(2)] = (1, 1)


class Conv3DTranspose(_Transpose):
    """Makes volumes larger, as the way back through a Conv3D."""

    rank: ClassVar[int] = 3

    kernel_size: Annotated[tuple[int, ...], Spread(3)]
    strides: Annotated[tuple[int, ...], Spread(3)] = (1, 1, 1)
    output_padding: Annotated[tuple[int, ...], Spread(3, Margin)] | None = None
    dilation_rate: Annotated[tuple[int, ...], Spread(3)] = (1, 1, 1)


MEMBERS: tuple[type[Layer], ...] = (
    Conv1DTranspose,
    Conv2DTranspose,
    Conv3DTranspose,
)
