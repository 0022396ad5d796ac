"""Keras's recurrent layers whose steps are pictures."""

import math
from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal, Self

from pydantic import model_validator
from typing_extensions import override

from core.specs import wording
from core.specs.activations import Activation
from core.specs.layers.base import Layer, Shape, Weight
from core.specs.layers.data_format import ChannelsLast
from core.specs.layers.recurrent import SEVERAL, STATEFUL, FedBack
from core.specs.layers.windows import AXES, check_strides, reach_of, slide
from core.specs.scalars import Flag, Size, Spread

_GATES = 4


class ConvLSTM(FedBack):
    """An LSTM whose products are convolutions."""

    refused: ClassVar[Mapping[str, str]] = {"return_state": SEVERAL, "stateful": STATEFUL}
    rank: ClassVar[int]

    filters: Size
    kernel_size: tuple[int, ...]
    strides: tuple[int, ...]
    padding: Literal["valid", "same"] = "valid"
    data_format: ChannelsLast = "channels_last"
    dilation_rate: tuple[int, ...]
    recurrent_activation: Activation = "sigmoid"
    unit_forget_bias: Flag = True
    return_sequences: Flag = False
    go_backwards: Flag = False

    @model_validator(mode="after")
    def _arguments_agree(self) -> Self:
        check_strides(self.strides, self.dilation_rate)
        return self

    @override
    def output_shape(self, shape: Shape) -> Shape:
        self.dimensions(shape, self.rank + 2, f"steps, {AXES[self.rank]}")
        step = self._step(shape)
        return (shape[0], *step) if self.return_sequences else step

    @override
    def weights(self, shape: Shape) -> list[Weight]:
        width = _GATES * self.filters
        bias = [Weight("bias", (width,))] if self.use_bias else []
        return [
            Weight("kernel", (*self.kernel_size, shape[-1], width)),
            Weight("recurrent_kernel", (*self.kernel_size, self.filters, width)),
            *bias,
        ]

    @override
    def multiply_adds(self, shape: Shape) -> int:
        kernel = math.prod(self.kernel_size) * (shape[-1] + self.filters)
        return shape[0] * math.prod(self._step(shape)) * _GATES * kernel

    @override
    def working_size(self, shape: Shape) -> int:
        return shape[0] * math.prod(self._step(shape)) * (_GATES + 1)

    @override
    def mask(self, masked: bool) -> bool:
        return masked and self.return_sequences

    def _step(self, shape: Shape) -> Shape:
        """What comes out of one step."""
        reach = reach_of(self.kernel_size, self.dilation_rate)
        spatial = slide(shape[1:-1], reach, self.strides, self.padding)
        if spatial is None:
            raise wording.Misfit(
                f"{self.called()} with kernel {wording.by(reach)} does not fit steps of "
                f"{wording.by(shape[1:-1])}",
                "kernel_size",
            )
        return (*spatial, self.filters)


class ConvLSTM1D(ConvLSTM):
    """Goes along a sequence of sequences."""

    rank: ClassVar[int] = 1

    kernel_size: Annotated[tuple[int, ...], Spread(1)]
    strides: Annotated[tuple[int, ...], Spread(1)] = (1,)
    dilation_rate: Annotated[tuple[int, ...], Spread(1)] = (1,)


class ConvLSTM2D(ConvLSTM):
    """Goes along a sequence of pictures, such as a film."""

    rank: ClassVar[int] = 2

    kernel_size: Annotated[tuple[int, ...], Spread(2)]
    strides: Annotated[tuple[int, ...], Spread(2)] = (1, 1)
    dilation_rate: Annotated[tuple[int, ...], Spread(2)] = (1, 1)


class ConvLSTM3D(ConvLSTM):
    """Goes along a sequence of volumes."""

    rank: ClassVar[int] = 3

    kernel_size: Annotated[tuple[int, ...], Spread(3)]
    strides: Annotated[tuple[int, ...], Spread(3)] = (1, 1, 1)
    dilation_rate: Annotated[tuple[int, ...], Spread(3)] = (1, 1, 1)


MEMBERS: tuple[type[Layer], ...] = (ConvLSTM1D, ConvLSTM2D, ConvLSTM3D)
