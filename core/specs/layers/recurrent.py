"""Keras's recurrent layers."""

import math
from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator
from typing_extensions import override

from core.specs import wording
from core.specs.activations import Activation
from core.specs.constraints import AnyConstraint
from core.specs.initializers import AnyInitializer, GlorotUniform, Orthogonal, Zeros
from core.specs.layers.base import Layer, Shape, Weight
from core.specs.regularizers import AnyRegularizer
from core.specs.scalars import Flag, Fraction, Seed, Size

LONGEST_UNROLLED = 512
"""An unrolled layer is one piece of graph per step, so that a long one would take minutes to build."""


def _cudnn(value: object) -> object:
    if value is True:
        raise wording.misfit("use_cudnn must be 'auto' or false: a network must train on a CPU too")
    return value


UseCudnn = Annotated[Literal["auto", False], BeforeValidator(_cudnn)]


SEVERAL = "it makes several outputs, and a layer here passes on one"
STATEFUL = "it carries state from batch to batch, and batches here are shuffled rows of their own"


class FedBack(Layer):
    """What every layer whose output is fed back to it has in common, whatever its products are."""

    # Their dropout multiplies the input, which TensorFlow does not do to integers.
    integers: ClassVar[Literal["floats", "keeps", "refuses"]] = "refuses"

    activation: Activation = "tanh"
    use_bias: Flag = True
    kernel_initializer: AnyInitializer = GlorotUniform()
    recurrent_initializer: AnyInitializer = Orthogonal()
    bias_initializer: AnyInitializer = Zeros()
    kernel_regularizer: AnyRegularizer | None = None
    recurrent_regularizer: AnyRegularizer | None = None
    bias_regularizer: AnyRegularizer | None = None
    kernel_constraint: AnyConstraint | None = None
    recurrent_constraint: AnyConstraint | None = None
    bias_constraint: AnyConstraint | None = None
    dropout: Fraction = 0.0
    recurrent_dropout: Fraction = 0.0
    seed: Seed | None = None


class Gates(FedBack):
    """What a cell and the layer made of it have in common: one step."""

    gates: ClassVar[int]

    units: Size

    @override
    def weights(self, shape: Shape) -> list[Weight]:
        width = self.gates * self.units
        bias = [Weight("bias", self._bias(width))] if self.use_bias else []
        return [
            Weight("kernel", (shape[-1], width)),
            Weight("recurrent_kernel", (self.units, width)),
            *bias,
        ]

    @override
    def multiply_adds(self, shape: Shape) -> int:
        return math.prod(shape[:-1]) * (shape[-1] + self.units) * self.gates * self.units

    @override
    def working_size(self, shape: Shape) -> int:
        return math.prod(shape[:-1]) * (self.gates + 1) * self.units

    def _bias(self, width: int) -> Shape:
        return (width,)


def check_steps(layer: Layer, shape: Shape, *, unroll: bool) -> None:
    """Raises a Misfit unless rows of `shape` are sequences that `layer` can take."""
    layer.dimensions(shape, 2, "steps, features")
    if unroll and shape[0] > LONGEST_UNROLLED:
        raise wording.Misfit(
            f"unroll is for sequences of at most {LONGEST_UNROLLED} steps, and this has {shape[0]}", "unroll"
        )


class Recurrent(Gates):
    """Goes along a sequence."""

    refused: ClassVar[Mapping[str, str]] = {"return_state": SEVERAL, "stateful": STATEFUL}

    return_sequences: Flag = False
    go_backwards: Flag = False
    unroll: Flag = False

    @override
    def output_shape(self, shape: Shape) -> Shape:
        check_steps(self, shape, unroll=self.unroll)
        return (shape[0], self.units) if self.return_sequences else (self.units,)

    @override
    def mask(self, masked: bool) -> bool:
        return masked and self.return_sequences


class LSTM(Recurrent):
    """Long short-term memory."""

    gates: ClassVar[int] = 4

    recurrent_activation: Activation = "sigmoid"
    unit_forget_bias: Flag = True
    use_cudnn: UseCudnn = "auto"


class GRU(Recurrent):
    """Gated recurrent unit."""

    gates: ClassVar[int] = 3

    recurrent_activation: Activation = "sigmoid"
    reset_after: Flag = True
    use_cudnn: UseCudnn = "auto"

    @override
    def _bias(self, width: int) -> Shape:
        return (2, width) if self.reset_after else (width,)


class SimpleRNN(Recurrent):
    """A layer whose output is fed back to it."""

    gates: ClassVar[int] = 1

    @override
    def ending(self) -> str | None:
        return self.activation


MEMBERS: tuple[type[Layer], ...] = (
    LSTM,
    GRU,
    SimpleRNN,
)
