"""Rows of a table as numbers: what was learned about each column, and how it is applied.

A file is read a batch of columns at a time and a prediction a list of rows at a time; both end in `assemble`.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from core import errors
from core.datasets import cells, wording

FROZEN = ConfigDict(frozen=True, extra="forbid")
MISSING_CATEGORY = "missing"
UNKNOWN = -1
FLOAT32_MAX = float(np.finfo(np.float32).max)


class NumberColumn(BaseModel):
    """A column of numbers, with the mean and deviation of its training rows."""

    model_config = FROZEN

    kind: Literal["number"] = "number"
    name: str
    mean: float
    std: float = Field(gt=0)

    @property
    def width(self) -> int:
        """How many numbers the column becomes."""
        return 1


class CategoryColumn(BaseModel):
    """A column of texts; `values` are those of the training rows, sorted.

    When training rows lacked a value, `values` has "missing" for it.
    """

    model_config = FROZEN

    kind: Literal["category"] = "category"
    name: str
    values: list[str]

    @property
    def width(self) -> int:
        """How many numbers the column becomes."""
        return len(self.values)

    @cached_property
    def codes(self) -> dict[str, int]:
        """The index of each value."""
        return {value: code for code, value in enumerate(self.values)}

    def code(self, labels: Sequence[str]) -> int:
        """The index of the first of `labels` that is known; no labels at all are a missing value."""
        for label in labels or (MISSING_CATEGORY,):
            if label in self.codes:
                return self.codes[label]
        return UNKNOWN


Column = Annotated[NumberColumn | CategoryColumn, Field(discriminator="kind")]


class TableInputs(BaseModel):
    """A row of a table as a row of a network: its columns side by side, then given `shape`.

    `ignored` names the file's other columns, which a row of a prediction may carry.
    """

    model_config = FROZEN

    kind: Literal["table"] = "table"
    columns: list[Column]
    ignored: list[str]
    standardize: bool
    shape: list[int]

    @property
    def dtype(self) -> Literal["float32", "int32"]:
        """The numpy type of encoded rows."""
        return "float32"

    @property
    def width(self) -> int:
        """How many numbers a row becomes."""
        return sum(column.width for column in self.columns)

    @cached_property
    def names(self) -> list[str]:
        """The input columns, in the order of a row that is a list."""
        return [column.name for column in self.columns]

    @cached_property
    def known(self) -> frozenset[str]:
        """All names that a row may use."""
        return frozenset(self.names) | frozenset(self.ignored)

    @cached_property
    def numeric(self) -> bool:
        """Whether every input is a number."""
        return all(isinstance(column, NumberColumn) for column in self.columns)

    @cached_property
    def means(self) -> NDArray[np.float64]:
        """The means of all columns, for when all are numbers."""
        return np.array([column.mean for column in self.columns if isinstance(column, NumberColumn)])

    @cached_property
    def stds(self) -> NDArray[np.float64]:
        """The deviations of all columns, for when all are numbers."""
        return np.array([column.std for column in self.columns if isinstance(column, NumberColumn)])


def scale(
    values: NDArray[np.float64],
    mean: float | NDArray[np.float64],
    std: float | NDArray[np.float64],
    *,
    standardize: bool,
) -> NDArray[np.float32]:
    """Numbers as a network takes them; what is missing (NaN) or infinite becomes the mean.

    What float32 cannot hold comes out infinite.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        filled = np.where(np.isfinite(values), values, mean)
        return ((filled - mean) / std if standardize else filled).astype(np.float32)


def assemble(inputs: TableInputs, columns: Sequence[NDArray[Any]], first: int = 0) -> NDArray[np.float32]:
    """Encoded rows, `(n, *inputs.shape)`, from one array `(n,)` for each input column.

    An array has numbers as float64 with NaN for what is missing, or the integer codes of categories. `first`
    is the index of the first row, for the sentence.

    Raises:
        errors.InvalidDataError: A number is too large.
    """
    rows = len(columns[0])
    out = np.zeros((rows, inputs.width), np.float32)
    every, at = np.arange(rows), 0
    for column, values in zip(inputs.columns, columns, strict=True):
        if isinstance(column, NumberColumn):
            out[:, at] = scale(values, column.mean, column.std, standardize=inputs.standardize)
        else:
            known = values >= 0
            out[every[known], at + values[known]] = 1
        at += column.width
    return _shaped(inputs, out, first)


