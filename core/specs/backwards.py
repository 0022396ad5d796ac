"""From an output back through the network: what comes before a layer, and which layer shapes the output."""

from collections.abc import Mapping

from core.specs.layers import Layer
from core.specs.walking import Step

Steps = Mapping[str, Step]
"""The layers of a network by the names of their applications."""


def before(steps: Steps, step: Step) -> Step | None:
    """The only layer that this one takes; None if there are several, or it takes an input."""
    return steps.get(step.node.inputs[0]) if len(step.node.inputs) == 1 else None


def ender(steps: Steps, last: Step) -> Step:
    """The layer that shapes by its activation what `last` puts out; if none does, the first of the branch."""
    step = last
    while step.layer.ending() is None and (earlier := before(steps, step)):
        step = earlier
    return step


def width_of(layer: Layer) -> str | None:
    """The argument that sets how many numbers a layer makes, if it has one."""
    fields = type(layer).model_fields
    return next((name for name in ("units", "filters") if name in fields), None)
