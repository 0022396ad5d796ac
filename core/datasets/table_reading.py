"""From a table of texts to arrays: three passes over its rows, each in constant memory for a column.

The first learns what kind each column is and what the targets are, the second learns from the training rows,
the third writes. What is kept for each row is its targets and its split: some twenty bytes.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core import errors
from core.datasets import (
    encoding,
    finding,
    roles,
    splitting,
    spool,
    table_labels,
    table_marks,
    table_parts,
    table_pictures,
    table_preview,
    tabular,
    target_writing,
    wording,
)
from core.datasets.class_target import Classes
from core.datasets.limits import Limits
from core.datasets.options import Options
from core.datasets.several_inputs import SeveralInputs
from core.datasets.table_inputs import TableInputs
from core.datasets.table_labels import LabelColumn, Labels
from core.datasets.table_rows import Rows
from core.datasets.table_target import Settled, settle
from core.datasets.target_column import TargetColumn
from core.datasets.targets import OneTarget, ReconstructionTarget, SeveralTargets


def read(
    table: spool.Table,
    options: Options,
    into: Path,
    limits: Limits,
    gallery: table_pictures.Gallery | None = None,
) -> finding.Found:
    """Writes the table's arrays and encoding into the folder `into`; the `gallery` has its pictures, if any.

    Raises:
        errors.InvalidDataError: The table, or what the options ask of it, makes no data set.
    """
    marks = table_marks.find(table, options)
    shown = gallery.columns if gallery else ()
    cast = roles.assign(table.names, options, marks.column, shown)
    if not table.rows:
        raise errors.InvalidDataError("The file has no rows below the names of its columns")
    columns, numeric = _kinds(table, cast, options, limits)
    settled, kept, lost = _kept(settle(columns, options), table.rows)
    marked = None if marks.test is None else splitting.masked(marks.test, kept)
    test = target_writing.choose_test(settled, int(kept.sum()), marked, options)
    _check_labels(settled, len(test), limits)
    source = table_parts.Source(Rows(table, kept, test), gallery)

    inputs, told = table_parts.learn(source, cast, numeric, options, limits)
    table_parts.write(source, inputs, into)
    target, doubts = _write_targets(settled, inputs, test, into)
    whole = encoding.Encoding(inputs=inputs, target=target)
    finding.write_encoding(whole, into)
    few = [] if marked is not None else finding.untested(test, options.test_split)
    warnings = [*table.warnings, *cast.warnings, *marks.warnings, *lost, *told, *doubts, *few]
    counts = target_writing.counts(settled, test)
    return finding.Found(whole, test, None, warnings, counts, table_preview.show(source.rows))


def _kinds(
    table: spool.Table, cast: roles.Roles, options: Options, limits: Limits
) -> tuple[list[TargetColumn | LabelColumn], list[bool]]:
    """The targets as read, and which of the features are numbers in every row."""
    columns = _columns(table, cast, options, limits)
    numeric = [True] * len(cast.features)
    # A table of nothing but texts to reconstruct nothing from has no column to look at.
    for batch in table.batches([*cast.targets, *cast.features]) if columns or numeric else ():
        for column, chunk in zip(columns, batch, strict=False):
            column.add(chunk)
        for at, chunk in enumerate(batch[len(columns) :]):
            numeric[at] = numeric[at] and tabular.numbers(chunk) is not None
    return columns, numeric


def _columns(
    table: spool.Table, cast: roles.Roles, options: Options, limits: Limits
) -> list[TargetColumn | LabelColumn]:
    if options.task == "multilabel" and len(cast.targets) == 1:
        [at] = cast.targets
        return [LabelColumn(table.names[at], table_labels.separator(table, at), limits)]
    return [TargetColumn(table.names[at], limits) for at in cast.targets]


def _kept(settled: Sequence[Settled], rows: int) -> tuple[list[Settled], NDArray[np.bool_], list[str]]:
    """The targets of the rows that have all of them, which these are, and a warning if others have not."""
    kept = np.ones(rows, np.bool_)
    for target in settled:
        kept &= target.kept
        if not kept.any():
            raise errors.InvalidDataError(f"No row has a value in the target {wording.listing(target.names)}")
    found = [Settled(target.names, target.value.only(kept), kept) for target in settled]
    for target in found:
        _check_variety(target)
    lost = rows - int(kept.sum())
    names = ", ".join(target.name for target in settled)
    told = [f"{names}: {wording.counted(lost, 'row')} without a target value dropped"] if lost else []
    return found, kept, told


def _check_variety(target: Settled) -> None:
    """Refuses a target that says the same, or nothing, of every row that was kept."""
    named = wording.listing(target.names)
    if isinstance(target.value, Classes) and len(target.value.names) < 2:
        raise errors.InvalidDataError(
            f"The target {named} is {wording.quote(target.value.names[0])} in every row: with one class "
            "there is nothing to learn"
        )
    if isinstance(target.value, Labels) and not len(target.value.codes):
        raise errors.InvalidDataError(f"No row has a label in the target {named}")


def _check_labels(settled: Sequence[Settled], rows: int, limits: Limits) -> None:
    for target in settled:
        if isinstance(target.value, Labels):
            finding.check_size(rows, [len(target.value.names)], limits)


def _write_targets(
    settled: Sequence[Settled], inputs: TableInputs | SeveralInputs, test: NDArray[np.bool_], into: Path
) -> tuple[OneTarget | SeveralTargets, list[str]]:
    """Writes the targets' arrays; what was learned about them, and warnings."""
    if not settled and isinstance(inputs, TableInputs):
        return ReconstructionTarget(shape=inputs.shape), []
    return target_writing.write(settled, test, into)
