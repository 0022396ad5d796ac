"""Keras's learning rate schedules. Steps are optimizer steps: batches, counted through all epochs."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from core.specs import wording
from core.specs.base import Family, Named
from core.specs.scalars import Flag, Natural, NonNegative, Positive, Real

_REFUSED = {"name": "it has no effect on training"}


class Schedule(Named):
    """A learning rate that changes with the steps."""

    family: ClassVar[str] = "schedule"
    refused: ClassVar[Mapping[str, str]] = _REFUSED


class ExponentialDecay(Schedule):
    """Falls by a factor every so many steps."""

    initial_learning_rate: NonNegative
    decay_steps: Positive
    decay_rate: NonNegative
    staircase: Flag = False


class InverseTimeDecay(Schedule):
    """Falls like 1 / steps."""

    initial_learning_rate: NonNegative
    decay_steps: Positive
    decay_rate: NonNegative
    staircase: Flag = False


class PolynomialDecay(Schedule):
    """Falls to an end value along a power."""

    initial_learning_rate: NonNegative
    decay_steps: Positive
    end_learning_rate: NonNegative = 0.0001
    power: NonNegative = 1.0
    cycle: Flag = False


class CosineDecay(Schedule):
    """Falls along half a cosine, after a warm-up if asked."""

    initial_learning_rate: NonNegative
    decay_steps: Positive
    alpha: Real = 0.0
    warmup_target: NonNegative | None = None
    warmup_steps: Natural = 0


class CosineDecayRestarts(Schedule):
    """Falls along half a cosine, again and again."""

    initial_learning_rate: NonNegative
    first_decay_steps: Positive
    t_mul: NonNegative = 2.0
    m_mul: NonNegative = 1.0
    alpha: Real = 0.0


class PiecewiseConstantDecay(Schedule):
    """One value up to each boundary."""

    boundaries: Annotated[tuple[Natural, ...], Field(min_length=1, max_length=1000)]
    values: Annotated[tuple[NonNegative, ...], Field(min_length=2, max_length=1001)]

    @model_validator(mode="after")
    def _one_value_more(self) -> Self:
        if len(self.values) != len(self.boundaries) + 1:
            raise wording.misfit(
                f"{len(self.boundaries)} boundaries part {len(self.boundaries) + 1} values, "
                f"and there are {len(self.values)}",
                "values",
            )
        if list(self.boundaries) != sorted(set(self.boundaries)):
            raise wording.misfit("boundaries must rise", "boundaries")
        return self


FAMILY: Family[Schedule] = Family(
    "learning rate schedule",
    (
        CosineDecay,
        CosineDecayRestarts,
        ExponentialDecay,
        InverseTimeDecay,
        PiecewiseConstantDecay,
        PolynomialDecay,
    ),
    refused={"LearningRateSchedule": "it is what the others are made from"},
    bare_names=False,
)

AnySchedule = Annotated[Schedule, FAMILY]
"""A field's type."""
