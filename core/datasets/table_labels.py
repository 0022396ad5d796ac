"""A target of any number of labels for each row: one column of lists, or for each label one of 0 and 1."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from core import errors
from core.datasets import spool, tabular, wording
from core.datasets.limits import Limits

# What may stand between labels; the first that a column has is the one.
SEPARATORS = (";", "|", ",")


@dataclass(frozen=True)
class Labels:
    """The labels of each of `rows`: label `codes[i]`, an index into `names`, is one of row `owners[i]`'s."""

    names: list[str]
    owners: NDArray[np.int64]
    codes: NDArray[np.int64]
    rows: int

    def only(self, kept: NDArray[np.bool_]) -> "Labels":
        """Those of the rows that are kept."""
        chosen = kept[self.owners]
        places = np.cumsum(kept) - 1
        return Labels(self.names, places[self.owners[chosen]], self.codes[chosen], int(kept.sum()))

    def counts(self, chosen: NDArray[np.bool_]) -> NDArray[np.int64]:
        """How many of the chosen rows have each label."""
        return np.bincount(self.codes[chosen[self.owners]], minlength=len(self.names))

    def chunks(self, step: int) -> Iterator[NDArray[np.float32]]:
        """A 1 for each label that a row has, `(n, labels)`, `step` rows at a time."""
        for begin in range(0, self.rows, step):
            first, last = np.searchsorted(self.owners, [begin, begin + step])
            out = np.zeros((min(step, self.rows - begin), len(self.names)), np.float32)
            out[self.owners[first:last] - begin, self.codes[first:last]] = 1
            yield out


@dataclass
class LabelColumn:
    """One column of lists of labels as it is read; a missing value is a row without labels."""

    name: str
    separator: str
    limits: Limits
    rows: int = 0
    places: dict[str, int] = field(default_factory=dict)
    owners: list[NDArray[np.int64]] = field(default_factory=list)
    codes: list[NDArray[np.int32]] = field(default_factory=list)

    def add(self, chunk: pa.StringArray) -> None:
        """The column's next rows."""
        different, places = tabular.texts(chunk)
        lists = [self._codes(text or "") for text in different]
        lengths = np.array([len(found) for found in lists], np.int64)
        flat = np.array([code for found in lists for code in found], np.int32)
        begins = np.cumsum(lengths) - lengths
        counts = lengths[places]
        within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        self.codes.append(flat[np.repeat(begins[places], counts) + within])
        self.owners.append(np.repeat(np.arange(len(chunk)), counts) + self.rows)
        self.rows += len(chunk)

    def _codes(self, text: str) -> list[int]:
        labels = dict.fromkeys(label for part in text.split(self.separator) if (label := part.strip()))
        found = [self.places.setdefault(label, len(self.places)) for label in labels]
        if len(self.places) > self.limits.max_classes:
            raise errors.InvalidDataError(
                f"The target {wording.quote(self.name)} has more than {self.limits.max_classes:,} different "
                "labels (max_classes)"
            )
        return found

    def settle(self) -> Labels:
        """All labels, in alphabetical order."""
        if not self.places:
            raise errors.InvalidDataError(f"No row has a label in the target {wording.quote(self.name)}")
        names = sorted(self.places)
        order = {name: at for at, name in enumerate(names)}
        merged = np.array([order[name] for name in self.places], np.int64)
        return Labels(names, np.concatenate(self.owners), merged[np.concatenate(self.codes)], self.rows)


def separator(table: spool.Table, column: int) -> str:
    """What stands between the labels of a column."""
    found: set[str] = set()
    for (chunk,) in table.batches([column]):
        found |= {mark for mark in SEPARATORS if pc.any(pc.match_substring(chunk, mark)).as_py()}
    return next((mark for mark in SEPARATORS if mark in found), SEPARATORS[0])


def of_columns(names: Sequence[str], values: NDArray[np.float64]) -> tuple[Labels, NDArray[np.bool_]]:
    """The labels that columns of 0 and 1 give, `(rows, labels)`, and which rows have no missing value.

    Raises:
        errors.InvalidDataError: There is another number.
    """
    strange = ~np.isnan(values) & (values != 0) & (values != 1)
    if strange.any():
        row, at = (int(index) for index in np.argwhere(strange)[0])
        raise errors.InvalidDataError(
            f"Data row {row + 1:,}: the label {wording.quote(names[at])} is {values[row, at]:g}, "
            "where 0 or 1 is expected"
        )
    owners, codes = np.nonzero(values == 1)
    if not len(owners):
        raise errors.InvalidDataError(f"No row has a label in the target {wording.listing(names)}")
    return Labels(list(names), owners, codes, len(values)), np.asarray(~np.isnan(values).any(axis=1))
