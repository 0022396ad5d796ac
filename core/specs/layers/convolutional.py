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
from core.specs.layers.windows import AXES, slide
from core.specs.regularizers import AnyRegularizer
from core.specs.scalars import Flag, Size, Spread

_REFUSED = {
    "lora_rank": "LoRA adapts a kernel that was trained before",
    "lora_alpha": "LoRA adapts a kernel that was trained before",
}


class _Convolution(Layer):
    refused: ClassVar[Mapping[str, str]] = _REFUSED
    integers: ClassVar[Literal["floats", "keeps", "refuses"]] = "refuses"
    rank: ClassVar[int]

    filters: Size
    kernel_size: tuple[int, ...]
    strides: tuple[int, ...]
    padding: str = "valid"
    data_format: ChannelsLast = "channels_last"
    dilation_rate: tuple[int, ...]
    groups: Size = 1
    activation: Activation = "linear"
    use_bias: Flag = True
    kernel_initializer: AnyInitializer = GlorotUniform()
    bias_initializer: AnyInitializer = Zeros()
    kernel_regularizer: AnyRegularizer | None = None
    bias_regularizer: AnyRegularizer | None = None
    kernel_constraint: AnyConstraint | None = None
    bias_constraint: AnyConstraint | None = None

    @model_validator(mode="after")
    def _arguments_agree(self) -> Self:
        if self.filters % self.groups:
            raise wording.misfit(
                f"{self.filters} filters cannot be shared out to {self.groups} groups", "groups"
            )
        if max(self.strides) > 1 and max(self.dilation_rate) > 1:
            raise wording.misfit("strides and dilation_rate cannot both be more than 1", "dilation_rate")
        return self

    @override
    def output_shape(self, shape: Shape) -> Shape:
        self.dimensions(shape, self.rank + 1, AXES[self.rank])
        if shape[-1] % self.groups:
            raise wording.Misfit(
                f"{self.called()} cannot share out {shape[-1]} channels to {self.groups} groups", "groups"
            )
        reach = tuple(
            (size - 1) * rate + 1 for size, rate in zip(self.kernel_size, self.dilation_rate, strict=True)
        )
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
        return (*spatial, self.filters)

    @override
    def weights(self, shape: Shape) -> list[Weight]:
        bias = [Weight("bias", (self.filters,))] if self.use_bias else []
        return [Weight("kernel", (*self.kernel_size, shape[-1] // self.groups, self.filters)), *bias]

    @override
    def multiply_adds(self, shape: Shape) -> int:
        return math.prod(self.output_shape(shape)) * math.prod(self.kernel_size) * (shape[-1] // self.groups)

    @override
    def ending(self) -> str | None:
        return self.activation


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


MEMBERS: tuple[type[Layer], ...] = (
    Conv1D,
    Conv2D,
)
