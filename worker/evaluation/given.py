"""The rows on which a network errs most, as they were given: what is no picture can be read."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.datasets import array_inputs, table_inputs, wording
from core.datasets.array_inputs import ArrayInputs
from core.datasets.encoding import Encoding
from core.datasets.several_inputs import NamedInputs
from core.datasets.table_inputs import CategoryColumn, TableInputs
from core.datasets.text_inputs import FIRST, UNKNOWN, TextInputs

# Of a wider row it is the first ones: twenty rows are told for each output.
MOST_CELLS = 24
LONGEST = 200
DIGITS = 6
# Stands for a word that is not in the vocabulary.
NO_WORD = "…"


def add(told: dict[str, Any], x: Sequence[NDArray[Any]], encoding: Encoding) -> None:
    """Puts `given` beside each row that is told of: its cells by name, in the units that were uploaded.

    `x` is what went in: for each input `(rows, *shape)`. What was missing is there as the network had it: a
    number is the mean of its column.
    """
    for one in told.values():
        for described in one.get("mistakes", one.get("worst", [])):
            cells: dict[str, Any] = {}
            for rows, part in zip(x, encoding.input_parts, strict=True):
                cells |= _cells(part, rows[described["row"]])
            if cells:
                described["given"] = {
                    wording.short(name, LONGEST): cell for name, cell in list(cells.items())[:MOST_CELLS]
                }


def _cells(part: NamedInputs, row: NDArray[Any]) -> dict[str, Any]:
    """The cells of one part, `row` as the network takes it; none of a picture, or of a large array."""
    inputs = part.inputs
    if isinstance(inputs, TableInputs):
        return _table(inputs, row)
    if isinstance(inputs, TextInputs):
        return {part.keys[0]: _text(inputs, row)}
    if isinstance(inputs, ArrayInputs) and not inputs.pictures and row.size <= MOST_CELLS:
        raw = array_inputs.unscale(inputs, row[None])[0].reshape(-1)
        return {f"{part.name}[{place}]": _number(value) for place, value in enumerate(raw)}
    return {}


def _table(inputs: TableInputs, row: NDArray[Any]) -> dict[str, Any]:
    flat = table_inputs.unscale(inputs, row[None]).reshape(-1)
    cells: dict[str, Any] = {}
    at = 0
    for column in inputs.columns:
        own = flat[at : at + column.width]
        if isinstance(column, CategoryColumn):
            # A category that was never seen is none of the known ones.
            value = column.values[int(own.argmax())] if own.any() else None
            cells[column.name] = value and wording.short(value, LONGEST)
        else:
            cells[column.name] = _number(own[0])
        at += column.width
    return cells


def _text(inputs: TextInputs, row: NDArray[Any]) -> str:
    numbers = [int(number) for number in row if number]
    words = (NO_WORD if number == UNKNOWN else inputs.words[number - FIRST] for number in numbers)
    return wording.short(" ".join(words), LONGEST)


def _number(value: Any) -> float | None:  # noqa: ANN401 - numpy's scalars of every type
    """A number with as many digits as one reads."""
    return float(f"{value:.{DIGITS}g}") if np.isfinite(value) else None
