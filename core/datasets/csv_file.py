"""Tables in CSV files: which characters and delimiter they use, and their rows.

Parsed by Python's own parser. PyArrow's is three times as fast, but sets aside the length of a block for
every column (2,000 columns ask for 23 GB of addresses, which a limit on memory refuses), takes the
end of the file for the end of a quote, and does not know on which line a row begins.
"""

import codecs
import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from core import errors
from core.datasets import spool, storing, wording
from core.datasets.limits import Limits

PIECE = 2**20
# Characters of a line, and of a quoted value.
LONGEST = 8 * 2**20
# Characters that are parsed before they are written.
BATCH = 4 * 2**20
DELIMITERS = (",", ";", "\t")
BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    # Before UTF-16, whose mark UTF-32's begins with.
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def open_table(path: Path, into: Path, limits: Limits) -> spool.Table:
    """The table in the file at `path`, for as long as the reading lasts spooled into the folder `into`.

    Raises:
        errors.InvalidDataError: It is not a CSV file, is empty, has more columns than the limit, or a row
            has more or fewer values than the first.
    """
    encoding, warnings = _encoding(path)
    csv.field_size_limit(LONGEST)
    spooled = into / storing.TEMPORARY
    with path.open(encoding=encoding, newline="") as file:
        lines = _Lines(file)
        delimiter, header = _header(lines)
        if len(header) > limits.max_columns:
            raise errors.InvalidDataError(
                f"It has {len(header):,} columns, and at most {limits.max_columns:,} are taken (max_columns)"
            )
        with spool.Writer(spooled, len(header)) as writer:
            for rows in _batches(lines, delimiter, len(header)):
                writer.write(rows)
    return spool.Table(tuple(name.strip() for name in header), spooled, tuple(warnings))


def _encoding(path: Path) -> tuple[str, list[str]]:
    """The encoding of the whole file, and warnings.

    Raises:
        errors.InvalidDataError: It is not text.
    """
    with path.open("rb") as file:
        head = file.read(4)
    marked = next((name for mark, name in BOMS if head.startswith(mark)), None)
    try:
        _survey(path, marked or "utf-8")
    except UnicodeDecodeError as error:
        if marked:
            called = marked.removesuffix("-sig").upper()
            raise errors.InvalidDataError(
                f"It is not a CSV: it begins as {called} does, and is not ({error.reason})"
            ) from None
        _survey(path, "latin-1")
        return "latin-1", ["The file is not UTF-8 and was read as Latin-1"]
    return marked or "utf-8", []


def _survey(path: Path, encoding: str) -> None:
    """Refuses binary files, and raises UnicodeDecodeError for those that are not in that encoding."""
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            if "\0" in decoder.decode(piece):
                raise errors.InvalidDataError("It is not a CSV: it has zero bytes, as binary files do")
    decoder.decode(b"", final=True)


@dataclass
class _Lines:
    """The lines of a file, each of a bounded length, counted as they are taken."""

    file: TextIO
    number: int = 0
    characters: int = 0
    # A line that was looked at and put back.
    waiting: list[str] = field(default_factory=list)

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self.waiting.pop() if self.waiting else self.file.readline(LONGEST)
        if not line:
            raise StopIteration
        self.number += 1
        self.characters += len(line)
        if len(line) >= LONGEST:
            raise errors.InvalidDataError(
                f"Line {self.number:,} is longer than {LONGEST // 2**20} million characters"
            )
        return line


def _header(lines: _Lines) -> tuple[str, list[str]]:
    """What separates values, and those of the first line."""
    first = next((line for line in lines if line.strip()), None)
    if first is None:
        raise errors.InvalidDataError("The file has nothing but empty lines")
    lines.number -= 1
    widths = {delimiter: _width(first, delimiter) for delimiter in DELIMITERS}
    delimiter = "," if widths[","] > 1 else max(DELIMITERS, key=lambda known: widths[known])
    lines.waiting.append(first)
    return delimiter, next(_rows(lines, delimiter))[1]


def _width(line: str, delimiter: str) -> int:
    """How many values a line seems to have; a name may go on in the next line."""
    return len(next(csv.reader([line], delimiter=delimiter)))


def _rows(lines: _Lines, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Each row with the number of the line on which it begins; empty lines are no rows."""
    rows = csv.reader(lines, delimiter=delimiter, strict=True)
    begins = lines.number + 1
    try:
        for row in rows:
            if row:
                yield begins, row
            begins = lines.number + 1
    except csv.Error as error:
        raise errors.InvalidDataError(_complaint(str(error), begins, lines.number)) from None


def _complaint(message: str, begins: int, now: int) -> str:
    """The parser's error as a sentence, for a row that began on one line and broke on another."""
    if "unexpected end of data" in message:
        return f"The row that begins on line {begins:,} has a quote that is never closed"
    if "field larger" in message:
        return (
            f"The row that begins on line {begins:,} has a value of more than {LONGEST // 2**20} million "
            "characters; perhaps a quote is never closed"
        )
    return f"Line {now:,} is not CSV: {message}"


def _batches(lines: _Lines, delimiter: str, width: int) -> Iterator[list[list[str]]]:
    """The rows, so many at a time as hold `BATCH` characters."""
    batch: list[list[str]] = []
    start = lines.characters
    for line, row in _rows(lines, delimiter):
        if len(row) != width:
            raise errors.InvalidDataError(
                f"Line {line:,} has {wording.counted(len(row), 'value')} where the first has {width:,}: "
                f"{wording.quote(delimiter.join(row[:100]))}"
            )
        batch.append(row)
        if lines.characters - start >= BATCH:
            yield batch
            batch, start = [], lines.characters
    if batch:
        yield batch
