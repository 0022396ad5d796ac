"""A Hypothesis strategy for every kind of layer; the modules are named as those of the table."""

from tests.core.specs.stacks import Layers, plain_kinds


def every_kind(shape: tuple[int, ...]) -> dict[str, Layers]:
    """A strategy for every kind of layer, with arguments that may fit a row of this shape."""
    return plain_kinds(shape)
