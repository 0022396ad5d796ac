"""Columns of texts as numbers and categories, batch by batch: the fast half of `cells`, which is the rule."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from core.datasets import cells
from core.datasets.table_inputs import CategoryColumn

MISSING = pa.array(sorted(cells.MISSING), pa.string())


def numbers(column: pa.StringArray) -> NDArray[np.float64] | None:
    """The numbers in a column, NaN for what is missing, infinities as they are; None when one is a text."""
    fast = _cast(column)
    if fast is None:
        # ASCII's blanks are blanks to Python too: this trims never more than `cells` does.
        trimmed = pc.ascii_trim_whitespace(column)
        fast = _cast(pc.if_else(pc.is_in(trimmed, MISSING), pa.scalar(None, pa.string()), trimmed))
    if fast is not None:
        return fast
    slow = [cells.number(cell) for cell in column.to_pylist()]
    return None if None in slow else np.array(slow, np.float64)


def _cast(column: pa.StringArray) -> NDArray[np.float64] | None:
    """What PyArrow reads as numbers, as far as it is sure to read them as Python does."""
    try:
        cast = pc.cast(column, pa.float64())
    except pa.ArrowInvalid:
        return None
    values: NDArray[np.float64] = cast.to_numpy(zero_copy_only=False)
    # It has words for NaN and infinity that Python has not, such as nan(1).
    return values if int(np.isfinite(values).sum()) + cast.null_count == len(values) else None


def texts(column: pa.StringArray) -> tuple[list[str | None], NDArray[np.int64]]:
    """The different texts of a column (None is missing), and for every row the index of its own."""
    coded = column.dictionary_encode()
    stripped = [cells.text(value) for value in coded.dictionary.to_pylist()]
    places: dict[str | None, int] = {}
    merged = np.array([places.setdefault(value, len(places)) for value in stripped], np.int64)
    return list(places), merged[coded.indices.to_numpy()]


def codes(column: CategoryColumn, chunk: pa.StringArray) -> NDArray[np.int64]:
    """The code of every cell of a category, `table_inputs.UNKNOWN` where it has none."""
    different, places = texts(chunk)
    known = np.array([column.code([] if value is None else [value]) for value in different], np.int64)
    return known[places]


def first_text(column: pa.StringArray) -> tuple[int, str]:
    """The index and value of the first cell that is no number, in a column that has one."""
    return next((at, cell) for at, cell in enumerate(column.to_pylist()) if cells.number(cell) is None)
