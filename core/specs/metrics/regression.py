"""Keras's metrics of numbers: errors and correlations."""

from typing import ClassVar, Literal

from core.specs.losses import LastAxis
from core.specs.metrics.base import Metric, Rising
from core.specs.scalars import Natural


class MeanSquaredError(Metric):
    """The mean of squared errors."""


class RootMeanSquaredError(Metric):
    """The root of the mean of squared errors."""


class MeanAbsoluteError(Metric):
    """The mean of absolute errors."""


class MeanAbsolutePercentageError(Metric):
    """The mean error in percent of the target."""


class MeanSquaredLogarithmicError(Metric):
    """The mean of squared errors of logarithms."""


class LogCoshError(Metric):
    """The mean of log(cosh(error))."""

    default_name: ClassVar[str | None] = "logcosh"


class CosineSimilarity(Rising):
    """The cosine of the angle between target and output."""

    axis: LastAxis = -1


class R2Score(Rising):
    """The share of variance that is explained."""

    class_aggregation: Literal["uniform_average", "variance_weighted_average"] = "uniform_average"
    num_regressors: Natural = 0


class ConcordanceCorrelation(Rising):
    """Lin's concordance."""

    axis: Literal[-2, -1, 0, 1] = -1


class PearsonCorrelation(Rising):
    """Pearson's correlation."""

    axis: Literal[-2, -1, 0, 1] = -1
