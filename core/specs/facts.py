"""What a spec is resolved against."""

import math
from dataclasses import dataclass
from typing import Literal

TargetKind = Literal["class", "number", "vector", "multilabel", "reconstruction"]


@dataclass(frozen=True)
class InputFacts:
    """One input of a data set.

    Attributes:
        name: what a graph calls it; "input" if it is the only one.
        shape: of one row, without the batch.
        dtype: of a row; "int32" for text, whose rows are words by number.
        integers: of integer rows, the least and the most of all their numbers; None if not known.
        largest: the largest absolute value of rows that are as they were uploaded; None if they are scaled,
            or if it is not known.
    """

    name: str
    shape: tuple[int, ...]
    dtype: Literal["float32", "int32"]
    integers: tuple[int, int] | None = None
    largest: float | None = None


@dataclass(frozen=True)
class TargetFacts:
    """What is to be predicted.

    Attributes:
        name: the column's or array's.
        kind: a class, one number, a vector of numbers, any of some labels, or the input itself.
        classes: names of the classes or labels, in the order of their numbers; else empty.
        shape: of one row; () for a class and for a number.
        class_counts: rows of the train split for each class; empty if there is no data set yet.
    """

    name: str
    kind: TargetKind
    classes: tuple[str, ...] = ()
    shape: tuple[int, ...] = ()
    class_counts: tuple[int, ...] = ()

    @property
    def width(self) -> int:
        """Numbers in a target: 1 for a class or a number."""
        return math.prod(self.shape)


@dataclass(frozen=True)
class Facts:
    """What is known of a data set: its inputs, its targets, and the rows of its splits."""

    inputs: tuple[InputFacts, ...]
    targets: tuple[TargetFacts, ...]
    train_rows: int
    test_rows: int


def split_rows(train_rows: int, validation_split: float) -> tuple[int, int]:
    """Rows to train on and rows to validate on: Keras's own rounding (`keras.src.trainers.data_adapters`)."""
    if not validation_split:
        return train_rows, 0
    kept = math.floor(train_rows * (1 - validation_split))
    return kept, train_rows - kept
