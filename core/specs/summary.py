"""A network in numbers, with no TensorFlow near."""

from collections.abc import Sequence

from core.specs.base import Data
from core.specs.facts import InputFacts
from core.specs.graph import wire
from core.specs.resolved import Resolved
from core.specs.walking import Step, walk_graph


class LayerSummary(Data):
    """One layer: shapes are without the batch, arithmetic is for one row, forward.

    `memory_bytes` is its share of a training step's: of variables that are used elsewhere too, nothing there.
    """

    name: str
    type: str
    output_shape: tuple[int, ...]
    parameters: int
    multiply_adds: int
    memory_bytes: int
    inputs: tuple[str, ...]


class Summary(Data):
    """All layers, and totals. `memory_bytes` estimates a training step, without TensorFlow itself."""

    layers: tuple[LayerSummary, ...]
    parameters: int
    trainable_parameters: int
    multiply_adds: int
    memory_bytes: int


def summarize(resolved: Resolved) -> Summary:
    """What the network is and costs."""
    return summarize_steps(resolved, steps_of(resolved))


def steps_of(resolved: Resolved) -> list[Step]:
    """The network's layers in their places."""
    inputs = [InputFacts(one.name, one.shape, one.dtype) for one in resolved.inputs]
    names = [one.name for one in inputs]
    return walk_graph(wire(resolved.layers, [one.name for one in resolved.outputs], names), inputs)


def summarize_steps(resolved: Resolved, steps: Sequence[Step]) -> Summary:
    """`summarize`, from steps that were walked already."""
    layers = tuple(_layer(resolved, step) for step in steps)
    parameters = sum(layer.parameters for layer in layers)
    return Summary(
        layers=layers,
        parameters=parameters,
        trainable_parameters=sum(_trainable(step) for step in steps),
        multiply_adds=sum(layer.multiply_adds for layer in layers),
        memory_bytes=sum(layer.memory_bytes for layer in layers) + _widest(resolved, steps),
    )


def _layer(resolved: Resolved, step: Step) -> LayerSummary:
    return LayerSummary(
        name=step.node.name,
        type=type(step.layer).__name__,
        output_shape=step.output_shape,
        parameters=sum(weight.size for weight in step.weights),
        multiply_adds=step.applied.multiply_adds,
        memory_bytes=_memory(resolved, step),
        inputs=step.node.inputs,
    )


def _trainable(step: Step) -> int:
    return sum(weight.size for weight in step.weights if weight.trainable) if step.layer.trainable else 0


def _memory(resolved: Resolved, step: Step) -> int:
    """Weights, their gradients and what the optimizer remembers, and what is kept of each row of a batch.

    Variables stay in float32 under mixed precision; activations are half as wide there.
    """
    gradients = _trainable(step) * (1 + resolved.training.optimizer.slots())
    variables = sum(weight.size for weight in step.weights) + gradients
    return 4 * variables + _of_batch(resolved, step.applied.working_size)


def _widest(resolved: Resolved, steps: Sequence[Step]) -> int:
    """Going back, one gradient of the widest output lives beside all that was kept."""
    return _of_batch(resolved, max(step.applied.working_size for step in steps))


def _of_batch(resolved: Resolved, numbers: int) -> int:
    training = resolved.training
    return (4 if training.precision == "float32" else 2) * training.batch_size * numbers
