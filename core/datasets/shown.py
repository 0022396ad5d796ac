"""How rows were uploaded, and what their columns look like: the part of a preview that formats differ in."""

import itertools
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

MOST_ROWS = 100
MOST_ROW_BYTES = 128 * 2**10
MOST_COLUMNS = 100
# Training rows that statistics are made of: all of them in most data sets.
MOST_SAMPLED = 10_000
SEED = 0


@dataclass(frozen=True)
class Shown:
    """The first rows as uploaded, for JSON; statistics of columns, and of how many rows they are.

    Without `columns` they are made from the arrays that were written.
    """

    rows: list[dict[str, Any]]
    columns: list[dict[str, Any]] | None = None
    sampled_rows: int = 0


def first(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The first of `rows`, as many as a preview has room for, and one at least."""
    found: list[dict[str, Any]] = []
    size = 0
    for row in itertools.islice(rows, MOST_ROWS):
        size += len(json.dumps(row))
        if found and size > MOST_ROW_BYTES:
            break
        found.append(row)
    return found


def sample(count: int, most: int = MOST_SAMPLED) -> NDArray[np.int64]:
    """The places of at most `most` of `count` rows, chosen by chance but always the same, in their order."""
    if count <= most:
        return np.arange(count)
    return np.sort(np.random.Generator(np.random.PCG64(SEED)).choice(count, most, replace=False))
