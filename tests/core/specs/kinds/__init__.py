"""A Hypothesis strategy for every kind of layer; the modules are named as those of the table."""

from functools import cache

from tests.core.specs.kinds import (
    activations,
    convolutional,
    normalization,
    pooling,
    regularization,
    reshaping,
)
from tests.core.specs.stacks import Layers, plain_kinds

MODULES = (activations, convolutional, normalization, pooling, regularization, reshaping)


@cache
def every_kind(shape: tuple[int, ...]) -> dict[str, Layers]:
    """A strategy for every kind of layer, with arguments that may fit a row of this shape."""
    found = plain_kinds(shape)
    for module in MODULES:
        found |= module.kinds(shape)
    return found
