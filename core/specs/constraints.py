"""Keras's constraints: what weights are held to after each step."""

from typing import Annotated, ClassVar

from typing_extensions import override

from core.specs import wording
from core.specs.base import Family, Named
from core.specs.scalars import Axes, Fraction, NonNegative


class Constraint(Named):
    """What weights are held to."""

    family: ClassVar[str] = "constraint"

    def check(self, shape: tuple[int, ...]) -> None:
        """Raises a Misfit if weights of `shape` cannot be held to it."""


class NonNeg(Constraint):
    """No weight below 0."""


class _Norm(Constraint):
    axis: Axes = 0

    @override
    def check(self, shape: tuple[int, ...]) -> None:
        wording.check_axes(type(self).__name__, self.axis, shape)


class MaxNorm(_Norm):
    """Norms of at most `max_value`."""

    max_value: NonNegative = 2


class UnitNorm(_Norm):
    """Norms of 1."""


class MinMaxNorm(_Norm):
    """Norms between two values."""

    min_value: NonNegative = 0.0
    max_value: NonNegative = 1.0
    rate: Fraction = 1.0


_MEMBERS: tuple[type[Constraint], ...] = (MaxNorm, MinMaxNorm, NonNeg, UnitNorm)

FAMILY: Family[Constraint] = Family(
    "constraint",
    _MEMBERS,
    aliases={wording.snake_case(member.__name__): member.__name__ for member in _MEMBERS},
    refused={"Constraint": "it is what the others are made from"},
)

AnyConstraint = Annotated[Constraint, FAMILY]
"""A field's type."""
