"""Keras's regularizers: what weights cost beside the loss."""

from typing import Annotated, ClassVar, Literal

from typing_extensions import override

from core.specs import wording
from core.specs.base import Family, Named
from core.specs.scalars import NonNegative


class Regularizer(Named):
    """What weights or outputs cost."""

    family: ClassVar[str] = "regularizer"

    def check(self, shape: tuple[int, ...]) -> None:
        """Raises a Misfit if a tensor of `shape` cannot be charged for in this way."""


class L1(Regularizer):
    """The sum of absolute values."""

    l1: NonNegative = 0.01


class L2(Regularizer):
    """The sum of squares."""

    l2: NonNegative = 0.01


class L1L2(Regularizer):
    """Both sums."""

    l1: NonNegative = 0.0
    l2: NonNegative = 0.0


class OrthogonalRegularizer(Regularizer):
    """Rows (or columns) that are not at right angles."""

    factor: NonNegative = 0.01
    mode: Literal["rows", "columns"] = "rows"

    @override
    def check(self, shape: tuple[int, ...]) -> None:
        if len(shape) != 2:
            raise wording.Misfit(f"OrthogonalRegularizer is for matrices, and this is {wording.by(shape)}")


_MEMBERS: tuple[type[Regularizer], ...] = (L1, L2, L1L2, OrthogonalRegularizer)

FAMILY: Family[Regularizer] = Family(
    "regularizer",
    _MEMBERS,
    aliases={
        **{wording.snake_case(member.__name__): member.__name__ for member in _MEMBERS},
        "l1_l2": "L1L2",
    },
    refused={"Regularizer": "it is what the others are made from"},
)

AnyRegularizer = Annotated[Regularizer, FAMILY]
"""A field's type."""
