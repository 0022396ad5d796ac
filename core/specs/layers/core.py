"""Keras's core layers."""

import math
from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field
from typing_extensions import override

from core.specs import wording
from core.specs.activations import Activation as ActivationName
from core.specs.constraints import AnyConstraint
from core.specs.initializers import AnyInitializer, GlorotUniform, RandomUniform, Zeros
from core.specs.layers.base import LORA, Layer, Shape, Weight
from core.specs.regularizers import AnyRegularizer
from core.specs.scalars import Flag, Real, Size

_BACKWARDS = "it is about the way back from vectors to integers, which no layer of a network takes"


def _tied(value: object) -> object:
    if value is False:
        raise wording.misfit("tie_weights must be true: a second table would only be used backwards")
    return value


class Dense(Layer):
    """Every output is a weighted sum of all inputs along the last axis."""

    refused: ClassVar[Mapping[str, str]] = LORA
    passes_mask: ClassVar[bool] = True

    units: Size
    activation: ActivationName = "linear"
    use_bias: Flag = True
    kernel_initializer: AnyInitializer = GlorotUniform()
    bias_initializer: AnyInitializer = Zeros()
    kernel_regularizer: AnyRegularizer | None = None
    bias_regularizer: AnyRegularizer | None = None
    kernel_constraint: AnyConstraint | None = None
    bias_constraint: AnyConstraint | None = None

    @override
    def output_shape(self, shape: Shape) -> Shape:
        if not shape:
            raise wording.Misfit("Dense takes rows of one axis or more, and gets a single number")
        return (*shape[:-1], self.units)

    @override
    def weights(self, shape: Shape) -> list[Weight]:
        bias = [Weight("bias", (self.units,))] if self.use_bias else []
        return [Weight("kernel", (shape[-1], self.units)), *bias]

    @override
    def multiply_adds(self, shape: Shape) -> int:
        return math.prod(shape) * self.units

    @override
    def ending(self) -> str | None:
        return self.activation


class Activation(Layer):
    """An activation by name."""

    integers: ClassVar[Literal["floats", "keeps", "refuses"]] = "refuses"
    passes_mask: ClassVar[bool] = True

    activation: ActivationName

    @override
    def ending(self) -> str | None:
        return None if self.activation == "linear" else self.activation


def check_places(subject: str, field: str, places: int, bounds: tuple[int, int] | None) -> None:
    """Raises a Misfit unless every integer between the bounds has one of so many places."""
    if bounds is None:
        return
    least, most = bounds
    if least < 0:
        raise wording.Misfit(f"{subject} looks up integers from 0 on, and this data set has {least}")
    if places <= most:
        raise wording.Misfit(
            f"{field} must be at least {most + 1}, as the data set has integers up to {most}, not {places}",
            field,
        )


class Embedding(Layer):
    """A vector for every integer, such as a word's number: the first layer on a data set of text."""

    refused: ClassVar[Mapping[str, str]] = {**LORA, "weights": "weights are learned here"}

    input_dim: Size
    output_dim: Size
    embeddings_initializer: AnyInitializer = Field(default=RandomUniform())
    embeddings_regularizer: AnyRegularizer | None = None
    embeddings_constraint: AnyConstraint | None = None
    mask_zero: Flag = False

    @override
    def output_shape(self, shape: Shape) -> Shape:
        return (*shape, self.output_dim)

    @override
    def weights(self, shape: Shape) -> list[Weight]:
        return [Weight("embeddings", (self.input_dim, self.output_dim))]

    @override
    def mask(self, masked: bool) -> bool:
        return self.mask_zero

    @override
    def check_values(self, shape: Shape, bounds: tuple[int, int] | None, *, integers: bool) -> None:
        if not integers:
            raise wording.Misfit(
                "Embedding looks up integers, such as the words of a text by number, and comes before any "
                "layer that computes; its input here is numbers with fractions"
            )
        check_places(self.called(), "input_dim", self.input_dim, bounds)


class ReversibleEmbedding(Embedding):
    """An Embedding whose table can be used backwards too; here it is used forwards."""

    refused: ClassVar[Mapping[str, str]] = {
        "reverse_dtype": _BACKWARDS,
        "logit_soft_cap": _BACKWARDS,
    }

    tie_weights: Annotated[Literal[True], BeforeValidator(_tied)] = True


class Masking(Layer):
    """Passes over the steps that hold nothing but `mask_value`."""

    integers: ClassVar[Literal["floats", "keeps", "refuses"]] = "refuses"

    mask_value: Real = 0.0

    @override
    def output_shape(self, shape: Shape) -> Shape:
        if not shape:
            raise wording.Misfit("Masking takes rows of one axis or more, and gets a single number")
        return shape

    @override
    def mask(self, masked: bool) -> bool:
        return True

    @override
    def ending(self) -> str | None:
        return None


class Identity(Layer):
    """Puts out what comes in."""

    integers: ClassVar[Literal["floats", "keeps", "refuses"]] = "keeps"
    passes_mask: ClassVar[bool] = True

    @override
    def ending(self) -> str | None:
        return None


MEMBERS: tuple[type[Layer], ...] = (
    Dense,
    Activation,
    Embedding,
    ReversibleEmbedding,
    Masking,
    Identity,
)
