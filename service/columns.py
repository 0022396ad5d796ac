"""Rows from the columnar format of TensorFlow Serving, and rows by the names of a network's inputs."""

from typing import Any

from core.datasets.encoding import Inputs, SeveralInputs
from core.datasets.several_inputs import NamedInputs
from core.datasets.table_inputs import TableInputs
from core.errors import InvalidRequestError

ALL = "inputs"
"""What the columnar format may call all rows together."""


def rows_of(inputs: Inputs, columns: object) -> object:
    """Rows from all of them as one list, or from a list for each column or input by name.

    Raises:
        InvalidRequestError: the lists do not fit together.
    """
    if not isinstance(columns, dict):
        return columns
    named = isinstance(inputs, TableInputs | SeveralInputs)
    if not named or columns.keys() == {ALL}:
        if len(columns) != 1:
            raise InvalidRequestError('"inputs" must be a list of rows, or an object with one such list.')
        return next(iter(columns.values()))
    lengths = {len(column) if isinstance(column, list) else -1 for column in columns.values()}
    if len(lengths) != 1 or -1 in lengths:
        raise InvalidRequestError('"inputs" by name must be lists, all of one length.')
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def flat(inputs: Inputs, rows: list[Any]) -> list[Any]:
    """The rows, with the columns of a table beside other inputs by their own names: a client that goes by
    the metadata gives them under the name of the input.
    """
    if not isinstance(inputs, SeveralInputs):
        return rows
    tables = [
        part
        for part in inputs.parts
        if isinstance(part.inputs, TableInputs) and part.name not in inputs.known
    ]
    return [_flat(tables, row) if isinstance(row, dict) else row for row in rows] if tables else rows


def _flat(tables: list[NamedInputs], row: dict[str, Any]) -> dict[str, Any]:
    for part in tables:
        cells = row.get(part.name)
        if isinstance(cells, list) and len(cells) == len(part.keys):
            cells = dict(zip(part.keys, cells, strict=True))
        if isinstance(cells, dict):
            row = {name: value for name, value in row.items() if name != part.name} | cells
    return row
