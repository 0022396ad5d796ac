"""Keras's metrics made from true and false positives and negatives."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field
from typing_extensions import override

from core.specs import wording
from core.specs.metrics.base import Rising
from core.specs.scalars import Above0, Flag, Fraction, Natural, NonNegative, Positive


class _Counted(Rising):
    thresholds: Fraction | None = None


class TruePositives(_Counted):
    """How many are rightly found."""


class TrueNegatives(_Counted):
    """How many are rightly left out."""


class FalsePositives(_Counted):
    """How many are found wrongly."""

    better: ClassVar[Literal["min", "max"]] = "min"


class FalseNegatives(_Counted):
    """How many are missed."""

    better: ClassVar[Literal["min", "max"]] = "min"


class _Found(Rising):
    thresholds: Fraction | None = None
    top_k: Positive | None = None
    class_id: Natural | None = None


class Precision(_Found):
    """The share of those found that are right."""


class Recall(_Found):
    """The share of the right ones that are found."""


class _At(Rising):
    num_thresholds: Annotated[int, Field(strict=True, ge=1, le=10_000)] = 200
    class_id: Natural | None = None


class PrecisionAtRecall(_At):
    """The best precision at a recall."""

    recall: Fraction


class RecallAtPrecision(_At):
    """The best recall at a precision."""

    precision: Fraction


class SensitivityAtSpecificity(_At):
    """The best sensitivity at a specificity."""

    specificity: Fraction


class SpecificityAtSensitivity(_At):
    """The best specificity at a sensitivity."""

    sensitivity: Fraction


class AUC(Rising):
    """The area under the ROC (or precision-recall) curve."""

    num_thresholds: Annotated[int, Field(strict=True, ge=2, le=10_000)] = 200
    curve: Literal["ROC", "PR"] = "ROC"
    summation_method: Literal["interpolation", "minoring", "majoring"] = "interpolation"
    thresholds: Annotated[tuple[Fraction, ...], Field(min_length=1, max_length=10_000)] | None = None
    multi_label: Flag = False
    num_labels: Positive | None = None
    label_weights: Annotated[tuple[NonNegative, ...], Field(min_length=1, max_length=10_000)] | None = None
    from_logits: Flag = False

    @override
    def check(self, encoding: str, width: int) -> None:
        super().check(encoding, width)
        if self.num_labels is not None and not (self.multi_label and self.num_labels == width):
            raise wording.Misfit(
                f"num_labels goes with multi_label, and with {width} outputs it is {width}", "num_labels"
            )
        if self.label_weights is not None and not (self.multi_label and len(self.label_weights) == width):
            raise wording.Misfit(
                f"label_weights go with multi_label, one for each of {width} outputs", "label_weights"
            )


class _FScore(Rising):
    """`average` is "macro" by default: Keras's own None gives one number per class, and a metric here is one
    number.
    """

    average: Literal["micro", "macro", "weighted"] = "macro"
    threshold: Annotated[float, Field(strict=True, gt=0, le=1)] | None = None


class F1Score(_FScore):
    """The harmonic mean of precision and recall."""


class FBetaScore(_FScore):
    """The same, with recall weighing beta times as much."""

    default_name: ClassVar[str | None] = "fbeta_score"

    beta: Above0 = 1.0
