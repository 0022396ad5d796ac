"""Tables in CSV files: which characters and delimiter they use, and their rows.

Parsed by Python's own parser. PyArrow's is three times as fast, but sets aside the length of a block for
every column (2,000 columns ask for 23 GB of addresses, which a limit on memory refuses), takes the
end of the file for the end of a quote, and does not know on which line a row begins.
"""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from core import errors
from core.datasets import finding, spool, text_file, wording
from core.datasets.limits import Limits
from core.datasets.text_file import LONGEST, Lines

# Characters that are parsed before they are written.
BATCH = 4 * 2**20
DELIMITERS = (",", ";", "\t")
TABS = ("\t",)


def open_table(
    path: Path, spooled: Path, limits: Limits, *, delimiters: Sequence[str] = DELIMITERS
) -> spool.Table:
    """The table in the file at `path`, for as long as the reading lasts spooled to the file `spooled`.

    Raises:
        errors.InvalidDataError: It is not a CSV file, is empty, has more columns than the limit, or a row
            has more or fewer values than the first.
    """
    encoding, warnings = text_file.encoding(path, "TSV" if delimiters == TABS else "CSV")
    csv.field_size_limit(LONGEST)
    with path.open(encoding=encoding, newline="") as file:
        lines = Lines(file)
        delimiter, header = _header(lines, delimiters)
        finding.check_columns(len(header), limits)
        with spool.Writer(spooled, len(header)) as writer:
            for rows in _batches(lines, delimiter, len(header)):
                writer.write(rows)
    return spool.whole(header, spooled, writer.rows, warnings)


def _header(lines: Lines, delimiters: Sequence[str]) -> tuple[str, list[str]]:
    """What separates values, and those of the first line."""
    first = next((line for line in lines if line.strip()), None)
    if first is None:
        raise errors.InvalidDataError("The file has nothing but empty lines")
    lines.number -= 1
    widths = {delimiter: _width(first, delimiter) for delimiter in delimiters}
    delimiter = "," if widths.get(",", 0) > 1 else max(delimiters, key=lambda known: widths[known])
    lines.waiting.append(first)
    return delimiter, next(_rows(lines, delimiter))[1]


def _width(line: str, delimiter: str) -> int:
    """How many values a line seems to have; a name may go on in the next line."""
    return len(next(csv.reader([line], delimiter=delimiter)))


def _rows(lines: Lines, delimiter: str) -> Iterator[tuple[int, list[str]]]:
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


def _batches(lines: Lines, delimiter: str, width: int) -> Iterator[list[list[str]]]:
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