def _shaped(inputs: TableInputs, out: NDArray[np.float32], first: int) -> NDArray[np.float32]:
    finite = np.isfinite(out)
    if not finite.all():
        row, at = (int(index) for index in np.argwhere(~finite)[0])
        owner = [column.name for column in inputs.columns for _ in range(column.width)][at]
        raise _wrong(first + row, owner, f"{wording.quote(owner)} is too large a number")
    return out.reshape(len(out), *inputs.shape)


def unscale(inputs: TableInputs, outputs: NDArray[Any]) -> NDArray[Any]:
    """Encoded rows, `(n, *inputs.shape)`, with numbers in their own units; the scores of categories stay."""
    if not inputs.standardize:
        return outputs
    flat = outputs.astype(np.float64).reshape(len(outputs), inputs.width)
    at = 0
    for column in inputs.columns:
        if isinstance(column, NumberColumn):
            flat[:, at] = flat[:, at] * column.std + column.mean
        at += column.width
    return flat.reshape(outputs.shape).astype(outputs.dtype)


def encode_rows(inputs: TableInputs, rows: Sequence[object] | NDArray[Any]) -> NDArray[np.float32]:
    """Encoded rows from rows as they come in a prediction: objects by column name, or lists.

    Raises:
        errors.InvalidDataError: The sentence says which row and what; the fault points at it.
    """
    if not len(rows):
        return np.zeros((0, *inputs.shape), np.float32)
    batch = _numbers(inputs, rows) if inputs.numeric else None
    if batch is not None:
        return _shaped(inputs, scale(batch, inputs.means, inputs.stds, standardize=inputs.standardize), 0)
    listed = rows.tolist() if isinstance(rows, np.ndarray) else rows
    tuples = [_cells(inputs, index, row) for index, row in enumerate(listed)]
    by_name = [isinstance(row, dict) for row in listed]
    return assemble(
        inputs,
        [
            _column(column, [row[at] for row in tuples], [column.name if named else at for named in by_name])
            for at, column in enumerate(inputs.columns)
        ],
    )


def _numbers(inputs: TableInputs, rows: Sequence[object] | NDArray[Any]) -> NDArray[np.float64] | None:
    """All rows at once when every one is a list of numbers, else None: the slow path knows why."""
    if isinstance(rows[0], dict):
        return None
    try:
        batch = np.asarray(rows)
    except (ValueError, TypeError, OverflowError):
        return None
    if batch.dtype.kind not in "fiub" or batch.shape != (len(rows), len(inputs.columns)):
        return None
    return batch.astype(np.float64)


def _cells(inputs: TableInputs, index: int, row: object) -> Sequence[object]:
    """The cells of one row in the order of the input columns."""
    if isinstance(row, dict):
        if not row.keys() <= inputs.known:
            name = next(name for name in row if name not in inputs.known)
            meant = wording.did_you_mean(str(name), inputs.names)
            raise _wrong(index, str(name), f"there is no column {wording.quote(name)}{meant}")
        return [row.get(name) for name in inputs.names]
    if not isinstance(row, list | tuple):
        raise _wrong(index, None, f"an object by column name or a list is expected, not {wording.quote(row)}")
    if len(row) != len(inputs.columns):
        expected = wording.counted(len(inputs.columns), "value is", "values are")
        raise _wrong(
            index,
            None,
            f"{len(row):,} where {expected} expected, in the order {wording.listing(inputs.names)}",
        )
    return row


def _column(
    column: NumberColumn | CategoryColumn, found: list[object], places: list[str | int]
) -> NDArray[Any]:
    """One input column of all rows: numbers, or codes of categories. `places` is where each row has it."""
    expected, read = ("number", cells.number) if isinstance(column, NumberColumn) else ("text", cells.labels)
    values: list[Any] = [read(cell) for cell in found]
    if None in values:
        index = values.index(None)
        detail = (
            f"{wording.quote(column.name)} is {wording.quote(found[index])} where a {expected} is expected"
        )
        raise _wrong(index, places[index], detail)
    if isinstance(column, NumberColumn):
        return np.array(values, np.float64)
    return np.array([column.code(labels) for labels in values], np.int64)


def _wrong(index: int, where: str | int | None, detail: str) -> errors.InvalidDataError:
    place = errors.pointer("instances", index, *([] if where is None else [where]))
    sentence = f"row {index}: {detail}"
    return errors.InvalidDataError(sentence, [errors.Fault(place, sentence)])
