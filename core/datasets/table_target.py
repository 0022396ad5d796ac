"""The targets of a table: which of them are classes, numbers, a vector or labels, and their values."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core import errors
from core.datasets import cells, splitting, table_labels, wording
from core.datasets.class_target import Classes
from core.datasets.options import Options
from core.datasets.table_labels import LabelColumn, Labels
from core.datasets.target_column import TargetColumn

# Whole numbers are classes when they are so few; see `_looks_like_class`.
FEW = 20
EXACT = 2**53


@dataclass(frozen=True)
class Numbers:
    """Numbers for each row, `(rows, columns)`; what is missing is not finite."""

    values: NDArray[np.float64]

    def only(self, kept: NDArray[np.bool_]) -> "Numbers":
        """Those of the rows that are kept."""
        return Numbers(splitting.masked(self.values, kept))


@dataclass(frozen=True)
class Settled:
    """A target that consists of the columns `names`; `kept` are the rows that have a value."""

    names: list[str]
    value: Classes | Numbers | Labels
    kept: NDArray[np.bool_]

    @property
    def name(self) -> str:
        """What the target is called."""
        return ", ".join(self.names)


def settle(columns: Sequence[TargetColumn | LabelColumn], options: Options) -> list[Settled]:
    """What the targets are: one, or several when their columns are not all numbers.

    Raises:
        errors.InvalidDataError: One is not what the options say, or has too many classes.
    """
    single = [column for column in columns if isinstance(column, TargetColumn)]
    if len(single) < len(columns):
        return [_listed(column) for column in columns if isinstance(column, LabelColumn)]
    if options.task == "multilabel":
        return [_marked(single)]
    numbers = options.task != "classification" and all(column.numbers is not None for column in single)
    if len(single) > 1 and (numbers or options.task == "regression"):
        return [_vector(single)]
    return [_classified(column) if _is_class(column, options) else _vector([column]) for column in single]


def _listed(column: LabelColumn) -> Settled:
    return Settled([column.name], column.settle(), np.ones(column.rows, np.bool_))


def _marked(columns: Sequence[TargetColumn]) -> Settled:
    names = [column.name for column in columns]
    values = np.stack([_bits(column) for column in columns], axis=1)
    return Settled(names, *table_labels.of_columns(names, values))


def _vector(columns: Sequence[TargetColumn]) -> Settled:
    values = np.stack([_numbers(column) for column in columns], axis=1)
    return Settled(
        [column.name for column in columns], Numbers(values), np.asarray(np.isfinite(values).all(axis=1))
    )


def _classified(column: TargetColumn) -> Settled:
    found = _classes(column)
    return Settled([column.name], found, found.codes >= 0)


def _is_class(column: TargetColumn, options: Options) -> bool:
    if options.task is not None:
        return options.task == "classification"
    return column.numbers is None or _looks_like_class(column)


def _looks_like_class(column: TargetColumn) -> bool:
    """Whether numbers name classes: whole ones, at most 20 different, and each for five rows on average.

    Two different whole numbers are always classes, however few the rows.
    """
    if column.codes is None:
        return False
    found = {_value(text) for text in column.places} - {None}
    if not all(value is not None and value.is_integer() and abs(value) < EXACT for value in found):
        return False
    return len(found) <= min(FEW, max(2, column.rows // 5))


def _value(text: str | None) -> float | None:
    """The number in a text that holds one; None when it is missing or infinite."""
    value = cells.number(text)
    return value if value is not None and math.isfinite(value) else None


def _numbers(column: TargetColumn) -> NDArray[np.float64]:
    if column.numbers is None:
        row, text = column.text or (0, "")
        raise errors.InvalidDataError(
            f"Data row {row + 1:,}: the target {wording.quote(column.name)} is {wording.quote(text)} "
            "where a number is expected"
        )
    return np.concatenate(column.numbers)


def _bits(column: TargetColumn) -> NDArray[np.float64]:
    """Numbers, or what says true and false as 1 and 0."""
    if column.numbers is None and column.codes is not None:
        words = [None if text is None else text.casefold() for text in column.places]
        if {*words} <= {"true", "false", None}:
            bits = np.array([math.nan if word is None else word == "true" for word in words], np.float64)
            return bits[np.concatenate(column.codes)]
    return _numbers(column)


def _classes(column: TargetColumn) -> Classes:
    if column.codes is None:
        raise errors.InvalidDataError(
            f"The target {wording.quote(column.name)} has more than {column.limits.max_classes:,} different "
            "values, which is too many for classes (max_classes)"
        )
    numeric = column.numbers is not None
    labels = [_label(text) if numeric else text for text in column.places]
    names = sorted({label for label in labels if label is not None}, key=float if numeric else None)
    index: dict[str | None, int] = {name: at for at, name in enumerate(names)}
    merged = np.array([index.get(label, -1) for label in labels], np.int64)
    return Classes(names, merged[np.concatenate(column.codes)])


def _label(text: str | None) -> str | None:
    """The name of a class that is a number: `1`, `1.0` and `01` are one class."""
    value = _value(text)
    if value is None:
        return None
    return str(int(value)) if value.is_integer() and abs(value) < EXACT else repr(value)
