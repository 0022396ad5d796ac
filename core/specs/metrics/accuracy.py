"""Keras's accuracies."""

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import Field

from core.specs.metrics.base import INDEX, Rising
from core.specs.scalars import Positive


class Accuracy(Rising):
    """How often output and target are exactly equal; the word "accuracy" picks one of those below."""


class BinaryAccuracy(Rising):
    """How often each output is on the right side of the threshold."""

    threshold: Annotated[float, Field(strict=True, ge=0, lt=1)] = 0.5


class CategoricalAccuracy(Rising):
    """How often the largest output is the one-hot class."""

    one_score_each: ClassVar[bool] = True


class SparseCategoricalAccuracy(Rising):
    """How often the largest output is the class."""

    encodings: ClassVar[frozenset[str]] = INDEX


class TopKCategoricalAccuracy(Rising):
    """How often the one-hot class is among the k largest outputs."""

    one_score_each: ClassVar[bool] = True

    k: Positive = 5


class SparseTopKCategoricalAccuracy(Rising):
    """How often the class is among the k largest outputs."""

    encodings: ClassVar[frozenset[str]] = INDEX
    refused: ClassVar[Mapping[str, str]] = {"from_sorted_ids": "outputs are scores, not sorted classes"}

    k: Positive = 5
