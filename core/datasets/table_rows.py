"""The rows of a table that are kept, in batches of some of its columns."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from core.datasets import spool


@dataclass(frozen=True)
class Rows:
    """A table, a mask over its rows of those that are kept, and one over these of those to test on."""

    table: spool.Table
    kept: NDArray[np.bool_]
    test: NDArray[np.bool_]

    def batches(self, columns: Sequence[int]) -> Iterator[list[pa.StringArray]]:
        """As `Table.batches`."""
        at = 0
        for batch in self.table.batches(columns):
            kept = self.kept[at : at + len(batch[0])]
            at += len(kept)
            yield batch if kept.all() else [column.filter(pa.array(kept)) for column in batch]

    def places(self, names: Sequence[str]) -> list[int]:
        """Where the columns of these names are."""
        return [self.table.names.index(name) for name in names]
