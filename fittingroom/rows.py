"""What the command line reads from files: documents, and rows to predict."""

import base64
import csv
import io
import json
import math
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from fittingroom.errors import InputError

PICTURES = frozenset({".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp"})


def document(path: Path) -> Any:  # noqa: ANN401 (any JSON)
    """The JSON in a file."""
    return parse(_text(path), str(path))


def job(path: Path) -> dict[str, Any]:
    """The job in a file."""
    found = document(path)
    if not isinstance(found, dict):
        raise InputError(f"{path}: a job is a JSON object")
    return found


def written(value: Any) -> str:  # noqa: ANN401 (any JSON)
    """A value as JSON."""
    return json.dumps(value, ensure_ascii=False)


def options(whole: str | None, single: Sequence[str]) -> dict[str, Any]:
    """Options from a JSON object, and from `key=value`, where a value that is no JSON is text."""
    chosen = parse(whole, "--options") if whole else {}
    if not isinstance(chosen, dict):
        raise InputError("--options: a JSON object is wanted")
    for option in single:
        key, equals, text = option.partition("=")
        if not (key and equals):
            raise InputError(f"--option {option}: key=value is wanted, such as sequence_length=40")
        try:
            chosen[key] = json.loads(text, parse_constant=_refuse_constant)
        except (ValueError, RecursionError):
            chosen[key] = text
    return chosen


def parse(text: str, origin: str) -> Any:  # noqa: ANN401 (any JSON)
    """The JSON in a text that came from `origin`."""
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise InputError(f"{origin}: {where}: this is not JSON: {error.msg}") from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"{origin}: {error}") from error


def to_predict(path: Path) -> Any:  # noqa: ANN401 (rows are lists, objects or numbers)
    """The rows in a file: a table, arrays, a picture, or JSON, a list or `{"instances": […]}`."""
    match path.suffix.lower():
        case ending if ending in PICTURES:
            return [{"b64": base64.b64encode(_bytes(path)).decode()}]
        case ".csv":
            return _table(path, ",")
        case ".tsv":
            return _table(path, "\t")
        case ".npz":
            return _array(path)
        case ".jsonl":
            numbered = enumerate(_text(path).split("\n"), start=1)
            return [parse(line, f"{path}, line {number}") for number, line in numbered if line.strip()]
    found = document(path)
    if isinstance(found, dict) and "instances" in found:
        found = found["instances"]
    if not isinstance(found, list):
        raise InputError(f'{path}: neither a list of rows nor an object with "instances"')
    return found


def _table(path: Path, delimiter: str) -> list[dict[str, Any]]:
    """Rows as objects by the names in the first line."""
    # A newline in a quoted cell stays what it is.
    table = [row for row in csv.reader(io.StringIO(_text(path), newline=""), delimiter=delimiter) if row]
    if not table:
        raise InputError(f"{path}: there is no header row")
    header, *rows = table
    for number, row in enumerate(rows, start=2):
        if len(row) != len(header):
            raise InputError(f"{path}: row {number} has {len(row)} cells, and the header {len(header)}")
    columns = [list(_values([row[index] for row in rows])) for index in range(len(header))]
    return [dict(zip(header, cells, strict=True)) for cells in zip(*columns, strict=True)]


def _values(cells: list[str]) -> Iterator[Any]:
    """A column's values: numbers if all of them are, else text; an empty cell is missing.

    All or none, because a column of text may hold a cell that looks like a number.
    """
    numbers = [_number(cell) for cell in cells]
    numeric = all(number is not None or not cell.strip() for cell, number in zip(cells, numbers, strict=True))
    for cell, number in zip(cells, numbers, strict=True):
        yield (number if numeric else cell) if cell.strip() else None


def _number(cell: str) -> float | None:
    """A finite number, or None. `1_000` is one to Python and to nobody else's CSV."""
    if "_" in cell:
        return None
    try:
        return int(cell)
    except ValueError:
        pass
    try:
        number = float(cell)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _array(path: Path) -> Any:  # noqa: ANN401 (nested lists)
    try:
        # numpy comes with the service and the worker; the client alone does without.
        import numpy as np
    except ImportError as error:
        raise InputError(f"{path}: reading .npz takes numpy, which is not installed") from error
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            return _rows_of(arrays, path)
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}") from error
    except (ValueError, EOFError, TypeError, zipfile.BadZipFile) as error:
        raise InputError(f"{path}: this is not an .npz file of plain arrays ({error})") from error


def _rows_of(arrays: Mapping[str, Any], path: Path) -> Any:  # noqa: ANN401 (nested lists)
    """The rows of `x`, or by name those of `x_NAME`; where the file has rows for the test, these."""
    ending = "_test" if any(name.startswith("x") and name.endswith("_test") for name in arrays) else ""
    if f"x{ending}" in arrays:
        return arrays[f"x{ending}"].tolist()
    named = {
        name[2:].removesuffix(ending): arrays[name].tolist()
        for name in arrays
        if name.startswith("x_") and name.endswith(ending)
    }
    if not named:
        raise InputError(f'{path}: there is no array "x", only {", ".join(arrays) or "nothing"}')
    if len(set(map(len, named.values()))) > 1:
        raise InputError(f"{path}: its arrays have different numbers of rows")
    return [dict(zip(named, row, strict=True)) for row in zip(*named.values(), strict=True)]


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from error


def _text(path: Path) -> str:
    try:
        # Excel begins with a byte order mark. Line ends stay as they are, for the CSV reader.
        with path.open(encoding="utf-8-sig", newline="") as file:
            return file.read()
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: this is not text in UTF-8 (byte {error.start})") from error
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from error


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON; a missing value is null")
