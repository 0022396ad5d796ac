"""How a table's rows were uploaded, and what is in its columns."""

import json
import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from core.datasets import cells, column_statistics, shown, tabular, wording
from core.datasets.table_rows import Rows

# Characters of a cell and of a name: fewer where a row has many, so that one row is never too long.
LONGEST, LONGEST_OF_MANY, MANY = 500, 60, 200
# What JSON takes for a number; 007 is none, and is shown as the text that it is.
NUMBER = re.compile(r"-?(0|[1-9]\d{0,14})(\.\d{1,17})?([eE][+-]?\d{1,3})?")


def show(rows: Rows) -> shown.Shown:
    """The first rows by column name, and statistics of the first columns over a sample of training rows."""
    named = [at for at, name in enumerate(rows.table.names) if name]
    some = named[: shown.MOST_COLUMNS]
    train = np.flatnonzero(~rows.test)
    places = train[shown.sample(len(train))]
    sampled = np.zeros(len(rows.test), np.bool_)
    sampled[places] = True
    return shown.Shown(shown.first(_objects(rows, named)), _columns(rows, some, sampled), len(places))


def _objects(rows: Rows, columns: Sequence[int]) -> Iterator[dict[str, Any]]:
    most = LONGEST if len(columns) <= MANY else LONGEST_OF_MANY
    names = [wording.short(rows.table.names[at], most) for at in columns]
    for batch in rows.batches(columns):
        few = [column.slice(0, shown.MOST_ROWS).to_pylist() for column in batch]
        for row in zip(*few, strict=True):
            yield {name: _value(cell, most) for name, cell in zip(names, row, strict=True)}


def _value(cell: str, most: int) -> object:
    """A cell as JSON would have it: a number, a text that is not too long, or nothing."""
    text = cells.text(cell)
    if text is not None and NUMBER.fullmatch(text):
        value = json.loads(text)
        return value if math.isfinite(value) else text
    return None if text is None else wording.short(text, most)


def _columns(rows: Rows, columns: Sequence[int], sampled: NDArray[np.bool_]) -> list[dict[str, Any]]:
    """Statistics of each column: of numbers, where all of them are, and else of texts."""
    names = rows.table.names
    values: dict[int, list[NDArray[np.float64]]] = {at: [] for at in columns}
    for batch in _sampled(rows, columns, sampled):
        for at, chunk in zip(columns, batch, strict=True):
            read = tabular.numbers(chunk) if at in values else None
            if read is None:
                values.pop(at, None)
            else:
                values[at].append(read)
    found = {at: column_statistics.numbers(names[at], np.concatenate(read)) for at, read in values.items()}
    texts = [at for at in columns if at not in values]
    counts: dict[int, Counter[str | None]] = {at: Counter() for at in texts}
    for batch in _sampled(rows, texts, sampled) if texts else ():
        for at, chunk in zip(texts, batch, strict=True):
            _count(counts[at], chunk)
    for at, counted in counts.items():
        missing = counted.pop(None, 0)
        known = Counter({text: count for text, count in counted.items() if text is not None})
        found[at] = column_statistics.categories(names[at], known, missing)
    return [found[at] for at in columns]


def _sampled(
    rows: Rows, columns: Sequence[int], sampled: NDArray[np.bool_]
) -> Iterator[list[pa.StringArray]]:
    begin = 0
    for batch in rows.batches(columns):
        mask = sampled[begin : begin + len(batch[0])]
        begin += len(mask)
        if mask.any():
            yield batch if mask.all() else [column.filter(pa.array(mask)) for column in batch]


def _count(counted: Counter[str | None], chunk: pa.StringArray) -> None:
    """Counts the texts of a chunk, each cut off where nobody would read on."""
    different, places = tabular.texts(chunk)
    for text, count in zip(different, np.bincount(places, minlength=len(different)).tolist(), strict=True):
        counted[None if text is None else wording.short(text)] += count
