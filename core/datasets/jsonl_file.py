"""Tables in files of one JSON object for each row (JSON Lines), with a key for each column.

Read twice: a key may appear for the first time in the last row, and all columns must be known before the
first row is written. Python's own parser keeps every number as it is written, which PyArrow's does not.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from core import errors
from core.datasets import spool, text_file, wording
from core.datasets.limits import Limits

# Characters of the lines, and cells, that are parsed before they are written.
BATCH = 4 * 2**20
CELLS = 2**18


def open_table(path: Path, spooled: Path, limits: Limits, *, drop: frozenset[str]) -> spool.Table:
    """The table in the file at `path`, for as long as the reading lasts spooled to the file `spooled`.

    Columns that are to be dropped may hold what no cell can.

    Raises:
        errors.InvalidDataError: A line is no object, or holds lists or objects; there are more columns than
            the limit.
    """
    encoding, warnings = text_file.encoding(path, "JSON Lines file")
    names = _names(path, encoding, limits)
    with spool.Writer(spooled, len(names)) as writer:
        for batch in _batches(path, encoding, names, drop):
            writer.write(batch)
    return spool.whole(names, spooled, writer.rows, warnings)


def _names(path: Path, encoding: str, limits: Limits) -> list[str]:
    """All keys, in the order in which they first appear."""
    names: dict[str, None] = {}
    for number, row, _ in _rows(path, encoding):
        names.update(dict.fromkeys(row))
        if len(names) > limits.max_columns:
            raise errors.InvalidDataError(
                f"With line {number:,} it has {len(names):,} columns, "
                f"and at most {limits.max_columns:,} are taken (max_columns)"
            )
    if not names:
        raise errors.InvalidDataError("The file has no row with a value")
    return list(names)


def _batches(path: Path, encoding: str, names: list[str], drop: frozenset[str]) -> Iterator[list[list[str]]]:
    batch: list[list[str]] = []
    size = 0
    for number, row, length in _rows(path, encoding):
        batch.append([_cell(row.get(name), name, number, drop) for name in names])
        size += length
        if size >= BATCH or len(batch) * len(names) >= CELLS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _cell(value: object, name: str, number: int, drop: frozenset[str]) -> str:
    if isinstance(value, str):
        return value
    if value is None or name.strip() in drop:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    kind = "an object" if isinstance(value, dict) else "a list"
    raise errors.InvalidDataError(
        f"Line {number:,}: column {wording.quote(name)} holds {kind}, where a text, a number, true, false or "
        "null is expected; options.drop leaves the column out"
    )


def _rows(path: Path, encoding: str) -> Iterator[tuple[int, dict[str, Any], int]]:
    """Each row with the number of its line and how long that is; empty lines are no rows."""
    # Numbers stay the texts that they are.
    decoder = json.JSONDecoder(
        object_pairs_hook=_object, parse_int=str, parse_float=str, parse_constant=str, strict=False
    )
    with path.open(encoding=encoding) as file:
        lines = text_file.Lines(file)
        for line in lines:
            if line.strip():
                yield lines.number, _row(decoder, line, lines.number), len(line)


def _row(decoder: json.JSONDecoder, line: str, number: int) -> dict[str, Any]:
    try:
        row = decoder.decode(line)
    except _RepeatedError as error:
        raise errors.InvalidDataError(f"Line {number:,} has {wording.quote(error.args[0])} twice") from None
    except RecursionError:
        raise errors.InvalidDataError(f"Line {number:,} is nested too deep") from None
    except json.JSONDecodeError as error:
        raise errors.InvalidDataError(
            f"Line {number:,} is not JSON: {error.msg} at character {error.pos + 1:,}; "
            "a row is an object on a line of its own"
        ) from None
    if not isinstance(row, dict):
        raise errors.InvalidDataError(
            f"Line {number:,} is no object: {wording.quote(line.strip())}; a row is an object by column name"
        )
    return row


class _RepeatedError(Exception):
    """An object has the same key twice; its argument is the key."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        raise _RepeatedError(next(key for key, _ in pairs if key in seen or seen.add(key)))  # type: ignore[func-returns-value]  # `add` answers None, which is no match
    return found
