"""A table between its format and its arrays: every cell as text, in one file of columns.

Every format of tables is turned into this, once; what is then asked of a table reads the columns it needs, a
batch of rows at a time.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import pyarrow as pa
from pyarrow import ipc

# A third of the disk for a tenth of the time.
OPTIONS = ipc.IpcWriteOptions(compression="lz4", use_threads=False)


@dataclass(frozen=True)
class Part:
    """The rows of one file, spooled to `path`; `order` says where each of the table's columns is in it."""

    path: Path
    rows: int
    order: tuple[int, ...]

    def batches(self, columns: Sequence[int]) -> Iterator[list[pa.StringArray]]:
        """As `Table.batches`."""
        places = [self.order[at] for at in columns]
        wanted = sorted(set(places))
        order = [wanted.index(place) for place in places]
        options = ipc.IpcReadOptions(included_fields=wanted, use_threads=False)
        with pa.OSFile(str(self.path)) as file, ipc.open_file(file, options=options) as reader:
            for index in range(reader.num_record_batches):
                batch = reader.get_batch(index)
                yield [batch.column(at) for at in order]


@dataclass(frozen=True)
class Table:
    """The columns of a table; `names` are the file's, without blanks around, and may repeat or be empty.

    Of two parts, which are two files, the second has the rows for the test.
    """

    names: tuple[str, ...]
    parts: tuple[Part, ...]
    # What a reader had to assume.
    warnings: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        """The rows of all parts."""
        return sum(part.rows for part in self.parts)

    def batches(self, columns: Sequence[int]) -> Iterator[list[pa.StringArray]]:
        """The texts of the chosen columns, a batch of rows at a time; the same batches every time."""
        for part in self.parts:
            yield from part.batches(columns)


def whole(names: Sequence[str], path: Path, rows: int, warnings: Sequence[str] = ()) -> Table:
    """The table of one file whose `rows` were spooled to `path`."""
    stripped = tuple(name.strip() for name in names)
    return Table(stripped, (Part(path, rows, tuple(range(len(stripped)))),), tuple(warnings))


class Writer:
    """Writes the rows of a table into a file for `Table`."""

    def __init__(self, path: Path, width: int) -> None:
        # By their places: names may repeat.
        self._schema = pa.schema([(str(at), pa.string()) for at in range(width)])
        self._file = pa.OSFile(str(path), "wb")
        self._writer = ipc.new_file(self._file, self._schema, options=OPTIONS)
        self.rows = 0

    def write(self, rows: Sequence[Sequence[str]]) -> None:
        """Appends a batch of rows, each with a text for every column."""
        self.write_columns([pa.array(column, pa.string()) for column in zip(*rows, strict=True)])

    def write_columns(self, columns: Sequence[pa.StringArray]) -> None:
        """Appends a batch of rows, as an array without nulls for every column."""
        batch = pa.record_batch(columns, schema=self._schema)
        self._writer.write_batch(batch)
        self.rows += batch.num_rows

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Closing writes too, and a full disk would then be told twice.
        try:
            if kind is None:
                self._writer.close()
        finally:
            self._file.close()
