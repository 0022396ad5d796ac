"""Keras's metrics of probabilities and scores."""

from typing import ClassVar

from core.specs.losses import LastAxis
from core.specs.metrics.base import INDEX, Metric
from core.specs.scalars import Flag, Fraction, Whole


class Hinge(Metric):
    """Of support vector machines."""


class SquaredHinge(Metric):
    """The square of hinge."""


class CategoricalHinge(Metric):
    """Hinge between one-hot classes and scores."""

    one_score_each: ClassVar[bool] = True


class KLDivergence(Metric):
    """How far two distributions are apart."""


class Poisson(Metric):
    """For counts."""


class BinaryCrossentropy(Metric):
    """Cross-entropy of yes and no, for each output."""

    from_logits: Flag = False
    label_smoothing: Fraction = 0


class CategoricalCrossentropy(Metric):
    """Cross-entropy between one-hot classes and probabilities."""

    one_score_each: ClassVar[bool] = True

    from_logits: Flag = False
    label_smoothing: Fraction = 0
    axis: LastAxis = -1


class SparseCategoricalCrossentropy(Metric):
    """Cross-entropy between classes by number and probabilities."""

    encodings: ClassVar[frozenset[str]] = INDEX

    from_logits: Flag = False
    ignore_class: Whole | None = None
    axis: LastAxis = -1
