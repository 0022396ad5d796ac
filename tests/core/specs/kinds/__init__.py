"""A Hypothesis strategy for every kind of layer; the modules are named as those of the table."""

from functools import cache

from tests.core.specs.kinds import (
    activations,
    convolutional,
    core,
    normalization,
    pooling,
    preprocessing,
    recurrent,
    regularization,
    reshaping,
)
from tests.core.specs.stacks import Layers, plain_kinds

MODULES = (
    activations,
    convolutional,
    core,
    normalization,
    pooling,
    preprocessing,
    recurrent,
    regularization,
    reshaping,
)


@cache
def every_kind(shape: tuple[int, ...]) -> dict[str, Layers]:
    """A strategy for every kind of layer, with arguments that may fit a row of this shape."""
    found = plain_kinds(shape)
    for module in MODULES:
        found |= module.kinds(shape)
    return found
