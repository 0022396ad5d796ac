"""From layer to layer: shapes, weights, and the first thing that does not fit."""

from collections.abc import Sequence
from typing import NamedTuple

from core.specs import wording
from core.specs.layers import Layer, Shape, Weight
from core.specs.layers.activations import Softmax
from core.specs.layers.core import Embedding

_PARTS = {"recurrent_kernel": "recurrent"}
"""What an argument about a weight begins with, where that is not the weight's own name."""


class Step(NamedTuple):
    """A layer in its place."""

    layer: Layer
    input_shape: Shape
    output_shape: Shape
    weights: list[Weight]


def walk(
    layers: Sequence[Layer],
    input_shape: Shape,
    input_dtype: str,
    bounds: tuple[int, int] | None = None,
) -> list[Step]:
    """Every layer with what goes in and comes out. `bounds` are the least and the most of integer rows.

    Raises:
        Misfit: at the first layer that does not fit; its path begins with that layer's place.
    """
    steps = []
    shape, integers, masked = input_shape, input_dtype == "int32", False
    for place, layer in enumerate(layers):
        try:
            _check_kind(layer, shape, integers=integers, masked=masked, bounds=bounds)
            output = layer.output_shape(shape)
            weights = layer.weights(shape)
            _check_parts(layer, weights, output)
        except wording.Misfit as error:
            raise wording.Misfit(error.detail, place, *error.path) from None
        steps.append(Step(layer, shape, output, weights))
        integers = integers and layer.integers == "keeps"
        masked = layer.mask(masked)
        shape = output
    return steps


def _check_kind(
    layer: Layer, shape: Shape, *, integers: bool, masked: bool, bounds: tuple[int, int] | None
) -> None:
    """What the values are: integers or floats, masked or not."""
    if isinstance(layer, Embedding):
        if not integers:
            raise wording.Misfit(
                "Embedding looks up integers, such as the words of a text by number, and comes before any "
                "layer that computes; its input here is numbers with fractions"
            )
        _check_bounds(layer, bounds)
    if integers and layer.integers == "refuses":
        raise wording.Misfit(
            f"{layer.called()} takes numbers with fractions, and this data set's rows are integers "
            f"({wording.by(shape)}): put an Embedding first"
        )
    if masked and isinstance(layer, Softmax):
        raise wording.Misfit(
            "Softmax cannot take the mask that Embedding makes with mask_zero: "
            'use {"type": "Activation", "activation": "softmax"}'
        )


def _check_bounds(layer: Embedding, bounds: tuple[int, int] | None) -> None:
    """Whether every integer of the data set has its place in the table."""
    if bounds is None:
        return
    least, most = bounds
    if least < 0:
        raise wording.Misfit(f"Embedding looks up integers from 0 on, and this data set has {least}")
    if layer.input_dim <= most:
        raise wording.Misfit(
            f"input_dim must be at least {most + 1}, as the data set has integers up to {most}, "
            f"not {layer.input_dim}",
            "input_dim",
        )


def _check_parts(layer: Layer, weights: Sequence[Weight], output: Shape) -> None:
    """Whether every weight can begin, be charged for and be held as it is asked to."""
    for weight in weights:
        for kind in ("initializer", "regularizer", "constraint"):
            field = f"{_PARTS.get(weight.name, weight.name)}_{kind}"
            _check_part(layer, field, weight.shape)
    # What comes out of a layer has the batch as its first axis.
    _check_part(layer, "activity_regularizer", (1, *output))


def _check_part(layer: Layer, field: str, shape: Shape) -> None:
    part = getattr(layer, field, None)
    if part is None:
        return
    try:
        part.check(shape)
    except wording.Misfit as error:
        raise wording.Misfit(error.detail, field, *error.path) from None
