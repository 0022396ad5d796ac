"""Keras's losses, and what target each of them can be compared with."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field

from core.specs import wording
from core.specs.base import Family, Named
from core.specs.scalars import Above0, Flag, Fraction, NonNegative, OneOrMany, Whole

LastAxis = Literal[-1, 1]
"""A row of outputs has one axis: by Keras's count, which starts with the batch, that is 1 or -1."""
_ImageAxis = Annotated[int | tuple[int, ...], OneOrMany(Literal[-2, -1, 0, 1], 2)]

WORDS = ("auto", "crossentropy", "ce")


class Loss(Named):
    """What training makes small."""

    family: ClassVar[str] = "loss"
    refused: ClassVar[Mapping[str, str]] = {
        "name": "it has no effect on training",
        "dtype": "training.precision sets it for the whole network",
    }
    takes: ClassVar[Literal["index", "dense"]] = "dense"
    """Whether a class is given as its number, or as a row of zeros and a one."""
    kinds: ClassVar[frozenset[str]] = frozenset({"class", "number", "vector", "multilabel", "reconstruction"})
    """Targets that it can be compared with."""
    one_score_each: ClassVar[bool] = False
    """Whether it needs an output for every class, even of two."""

    reduction: Literal["sum_over_batch_size", "sum", "mean", "mean_with_sample_weight"] = (
        "sum_over_batch_size"
    )

    def with_logits(self, logits: bool) -> Self:
        """The same loss with `from_logits` decided, unless it is said already or unknown."""
        if "from_logits" in type(self).model_fields and "from_logits" not in self.model_fields_set:
            return self.model_copy(update={"from_logits": logits})
        return self


class _OfClasses(Loss):
    # A vector of numbers is standardised, and no longer between 0 and 1.
    kinds: ClassVar[frozenset[str]] = frozenset({"class", "multilabel", "reconstruction"})


class SparseCategoricalCrossentropy(_OfClasses):
    """Cross-entropy between classes by number and probabilities."""

    takes: ClassVar[Literal["index", "dense"]] = "index"
    kinds: ClassVar[frozenset[str]] = frozenset({"class"})
    one_score_each: ClassVar[bool] = True

    from_logits: Flag = False
    ignore_class: Whole | None = None
    axis: LastAxis = -1


class CategoricalGeneralizedCrossEntropy(_OfClasses):
    """Cross-entropy that forgives some wrong labels."""

    takes: ClassVar[Literal["index", "dense"]] = "index"
    kinds: ClassVar[frozenset[str]] = frozenset({"class"})
    one_score_each: ClassVar[bool] = True

    q: Annotated[float, Field(strict=True, gt=0, lt=1)] = 0.5


class CategoricalCrossentropy(_OfClasses):
    """Cross-entropy between one-hot classes and probabilities."""

    one_score_each: ClassVar[bool] = True

    from_logits: Flag = False
    label_smoothing: Fraction = 0.0
    axis: LastAxis = -1


class CategoricalFocalCrossentropy(_OfClasses):
    """Cross-entropy that looks at hard rows more."""

    one_score_each: ClassVar[bool] = True

    alpha: NonNegative = 0.25
    gamma: NonNegative = 2.0
    from_logits: Flag = False
    label_smoothing: Fraction = 0.0
    axis: LastAxis = -1


class BinaryCrossentropy(_OfClasses):
    """Cross-entropy of yes and no, for each output."""

    from_logits: Flag = False
    label_smoothing: Fraction = 0.0
    axis: LastAxis = -1


class BinaryFocalCrossentropy(_OfClasses):
    """Binary cross-entropy that looks at hard rows more."""

    apply_class_balancing: Flag = False
    alpha: NonNegative = 0.25
    gamma: NonNegative = 2.0
    from_logits: Flag = False
    label_smoothing: Fraction = 0.0
    axis: LastAxis = -1


class KLDivergence(_OfClasses):
    """How far two distributions are apart."""


class Poisson(Loss):
    """For counts."""


class MeanSquaredError(Loss):
    """The mean of squared errors."""


class MeanAbsoluteError(Loss):
    """The mean of absolute errors."""


class MeanAbsolutePercentageError(Loss):
    """The mean error in percent of the target."""


class MeanSquaredLogarithmicError(Loss):
    """The mean of squared errors of logarithms."""


class CosineSimilarity(Loss):
    """The angle between target and output."""

    axis: LastAxis = -1


class LogCosh(Loss):
    """Squared for small errors, absolute for large ones, smoothly."""


class Huber(Loss):
    """Squared for small errors, absolute for large ones."""

    delta: Above0 = 1.0


class Hinge(_OfClasses):
    """Of support vector machines."""


class SquaredHinge(_OfClasses):
    """The square of hinge."""


class CategoricalHinge(_OfClasses):
    """Hinge between one-hot classes and scores."""

    one_score_each: ClassVar[bool] = True


class Dice(_OfClasses):
    """Overlap."""

    axis: _ImageAxis | None = None


class Tversky(_OfClasses):
    """Overlap, with weights for false alarms and misses."""

    alpha: NonNegative = 0.5
    beta: NonNegative = 0.5
    axis: _ImageAxis | None = None


_MEMBERS: tuple[type[Loss], ...] = (
    BinaryCrossentropy,
    BinaryFocalCrossentropy,
    CategoricalCrossentropy,
    CategoricalFocalCrossentropy,
    CategoricalGeneralizedCrossEntropy,
    CategoricalHinge,
    CosineSimilarity,
    Dice,
    Hinge,
    Huber,
    KLDivergence,
    LogCosh,
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanSquaredError,
    MeanSquaredLogarithmicError,
    Poisson,
    SparseCategoricalCrossentropy,
    SquaredHinge,
    Tversky,
)

ALIASES = {
    **{wording.snake_case(member.__name__): member.__name__ for member in _MEMBERS},
    **dict.fromkeys(("bce", "BCE"), "BinaryCrossentropy"),
    **dict.fromkeys(("kld", "KLD"), "KLDivergence"),
    **dict.fromkeys(("mae", "MAE"), "MeanAbsoluteError"),
    **dict.fromkeys(("mse", "MSE"), "MeanSquaredError"),
    **dict.fromkeys(("mape", "MAPE"), "MeanAbsolutePercentageError"),
    **dict.fromkeys(("msle", "MSLE"), "MeanSquaredLogarithmicError"),
}
_EMBEDDINGS = (
    "it compares rows of a batch with one another, and makes no output that can be scored against a target"
)
_SEQUENCES = "it is for targets that are sequences, and a target here is a class, a number or a vector"

FAMILY: Family[Loss] = Family(
    "loss",
    _MEMBERS,
    aliases=ALIASES,
    refused={
        "Loss": "it is what the others are made from",
        "Circle": _EMBEDDINGS,
        "circle": _EMBEDDINGS,
        "CTC": _SEQUENCES,
        "ctc": _SEQUENCES,
    },
)

AnyLoss = Annotated[Loss, FAMILY]
LossOrWord = Annotated[Loss | str, FAMILY.but(words=WORDS)]
"""What a document says: a loss, or a word for "whichever fits"."""
