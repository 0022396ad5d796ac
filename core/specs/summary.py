"""A network in numbers, with no TensorFlow near."""

from collections.abc import Sequence

from core.specs.base import Data
from core.specs.facts import InputFacts
from core.specs.graph import wire
from core.specs.resolved import Resolved
from core.specs.walking import Step, walk_graph


class LayerSummary(Data):
    """One layer: shapes are without the batch, arithmetic is for one row, forward."""

    name: str
    type: str
    output_shape: tuple[int, ...]
    parameters: int
    multiply_adds: int


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
    layers = tuple(_layer(step) for step in steps)
    trainable = sum(
        weight.size for step in steps for weight in step.weights if weight.trainable and step.layer.trainable
    )
    parameters = sum(layer.parameters for layer in layers)
    return Summary(
        layers=layers,
        parameters=parameters,
        trainable_parameters=trainable,
        multiply_adds=sum(layer.multiply_adds for layer in layers),
        memory_bytes=_memory(resolved, steps, parameters, trainable),
    )


def _layer(step: Step) -> LayerSummary:
    return LayerSummary(
        name=step.node.name,
        type=type(step.layer).__name__,
        output_shape=step.output_shape,
        parameters=sum(weight.size for weight in step.weights),
        multiply_adds=step.applied.multiply_adds,
    )


def _memory(resolved: Resolved, steps: Sequence[Step], parameters: int, trainable: int) -> int:
    """Weights, their gradients and what the optimizer remembers, and for each row of a batch every layer's
    output.

    Variables stay in float32 under mixed precision; activations are half as wide there.
    """
    training = resolved.training
    kept = sum(step.applied.working_size for step in steps)
    width = 4 if training.precision == "float32" else 2
    # Going back, one gradient of the widest output lives beside all that was kept.
    widest = max(step.applied.working_size for step in steps)
    variables = parameters + trainable * (1 + training.optimizer.slots())
    return 4 * variables + width * training.batch_size * (kept + widest)
