"""Every metric that is taken, and how a document names one."""

from typing import Annotated

from core.specs import wording
from core.specs.base import Family
from core.specs.metrics import accuracy, confusion, overlap, probabilistic, regression
from core.specs.metrics.base import Metric

__all__ = ["FAMILY", "WORDS", "AnyMetric", "Metric", "MetricOrWord"]

WORDS = ("accuracy", "acc")

_MEMBERS: tuple[type[Metric], ...] = (
    accuracy.Accuracy,
    accuracy.BinaryAccuracy,
    accuracy.CategoricalAccuracy,
    accuracy.SparseCategoricalAccuracy,
    accuracy.TopKCategoricalAccuracy,
    accuracy.SparseTopKCategoricalAccuracy,
    regression.MeanSquaredError,
    regression.RootMeanSquaredError,
    regression.MeanAbsoluteError,
    regression.MeanAbsolutePercentageError,
    regression.MeanSquaredLogarithmicError,
    regression.LogCoshError,
    regression.CosineSimilarity,
    regression.R2Score,
    regression.ConcordanceCorrelation,
    regression.PearsonCorrelation,
    confusion.TruePositives,
    confusion.TrueNegatives,
    confusion.FalsePositives,
    confusion.FalseNegatives,
    confusion.Precision,
    confusion.Recall,
    confusion.PrecisionAtRecall,
    confusion.RecallAtPrecision,
    confusion.SensitivityAtSpecificity,
    confusion.SpecificityAtSensitivity,
    confusion.AUC,
    confusion.F1Score,
    confusion.FBetaScore,
    overlap.MeanIoU,
    overlap.OneHotMeanIoU,
    overlap.IoU,
    overlap.OneHotIoU,
    overlap.BinaryIoU,
    probabilistic.Hinge,
    probabilistic.SquaredHinge,
    probabilistic.CategoricalHinge,
    probabilistic.KLDivergence,
    probabilistic.Poisson,
    probabilistic.BinaryCrossentropy,
    probabilistic.CategoricalCrossentropy,
    probabilistic.SparseCategoricalCrossentropy,
)

_ALIASES = {
    **{wording.snake_case(member.__name__): member.__name__ for member in _MEMBERS},
    **dict.fromkeys(("bce", "BCE"), "BinaryCrossentropy"),
    **dict.fromkeys(("mae", "MAE"), "MeanAbsoluteError"),
    **dict.fromkeys(("mse", "MSE"), "MeanSquaredError"),
    **dict.fromkeys(("mape", "MAPE"), "MeanAbsolutePercentageError"),
    **dict.fromkeys(("msle", "MSLE"), "MeanSquaredLogarithmicError"),
}
_VALUES = "it averages values, and compares no target with an output"
_BASE = "it is what others are made from"

FAMILY: Family[Metric] = Family(
    "metric",
    _MEMBERS,
    aliases=_ALIASES,
    refused={"Metric": _BASE, "MeanMetricWrapper": _BASE, "Mean": _VALUES, "Sum": _VALUES},
)

AnyMetric = Annotated[Metric, FAMILY]
MetricOrWord = Annotated[Metric | str, FAMILY.but(words=WORDS)]
"""What a document says: a metric, or the word "accuracy" for whichever of the accuracies fits."""
