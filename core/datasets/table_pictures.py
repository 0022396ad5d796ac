"""Tables that lie in an archive beside the pictures that a column of theirs names."""

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from core import errors
from core.datasets import cells, formats, pictures, spool, storing, table_files, wording, zip_file
from core.datasets.limits import Limits
from core.datasets.options import Options
from core.datasets.reading import Upload
from core.datasets.table_rows import Rows


@dataclass(frozen=True)
class Gallery:
    """The files of an archive by their names, and the folder that the table lies in.

    Every value in the table's `columns` is the name of a picture, by its ending.
    """

    archive: zipfile.ZipFile
    entries: dict[str, zipfile.ZipInfo]
    folder: PurePosixPath
    columns: tuple[int, ...]

    @property
    def has_pictures(self) -> bool:
        """Whether there is any picture, by its ending."""
        return any(pictures.is_named(name) for name in self.entries)

    def pictures(self, rows: Rows, name: str) -> list[zipfile.ZipInfo]:
        """The picture of each row.

        Raises:
            errors.InvalidDataError: One is not in the archive.
        """
        found = []
        for (chunk,) in rows.batches(rows.places([name])):
            for cell in chunk.to_pylist():
                entry = self._entry(cells.text(cell) or "")
                if entry is None:
                    raise errors.InvalidDataError(
                        f"Column {wording.quote(name)} names {wording.quote(cell)}, "
                        "which is not in the archive"
                    )
                found.append(entry)
        return found

    def _entry(self, name: str) -> zipfile.ZipInfo | None:
        """The file of that name, beside the table or from the archive's top."""
        return self.entries.get(str(self.folder / name)) or self.entries.get(str(PurePosixPath(name)))


def _columns(table: spool.Table) -> tuple[int, ...]:
    """The columns of which every value is the name of a picture, by its ending."""
    candidates = set(range(len(table.names)))
    filled: set[int] = set()
    for batch in table.batches(range(len(table.names))):
        for at in sorted(candidates):
            texts = {text for cell in batch[at].unique().to_pylist() if (text := cells.text(cell))}
            filled |= {at} if texts else set()
            if not all(pictures.is_named(text) for text in texts):
                candidates.discard(at)
        if not candidates:
            break
    return tuple(sorted(candidates & filled))


def _table_of(entries: Sequence[zipfile.ZipInfo]) -> zipfile.ZipInfo:
    """The only table among the files of an archive."""
    tables = [entry for entry in entries if formats.is_table(entry.filename)]
    if len(tables) != 1:
        names = wording.listing([entry.filename for entry in tables])
        raise errors.InvalidDataError(
            f"One table is expected in the archive, and there are {len(tables)}: {names}"
        )
    return tables[0]


def open_table(
    archive: zipfile.ZipFile,
    entries: Sequence[zipfile.ZipInfo],
    options: Options,
    into: Path,
    limits: Limits,
) -> tuple[spool.Table, Gallery]:
    """The table in an archive, spooled into the folder `into`, with its pictures.

    Raises:
        errors.InvalidDataError: There are several, or it is not what its name says.
    """
    entry = _table_of(entries)
    unpacked = into / storing.SECOND
    named = wording.quote(entry.filename)
    with zip_file.damage(named), archive.open(entry) as packed, unpacked.open("wb") as out:
        while piece := packed.read(storing.PIECE):
            out.write(piece)
    table = table_files.open_tables([Upload(entry.filename, unpacked)], options, into, limits)
    by_name = {other.filename: other for other in entries}
    return table, Gallery(archive, by_name, PurePosixPath(entry.filename).parent, _columns(table))
