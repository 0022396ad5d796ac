"""Tables as CSV, for spreadsheets."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime

from flask import Response, request

MEDIA_TYPE = "text/csv"
# What a spreadsheet takes for the beginning of a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def wanted() -> bool:
    """Whether who asks would rather have CSV than JSON."""
    return request.accept_mimetypes.best_match(["application/json", MEDIA_TYPE]) == MEDIA_TYPE


def answer(name: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """An answer of CSV, to be kept as a file of that name."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([_cell(value) for value in head])
    writer.writerows([_cell(value) for value in row] for row in rows)
    # With a mark of its encoding, without which Excel takes it for another.
    response = Response("\N{BOM}" + text.getvalue(), content_type=f"{MEDIA_TYPE}; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _cell(value: object) -> object:
    """A value as a cell: no name of a user's, nor of an assignment, becomes a formula."""
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, str) and value.startswith(FORMULA):
        return f"'{value}"
    return "" if value is None else value
