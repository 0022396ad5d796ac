"""Rows of several parts: columns, texts, pictures, arrays side by side, each an input of its own.

A row is an object: by column name when it comes from a table, else by the names of the parts.
"""

import contextlib
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field

from core import errors
from core.datasets import picture_inputs, table_inputs, text_inputs, wording
from core.datasets.array_inputs import ArrayInputs
from core.datasets.picture_inputs import PictureInputs
from core.datasets.table_inputs import FROZEN, TableInputs
from core.datasets.text_inputs import TextInputs

OneInputs = Annotated[TableInputs | ArrayInputs | PictureInputs | TextInputs, Field(discriminator="kind")]


class NamedInputs(BaseModel):
    """One of several inputs; `column` is the one of a table that it is read from, if it is only one."""

    model_config = FROZEN

    name: str
    inputs: OneInputs
    column: str | None = None

    @property
    def keys(self) -> list[str]:
        """What a row calls the values of this part."""
        return self.inputs.names if isinstance(self.inputs, TableInputs) else [self.column or self.name]


class SeveralInputs(BaseModel):
    """Several inputs, in the order of their arrays; `ignored` names what else a row may carry."""

    model_config = FROZEN

    kind: Literal["several"] = "several"
    parts: list[NamedInputs]
    ignored: list[str] = []

    @cached_property
    def names(self) -> list[str]:
        """All that a row consists of, in the order of a row that is a list."""
        return [key for part in self.parts for key in part.keys]

    @cached_property
    def known(self) -> frozenset[str]:
        """All names that a row may use."""
        return frozenset(self.names) | frozenset(self.ignored)


def encode_one(inputs: OneInputs, rows: Sequence[object] | NDArray[Any]) -> NDArray[Any]:
    """Encoded rows of a single input, `(n, *inputs.shape)`."""
    if isinstance(inputs, TableInputs):
        return table_inputs.encode_rows(inputs, rows)
    if isinstance(inputs, TextInputs):
        return text_inputs.encode_rows(inputs, list(rows))
    return picture_inputs.encode_rows(inputs, rows)


def encode_rows(inputs: SeveralInputs, rows: Sequence[object] | NDArray[Any]) -> list[NDArray[Any]]:
    """Encoded rows, an array for each part.

    Raises:
        errors.InvalidDataError: The sentence says which row and what; the fault points at it.
    """
    objects = [_object(inputs, index, row) for index, row in enumerate(rows)]
    encoded = []
    for part in inputs.parts:
        if isinstance(part.inputs, TableInputs):
            own = [{key: row[key] for key in part.keys if key in row} for row in objects]
            encoded.append(encode_one(part.inputs, own))
        else:
            encoded.append(_encode_cells(part, objects))
    return encoded


def _encode_cells(part: NamedInputs, rows: Sequence[dict[Any, Any]]) -> NDArray[Any]:
    [key] = part.keys
    if not isinstance(part.inputs, TextInputs):
        for index, row in enumerate(rows):
            if row.get(key) is None:
                raise _wrong(index, f"{wording.quote(key)} is missing")
    with _within(key):
        return encode_one(part.inputs, [row.get(key) for row in rows])


def _object(inputs: SeveralInputs, index: int, row: object) -> dict[Any, Any]:
    """One row as an object with no name that never was."""
    names = inputs.names
    if isinstance(row, dict) and not (len(names) == 1 and "b64" in row and "b64" not in inputs.known):
        stranger = next((name for name in row if name not in inputs.known), None)
        if stranger is not None:
            meant = wording.did_you_mean(str(stranger), names)
            detail = f"there is no column {wording.quote(stranger)}{meant}"
            raise _wrong(index, detail, str(stranger))
        return row
    if len(names) == 1 and not (isinstance(row, list | tuple) and len(row) == 1):
        # The only cell of the row itself: a text, or the numbers of a picture.
        return {names[0]: row}
    if isinstance(row, list | tuple | np.ndarray):
        if len(row) == len(names):
            return dict(zip(names, row, strict=True))
        expected = wording.counted(len(names), "value is", "values are")
        raise _wrong(index, f"{len(row):,} where {expected} expected, in the order {wording.listing(names)}")
    raise _wrong(index, f"an object by name or a list is expected, not {wording.quote(row)}")


@contextlib.contextmanager
def _within(key: str) -> Iterator[None]:
    """Says of what is wrong with a cell in which column it stands."""
    try:
        yield
    except errors.InvalidDataError as error:
        faults = [_moved(fault, key) for fault in error.faults]
        raise errors.InvalidDataError(faults[0].detail if faults else error.detail, faults) from None


def _moved(fault: errors.Fault, key: str) -> errors.Fault:
    """`#/instances/3/0` is the cell's own place; in the row it is `#/instances/3/key/0`."""
    head, instances, index, *rest = fault.pointer.split("/")
    place = errors.pointer(key).removeprefix("#/")
    row, _, what = fault.detail.partition(": ")
    return errors.Fault(
        "/".join([head, instances, index, place, *rest]), f"{row}: {wording.quote(key)}: {what}"
    )


def _wrong(index: int, detail: str, *where: str) -> errors.InvalidDataError:
    sentence = f"row {index}: {detail}"
    return errors.InvalidDataError(
        sentence, [errors.Fault(errors.pointer("instances", index, *where), sentence)]
    )
