"""Keras's convolutions."""

import math
from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal, Self

from pydantic import model_validator
from typing_extensions import override

from core.specs import wording
from core.specs.activations import Activation
from core.specs.constraints import AnyConstraint
from core.specs.initializers import AnyInitializer, GlorotUniform, Zeros
from core.specs.layers.base import Layer, Shape, Weight
from core.specs.layers.data_format import ChannelsLast
from core.specs.layers.windows import AXES, check_strides, reach_of, slide
from core.specs.regularizers import AnyRegularizer
from core.specs.scalars import Flag, Size, Spread


class Sliding(Layer):
    """What all of Keras's convolutions have: a kernel that slides over `rank` axes, and a bias."""

    integers: ClassVar[Literal["floats", "keeps", "refuses"]] = "refuses"
    rank: ClassVar[int]

    kernel_size: tuple[int, ...]
    strides: tuple[int, ...]
    padding: str = "valid"
    data_format: ChannelsLast = "channels_last"
    dilation_rate: tuple[int, ...]
    activation: Activation = "linear"
    use_bias: Flag = True
    bias_initializer: AnyInitializer = Zeros()
    bias_regularizer: AnyRegularizer | None = None
    bias_constraint: AnyConstraint | None = None

    def slid(self, shape: Shape) -> Shape:
        """Where the kernel comes to lie: the axes that come out, but for the channels."""
        self.dimensions(shape, self.rank + 1, AXES[self.rank])
        reach = reach_of(self.kernel_size, self.dilation_rate)
        spatial = slide(shape[:-1], reach, self.strides, self.padding)
        if spatial is None:
            widened = (
                ""
                if reach == self.kernel_size
                else f" (spread over {wording.by(reach)} by its dilation_rate)"
            )
            raise wording.Misfit(
                f"{self.called()} with kernel {wording.by(self.kernel_size)}{widened} does not fit its "
                f"{wording.by(shape[:-1])} input",
                "kernel_size",
            )
        return spatial

    def biases(self, channels: int) -> list[Weight]:
        """The bias of so many channels, if there is one."""
        return [Weight("bias", (channels,))] if self.use_bias else []

    @override
    def ending(self) -> str | None:
        return self.activation


class Filtering(Sliding):
    """A convolution whose kernel makes every filter from all channels at once."""

    filters: Size
    kernel_initializer: AnyInitializer = GlorotUniform()
    kernel_regularizer: AnyRegularizer | None = None
    kernel_constraint: AnyConstraint | None = None

    @model_validator(mode="after")
    def _strides_or_dilation(self) -> Self:
        check_strides(self.strides, self.dilation_rate)
        return self


class _Convolution(Filtering):
    refused: ClassVar[Mapping[str, str]] = {
        "lora_rank": "LoRA adapts a kernel that was trained before",
        "lora_alpha": "LoRA adapts a kernel that was trained before",
    }

    groups: Size = 1

    @model_validator(mode="after")
    def _groups_share(self) -> Self:
        if self.filters % self.groups:
            raise wording.misfit(
                f"{self.filters} filters cannot be shared out to {self.groups} groups", "groups"
            )
        return self

    @override
    def output_shape(self, shape: Shape) -> Shape:
        self.dimensions(shape, self.rank + 1, AXES[self.rank])
        if shape[-1] % self.groups:
            raise wording.Misfit(
                f"{self.called()} cannot share out {shape[-1]} channels to {self.groups} groups", "groups"
            )
        return (*self.slid(shape), self.filters)

    @override
    def weights(self, shape: Shape) -> list[Weight]:
        kernel = Weight("kernel", (*self.kernel_size, shape[-1] // self.groups, self.filters))
        return [kernel, *self.biases(self.filters)]

    @override
    def multiply_adds(self, shape: Shape) -> int:
        return math.prod(self.output_shape(shape)) * math.prod(self.kernel_size) * (shape[-1] // self.groups)


class Conv1D(_Convolution):
    """Slides a kernel along sequences."""

    rank: ClassVar[int] = 1

    kernel_size: Annotated[tuple[int, ...], Spread(1)]
    strides: Annotated[tuple[int, ...], Spread(1)] = (1,)
    padding: Literal["valid", "same", "causal"] = "valid"
    dilation_rate: Annotated[tuple[int, ...], Spread(1)] = (1,)


class Conv2D(_Convolution):
    """Slides a kernel over pictures."""

    rank: ClassVar[int] = 2

    kernel_size: Annotated[tuple[int, ...], Spread(2)]
    strides: Annotated[tuple[int, ...], Spread(2)] = (1, 1)
    padding: Literal["valid", "same"] = "valid"
    dilation_rate: Annotated[tuple[int, ...], Spread(2)] = (1, 1)


class Conv3D(_Convolution):
    """Slides a kernel through volumes, such as scans or the pictures of a film."""

    rank: ClassVar[int] = 3

    kernel_size: Annotated[tuple[int, ...], Spread(3)]
    strides: Annotated[tuple[int, ...], Spread(3)] = (1, 1, 1)
    padding: Literal["valid", "same"] = "valid"
    dilation_rate: Annotated[tuple[int, ...], Spread(3)] = (1, 1, 1)


MEMBERS: tuple[type[Layer], ...] = (
    Conv1D,
    Conv2D,
    Conv3D,
)
