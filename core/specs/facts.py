"""What a spec is resolved against."""

import math
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Facts:
    """What is known of a data set.

    Attributes:
        input_shape: of one row, without the batch.
        input_dtype: of a row; "int32" for text, whose rows are words by number.
        target_kind: a class, one number, or a vector of numbers.
        classes: names of the classes, in the order of their numbers; empty unless the target is a class.
        target_width: numbers in a target: 1 for a class or a number.
        train_rows: rows of the train split, before a part is put aside for validation.
        test_rows: rows of the test split.
        class_counts: rows of the train split for each class; empty if there is no data set yet.
        integers: of integer rows, the least and the most of all their numbers; None if not known.
    """

    input_shape: tuple[int, ...]
    input_dtype: Literal["float32", "int32"]
    target_kind: Literal["class", "number", "vector"]
    classes: tuple[str, ...]
    target_width: int
    train_rows: int
    test_rows: int
    class_counts: tuple[int, ...]
    integers: tuple[int, int] | None = None


def split_rows(train_rows: int, validation_split: float) -> tuple[int, int]:
    """Rows to train on and rows to validate on: Keras's own rounding (`keras.src.trainers.data_adapters`)."""
    if not validation_split:
        return train_rows, 0
    kept = math.floor(train_rows * (1 - validation_split))
    return kept, train_rows - kept
