"""From a table of texts to arrays: three passes over its rows, each in constant memory for a column.

The first learns what kind each column is and what the target is, the second learns from the training rows,
the third writes. What is kept for each row is its target and its split: some twenty bytes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from core import errors
from core.datasets import (
    encoding,
    finding,
    number_target,
    roles,
    splitting,
    spool,
    storing,
    table_inputs,
    table_survey,
    tabular,
    wording,
)
from core.datasets.limits import Limits
from core.datasets.moments import Moments
from core.datasets.options import Options
from core.datasets.table_inputs import NumberColumn, TableInputs
from core.datasets.table_target import Classes, Numbers, TargetColumn, settle


def read(table: spool.Table, options: Options, into: Path, limits: Limits) -> finding.Found:
    """Writes the table's arrays and encoding into the folder `into`.

    Raises:
        errors.InvalidDataError: The table, or what the options ask of it, makes no data set.
    """
    cast = roles.assign(table.names, options)
    columns, numeric = _kinds(table, cast, limits)
    target = settle(columns, options)
    names = [column.name for column in columns]
    kept, warnings = _kept(target, names)
    target = _only(target, kept)
    classes = target.codes if isinstance(target, Classes) else None
    test = splitting.choose_test(int(kept.sum()), classes, options.test_split, options.seed)
    rows = _Rows(table, cast.features, kept)

    standardize = options.standardize is not False
    surveys = _survey(rows, numeric, ~test, limits)
    chosen, dropped, told = table_survey.plan(surveys, limits, standardize=standardize)
    width = sum(column.width for column in chosen)
    inputs = TableInputs(
        columns=chosen,
        ignored=[*cast.ignored, *dropped],
        standardize=standardize,
        shape=finding.shape(options.input_shape, [width]),
    )
    finding.check_size(len(test), [width], limits)
    _write_inputs(rows, inputs, test, into)
    learned, doubts = _write_target(target, names, test, into)
    whole = encoding.Encoding(inputs=inputs, target=learned)
    finding.write_encoding(whole, into)
    warnings = [*table.warnings, *cast.warnings, *warnings, *told, *doubts]
    return finding.Found(whole, test, classes, warnings + finding.untested(test, options.test_split))


def _kinds(table: spool.Table, cast: roles.Roles, limits: Limits) -> tuple[list[TargetColumn], list[bool]]:
    """The target as read, and which of the features are numbers in every row."""
    columns = [TargetColumn(table.names[at], limits) for at in cast.targets]
    numeric = [True] * len(cast.features)
    for batch in table.batches([*cast.targets, *cast.features]):
        for column, chunk in zip(columns, batch, strict=False):
            column.add(chunk)
        for at, chunk in enumerate(batch[len(columns) :]):
            numeric[at] = numeric[at] and tabular.numbers(chunk) is not None
    if not columns[0].rows:
        raise errors.InvalidDataError("The file has no rows below the names of its columns")
    return columns, numeric


def _kept(target: Classes | Numbers, names: Sequence[str]) -> tuple[NDArray[np.bool_], list[str]]:
    """Which rows have a target, and a warning if not all do."""
    kept = np.asarray(
        target.codes >= 0 if isinstance(target, Classes) else np.isfinite(target.values).all(axis=1)
    )
    lost = len(kept) - int(kept.sum())
    if lost == len(kept):
        raise errors.InvalidDataError(f"No row has a value in the target {wording.listing(names)}")
    if isinstance(target, Classes) and len(target.names) < 2:
        raise errors.InvalidDataError(
            f"The target {wording.listing(names)} is {wording.quote(target.names[0])} in every row: "
            "with one class there is nothing to learn"
        )
    if not lost:
        return kept, []
    return kept, [f"{', '.join(names)}: {wording.counted(lost, 'row')} without a target value dropped"]


def _only(target: Classes | Numbers, kept: NDArray[np.bool_]) -> Classes | Numbers:
    """The target of the rows that are kept."""
    if isinstance(target, Classes):
        return Classes(target.names, tabular.masked(target.codes, kept))
    return Numbers(tabular.masked(target.values, kept))


@dataclass(frozen=True)
class _Rows:
    """The rows of a table that are kept, in batches of some of its columns."""

    table: spool.Table
    features: tuple[int, ...]
    kept: NDArray[np.bool_]

    def batches(self, columns: Sequence[int]) -> Iterator[list[pa.StringArray]]:
        """As `Table.batches`."""
        at = 0
        for batch in self.table.batches(columns):
            kept = self.kept[at : at + len(batch[0])]
            at += len(kept)
            yield batch if kept.all() else [column.filter(pa.array(kept)) for column in batch]


def _survey(
    rows: _Rows, numeric: Sequence[bool], train: NDArray[np.bool_], limits: Limits
) -> list[table_survey.NumberSurvey | table_survey.CategorySurvey]:
    """What the training rows say about each feature."""
    names = [rows.table.names[at] for at in rows.features]
    surveys = [
        table_survey.NumberSurvey(name) if number else table_survey.CategorySurvey(name, limits)
        for name, number in zip(names, numeric, strict=True)
    ]
    at = 0
    for batch in rows.batches(rows.features):
        learned = train[at : at + len(batch[0])]
        at += len(learned)
        for survey, chunk in zip(surveys, batch, strict=True):
            survey.add(chunk, learned)
    return surveys


def _write_inputs(rows: _Rows, inputs: TableInputs, test: NDArray[np.bool_], into: Path) -> None:
    columns = [rows.table.names.index(name) for name in inputs.names]
    at, step = 0, max(1, storing.PIECE // (4 * inputs.width))
    with storing.SplitWriter(into, "x", inputs.shape, inputs.dtype, test) as writer:
        for batch in rows.batches(columns):
            # A batch of wide one-hot rows is larger than the texts it came from: a part of it at a time.
            for begin in range(0, len(batch[0]), step):
                part = [
                    _values(inputs, index, chunk[begin : begin + step]) for index, chunk in enumerate(batch)
                ]
                encoded = table_inputs.assemble(inputs, part, first=at)
                at += len(encoded)
                writer.write(encoded)


def _values(inputs: TableInputs, index: int, chunk: pa.StringArray) -> NDArray[Any]:
    column = inputs.columns[index]
    if not isinstance(column, NumberColumn):
        return tabular.codes(column, chunk)
    values = tabular.numbers(chunk)
    if values is None:
        raise TypeError(f"{column.name} was a column of numbers when it was last read")
    return values


def _write_target(
    target: Classes | Numbers, names: Sequence[str], test: NDArray[np.bool_], into: Path
) -> tuple[encoding.Target, list[str]]:
    """Writes the target's arrays; what was learned about it, and warnings."""
    if isinstance(target, Classes):
        with storing.SplitWriter(into, "y", (), np.int64, test) as writer:
            writer.write(target.codes)
        return encoding.ClassTarget(name=names[0], classes=target.names), []
    moments = Moments()
    moments.add(target.values[~test])
    learned, warnings = number_target.learn(", ".join(names), names, moments)
    number_target.write([target.values], learned, test, into)
    return learned, warnings
