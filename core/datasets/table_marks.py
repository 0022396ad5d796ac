"""Which rows a table itself keeps for the test: by a column that says so, or by being in a second file."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from core import errors
from core.datasets import spool, tabular, wording
from core.datasets.options import Options, wrong
from core.datasets.splitting import TEST, TRAIN, VALIDATION

USUAL = "split"


@dataclass(frozen=True)
class Marks:
    """`test` is a mask over all rows, None when nothing marks them; `column` is where that was said."""

    test: NDArray[np.bool_] | None = None
    column: int | None = None
    warnings: tuple[str, ...] = ()


def find(table: spool.Table, options: Options) -> Marks:
    """What the table says about its rows.

    Raises:
        errors.InvalidDataError: The column that `options.split` names is not there or says something else.
    """
    if len(table.parts) > 1:
        if options.split is not None:
            raise _wrong("split: of two files, one has the rows for the test already")
        train, test = table.parts
        return Marks(np.repeat([False, True], [train.rows, test.rows]))
    column = _column(table.names, options)
    return Marks() if column is None else _read(table, column, options)


def _column(names: Sequence[str], options: Options) -> int | None:
    if options.split is not None:
        if options.split not in names or not options.split:
            meant = wording.did_you_mean(options.split, names)
            raise _wrong(f"split: there is no column {wording.quote(options.split)}{meant}")
        if options.split in {*options.targets, *options.texts, *(options.features or [])}:
            raise _wrong(f"split: {wording.quote(options.split)} is an input or the target")
        return names.index(options.split)
    used = {*options.targets, *options.texts, *(options.features or []), *options.drop}
    usual = (at for at, name in enumerate(names) if name.casefold() == USUAL and name not in used)
    return next(usual, None)


def _read(table: spool.Table, column: int, options: Options) -> Marks:
    pieces: list[NDArray[np.bool_]] = []
    rows = validation = 0
    for (chunk,) in table.batches([column]):
        different, places = tabular.texts(chunk)
        words = [(text or "").casefold() for text in different]
        strange = np.array([word not in TRAIN | TEST | VALIDATION for word in words], np.bool_)[places]
        if strange.any():
            if options.split is None:
                # A column like any other.
                return Marks()
            raise _strange(table.names[column], chunk, rows, int(np.argmax(strange)))
        pieces.append(np.array([word in TEST for word in words], np.bool_)[places])
        validation += int(np.array([word in VALIDATION for word in words], np.bool_)[places].sum())
        rows += len(chunk)
    test = np.concatenate(pieces) if pieces else np.zeros(0, np.bool_)
    if not test.any() and options.split is None:
        # A share of the rows is better than no test at all.
        return Marks()
    warnings = (
        [] if test.any() else [f"{table.names[column]}: no row is for the test: there is no test split"]
    )
    if validation:
        told = wording.counted(validation, "row")
        warnings.append(f"{table.names[column]}: {told} to validate on became rows to train on")
    return Marks(test, column, tuple(warnings))


def _strange(name: str, chunk: pa.StringArray, rows: int, at: int) -> errors.InvalidDataError:
    return _wrong(
        f"split: data row {rows + at + 1:,} has {wording.quote(chunk[at].as_py())} in "
        f"{wording.quote(name)}, where train or test is expected"
    )


def _wrong(detail: str) -> errors.InvalidDataError:
    return wrong({"split": detail})
