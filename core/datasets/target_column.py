"""One column of a table's target as it is read."""

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from core.datasets import tabular
from core.datasets.limits import Limits


@dataclass
class TargetColumn:
    """One column of the target as it is read, batch by batch.

    Both readings are kept as long as they are possible, because the last row of a file may decide: `numbers`
    until there is a text, `codes` (indices into `places`) until there are more different values than classes.
    """

    name: str
    limits: Limits
    rows: int = 0
    numbers: list[NDArray[np.float64]] | None = field(default_factory=list)
    codes: list[NDArray[np.int32]] | None = field(default_factory=list)
    places: dict[str | None, int] = field(default_factory=dict)
    text: tuple[int, str] | None = None

    def add(self, chunk: pa.StringArray) -> None:
        """The column's next rows."""
        if self.numbers is not None:
            self._add_numbers(chunk)
        if self.codes is not None:
            self._add_codes(chunk)
        self.rows += len(chunk)

    def _add_numbers(self, chunk: pa.StringArray) -> None:
        values = tabular.numbers(chunk)
        if self.numbers is not None and values is not None:
            self.numbers.append(values)
        else:
            at, text = tabular.first_text(chunk)
            self.text, self.numbers = (self.rows + at, text), None

    def _add_codes(self, chunk: pa.StringArray) -> None:
        different, codes = tabular.texts(chunk)
        own = np.array([self.places.setdefault(value, len(self.places)) for value in different], np.int32)
        if self.codes is not None:
            self.codes.append(own[codes])
        if len(self.places) - (None in self.places) > self.limits.max_classes:
            self.codes = None
