"""From layer to layer: shapes, weights, and the first thing that does not fit."""

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from core.specs import wording
from core.specs.facts import InputFacts
from core.specs.graph import Graph, Node
from core.specs.layers import Applied, Layer, Shape, Weight
from core.specs.layers.activations import Softmax

LARGEST = 2**200
"""Numbers that a layer may put out for one row, whatever the limits: these can still be written down."""


class Step(NamedTuple):
    """A layer in its place."""

    node: Node
    input_shapes: tuple[Shape, ...]
    applied: Applied

    @property
    def layer(self) -> Layer:
        """The layer."""
        return self.node.layer

    @property
    def output_shape(self) -> Shape:
        """What comes out for one row."""
        return self.applied.output_shape

    @property
    def weights(self) -> list[Weight]:
        """The variables that are made here: none, if the layer is shared and was made before."""
        return self.applied.weights if self.node.first else []


class _Values(NamedTuple):
    """What flows from layer to layer."""

    shape: Shape
    integers: bool
    masked: bool = False
    bounds: tuple[int, int] | None = None


def walk_graph(graph: Graph, inputs: Sequence[InputFacts]) -> list[Step]:
    """Every layer with what goes in and comes out, in the graph's order.

    Raises:
        Misfit: at the first layer that does not fit; its path begins with the place of that layer, or of the
            entry that has its arguments, where one of those is to blame.
    """
    values = {
        one.name: _Values(one.shape, integers=one.dtype == "int32", bounds=one.integers) for one in inputs
    }
    made: dict[int, Applied] = {}
    steps = []
    for node in graph.nodes:
        taken = [values[name] for name in node.inputs]
        with _blamed(node):
            _check_adapts(node, inputs)
            applied = _apply(node, taken)
            if node.first:
                made[id(node.layer)] = applied
            _check_shared(node, applied, made[id(node.layer)])
        steps.append(Step(node, tuple(one.shape for one in taken), applied))
        values[node.name] = _after(node.layer, taken, applied)
    return steps


@contextmanager
def _blamed(node: Node) -> Iterator[None]:
    """Misfits inside get a path that begins where a shared layer is applied, or where its arguments are."""
    try:
        yield
    except wording.Misfit as misfit:
        of_application = not misfit.path or misfit.path[0] == "inputs"
        raise misfit.moved(node.place if of_application else node.made) from None


def _apply(node: Node, taken: Sequence[_Values]) -> Applied:
    layer = node.layer
    _check_count(layer, len(taken))
    for values in taken:
        _check_kind(layer, values)
    shapes = [values.shape for values in taken]
    if any(values.masked for values in taken):
        layer.check_mask(shapes)
    applied = layer.applied(shapes)
    layer.check_parts(applied)
    # Here already: from layer to layer these numbers could grow beyond what can be written down.
    if math.prod(applied.output_shape) > LARGEST:
        raise wording.Misfit(
            f"{layer.called()} makes {wording.by(applied.output_shape)} of each row: too much for any machine"
        )
    return applied


def _after(layer: Layer, taken: Sequence[_Values], applied: Applied) -> _Values:
    integers = layer.puts_out_integers(all(values.integers for values in taken))
    bounds = layer.integer_bounds(taken[0].bounds) if integers and len(taken) == 1 else None
    return _Values(applied.output_shape, integers, layer.mask(any(values.masked for values in taken)), bounds)


def _check_adapts(node: Node, inputs: Sequence[InputFacts]) -> None:
    """What learns from the training rows beforehand sees them as they are."""
    if node.layer.adapts() and any(name not in {one.name for one in inputs} for name in node.inputs):
        raise wording.Misfit(
            f"{node.layer.called()} learns from the training rows as they are, and layers come before it: "
            "put it first, or give its mean and variance"
        )


def check_learning(graph: Graph, steps: Sequence[Step]) -> None:
    """Whether there is something to train, and a way back to all of it from the outputs.

    Raises:
        Misfit: there is none. Its path begins at the layers.
    """
    reached = set(graph.outputs)
    learning = False
    for step in reversed(steps):
        learns = step.layer.trainable and any(weight.trainable for weight in step.weights)
        if learns and step.node.name not in reached:
            raise wording.Misfit(
                f"{step.node.name!r} cannot learn: no gradient goes back through what comes after it",
                step.node.place,
            )
        learning = learning or learns
        if step.node.name in reached and step.layer.passes_gradient():
            reached.update(step.node.inputs)
    if not learning:
        raise wording.Misfit("The network has nothing to train: add a layer with weights, such as Dense")


def _check_count(layer: Layer, count: int) -> None:
    least, most = layer.least_inputs, layer.most_inputs
    if least <= count <= most:
        return
    wanted = (
        wording.counted(least, "input")
        if least == most
        else f"{wording.counted(least, 'input')} or more"
        if count < least
        else f"at most {wording.counted(most, 'input')}"
    )
    hint = ": say with 'inputs' which layers it joins" if count < least else ""
    raise wording.Misfit(f"{layer.called()} takes {wanted}, and gets {count}{hint}")


def _check_shared(node: Node, applied: Applied, made: Applied) -> None:
    """A shared layer has the weights that it was made with."""
    if applied.weights != made.weights:
        raise wording.Misfit(
            f"{node.layer.name!r} was made for other inputs: its weights do not fit these", "inputs"
        )


def _check_kind(layer: Layer, values: _Values) -> None:
    """What the values are: integers or floats, masked or not."""
    layer.check_values(values.shape, values.bounds, integers=values.integers)
    if values.masked and isinstance(layer, Softmax):
        raise wording.Misfit(
            "Softmax cannot take the mask that Embedding makes with mask_zero: "
            'use {"type": "Activation", "activation": "softmax"}'
        )
