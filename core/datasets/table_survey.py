"""What is learned about the input columns of a table, from its training rows alone."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from core import errors
from core.datasets import tabular, wording
from core.datasets.limits import Limits
from core.datasets.moments import Moments
from core.datasets.table_inputs import FLOAT32_MAX, MISSING_CATEGORY, CategoryColumn, Column, NumberColumn


@dataclass
class NumberSurvey:
    """A column of numbers as it is read."""

    name: str
    moments: Moments = field(default_factory=Moments)
    least: float = np.inf
    most: float = -np.inf
    missing: int = 0
    infinite: int = 0

    def add(self, chunk: pa.StringArray, train: NDArray[np.bool_]) -> None:
        """The column's next rows, and which of them are trained on."""
        values = tabular.numbers(chunk)
        if values is None:
            raise TypeError(f"{self.name} was a column of numbers when it was last read")
        finite = np.isfinite(values)
        self.infinite += int(np.isinf(values).sum())
        self.missing += int(len(values) - finite.sum())
        learned = values[finite & train]
        if len(learned):
            self.least, self.most = min(self.least, learned.min()), max(self.most, learned.max())
            self.moments.add(learned)

    def column(self, *, standardize: bool) -> tuple[Column | None, list[str]]:
        """The column as an input, or None when it is dropped; and what there is to tell about it."""
        if not self.moments.count:
            return None, [f"{self.name}: dropped, because it has no values"]
        mean, std = float(self.moments.mean), float(self.moments.std)
        largest = max(abs(self.least), abs(self.most))
        if not np.isfinite([mean, std]).all() or (not standardize and largest > FLOAT32_MAX):
            raise errors.InvalidDataError(
                f"Column {wording.quote(self.name)} has numbers too large to compute with: {largest:g}"
            )
        if self.least == self.most or std == 0:
            return None, [f"{self.name}: dropped, because it is {mean:g} in every row"]
        return NumberColumn(name=self.name, mean=mean, std=std), self._told()

    def _told(self) -> list[str]:
        if not self.missing:
            return []
        kind = "missing or infinite value" if self.infinite else "missing value"
        return [f"{self.name}: {wording.counted(self.missing, kind)} became the mean"]


@dataclass
class CategorySurvey:
    """A column of texts as it is read; `values` are those of training rows, None when there are too many."""

    name: str
    limits: Limits
    values: set[str] | None = field(default_factory=set)
    bytes_: int = 0
    count: int = 0
    missing: int = 0
    missing_train: int = 0

    def add(self, chunk: pa.StringArray, train: NDArray[np.bool_]) -> None:
        """The column's next rows, and which of them are trained on."""
        if self.values is None:
            return
        different, places = tabular.texts(chunk)
        counts = np.bincount(places[train], minlength=len(different))
        if None in different:
            nothing = different.index(None)
            self.missing += int((places == nothing).sum())
            self.missing_train += int(counts[nothing])
        for value, count in zip(different, counts.tolist(), strict=True):
            if value is not None and count:
                self._learn(value, count)

    def _learn(self, value: str, count: int) -> None:
        self.count += count
        if self.values is not None and value not in self.values:
            self.values.add(value)
            self.bytes_ += len(value)
            if len(self.values) > self.limits.max_categories or self.bytes_ > self.limits.max_category_bytes:
                self.values = None

    def column(self) -> tuple[Column | None, list[str]]:
        """The column as an input, or None when it is dropped; and what there is to tell about it."""
        if self.values is None:
            most = wording.counted(self.limits.max_categories, "different text")
            return None, [f"{self.name}: dropped, because it has more than {most}, or long ones"]
        if len(self.values) == self.count > 1:
            return None, [f"{self.name}: dropped, because every row has another text"]
        values = self.values | ({MISSING_CATEGORY} if self.missing_train else set())
        if len(values) < 2:
            same = f"it is {wording.quote(next(iter(values)))} in every row" if values else "it has no values"
            return None, [f"{self.name}: dropped, because {same}"]
        return CategoryColumn(name=self.name, values=sorted(values)), self._told()

    def _told(self) -> list[str]:
        if not self.missing:
            return []
        missing = wording.counted(self.missing, "missing value")
        if self.missing_train:
            return [f'{self.name}: {missing} became the category "{MISSING_CATEGORY}"']
        return [f"{self.name}: {missing}, none in training rows, became no category"]


def plan(
    surveys: Sequence[NumberSurvey | CategorySurvey], limits: Limits, *, standardize: bool, alone: bool = True
) -> tuple[list[Column], list[str], list[str]]:
    """The columns that are inputs, the names of those that are dropped, and warnings.

    Unless they are `alone`, there may be none.

    Raises:
        errors.InvalidDataError: No column is left, or they would make too wide a row.
    """
    columns: list[Column] = []
    dropped: list[str] = []
    warnings: list[str] = []
    for survey in surveys:
        column, told = (
            survey.column(standardize=standardize) if isinstance(survey, NumberSurvey) else survey.column()
        )
        warnings += told
        if column is None:
            dropped.append(survey.name)
        else:
            columns.append(column)
    if not columns and alone:
        raise errors.InvalidDataError("No column is left to learn from: " + "; ".join(warnings[:5]))
    width = sum(column.width for column in columns)
    if width > limits.max_width:
        widest = max(columns, key=lambda column: column.width)
        raise errors.InvalidDataError(
            f"A row would become {width:,} numbers, and at most {limits.max_width:,} are taken (max_width); "
            f"the widest column is {wording.quote(widest.name)} with {widest.width:,}"
        )
    return columns, dropped, warnings
