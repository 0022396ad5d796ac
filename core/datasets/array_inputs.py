"""Rows of plain arrays as numbers: pictures, sequences, and whatever else has a shape."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from core import errors
from core.datasets import wording

INT32 = np.iinfo(np.int32)
KINDS = "fiub"


class ArrayInputs(BaseModel):
    """A row as uploaded has `raw_shape`, and `shape` as the network takes it; both have as many numbers.

    `pictures` are unsigned bytes that are scaled to [0, 1]. `means` and `stds` are of the training rows, one
    for each number of a row, and empty when rows are not standardised. `integers` are the least and the most
    of all numbers of int32 rows, which a network may look up. `largest` is the largest absolute value of rows
    that are neither scaled nor integers.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["array"] = "array"
    raw_shape: list[int]
    shape: list[int]
    dtype: Literal["float32", "int32"]
    pictures: bool
    means: list[float] = []
    stds: list[float] = []
    integers: tuple[int, int] | None = None
    largest: float | None = None

    @cached_property
    def taken(self) -> frozenset[tuple[int, ...]]:
        """The shapes that a row may have: as uploaded, as trained on, and that without a single channel."""
        shape = tuple(self.shape)
        bare = {shape[:-1]} if shape[-1] == 1 else set()
        return frozenset({tuple(self.raw_shape), shape} | bare)

    @cached_property
    def scaling(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The means and deviations in the shape of a row."""
        return np.array(self.means).reshape(self.shape), np.array(self.stds).reshape(self.shape)


def scale(inputs: ArrayInputs, rows: NDArray[Any]) -> NDArray[Any]:
    """Raw numbers `(n, …)` as a network takes them; infinite what float32 cannot hold."""
    shaped = rows.reshape(len(rows), *inputs.shape)
    if inputs.dtype == "int32":
        return shaped.astype(np.int32)
    with np.errstate(over="ignore", invalid="ignore"):
        if inputs.pictures:
            return shaped.astype(np.float32) / np.float32(255)
        if inputs.means:
            means, stds = inputs.scaling
            shaped = (shaped.astype(np.float64) - means) / stds
        return shaped.astype(np.float32)


def unscale(inputs: ArrayInputs, outputs: NDArray[Any]) -> NDArray[Any]:
    """Encoded rows, `(n, *inputs.shape)`, in the units that were uploaded: pictures from 0 to 255."""
    if inputs.pictures:
        bytes_: NDArray[Any] = outputs * outputs.dtype.type(255)
        return bytes_
    if not inputs.means:
        return outputs
    means, stds = inputs.scaling
    unscaled: NDArray[Any] = (outputs.astype(np.float64) * stds + means).astype(outputs.dtype)
    return unscaled


def encode_rows(inputs: ArrayInputs, rows: Sequence[object] | NDArray[Any]) -> NDArray[Any]:
    """Encoded rows from nested lists of raw numbers, or an array of them.

    Raises:
        errors.InvalidDataError: The sentence says which row and what; the fault points at it.
    """
    if not len(rows):
        return np.zeros((0, *inputs.shape), inputs.dtype)
    try:
        batch = np.asarray(rows)
    except (ValueError, TypeError, OverflowError):
        batch = np.empty(0, np.object_)
    if batch.dtype.kind not in KINDS or batch.shape[1:] not in inputs.taken:
        read = [_row(inputs, index, row) for index, row in enumerate(rows)]
        batch = np.stack([row.reshape(inputs.shape) for row in read])
    _check(inputs, batch)
    out = scale(inputs, batch)
    if inputs.dtype == "float32":
        _refuse(batch.reshape(out.shape), np.isfinite(out), "is too large a number")
    return out


def _row(inputs: ArrayInputs, index: int, row: object) -> NDArray[Any]:
    """One row as an array of numbers, or what is wrong with it."""
    try:
        array = np.asarray(row)
    except (ValueError, TypeError, OverflowError):
        raise _wrong(index, "lists of different lengths, or deeper than a row can be") from None
    if array.dtype.kind in KINDS and array.shape in inputs.taken:
        return array
    if array.dtype.kind not in KINDS:
        stranger = _stranger(row)
        expected = f"where numbers of shape {inputs.raw_shape} are expected"
        raise _wrong(index, f"{wording.quote(stranger)} {expected}")
    raise _wrong(index, f"shape {list(array.shape)} where {inputs.raw_shape} is expected")


def _stranger(row: object) -> object:
    """The first thing in nested lists that is not a number."""
    waiting: list[object] = [row]
    while waiting:
        part = waiting.pop()
        if isinstance(part, np.ndarray):
            part = part.tolist()
        if isinstance(part, list | tuple):
            waiting.extend(reversed(part))
        elif not isinstance(part, int | float) or abs(part) >= 2**63:
            return part
    return row


def _check(inputs: ArrayInputs, batch: NDArray[Any]) -> None:
    """Refuses numbers that no row of the data set could have had."""
    if inputs.dtype == "int32":
        _refuse(
            batch, (batch >= INT32.min) & (batch <= INT32.max) & (batch == np.trunc(batch)), "is not an int32"
        )
    elif inputs.pictures:
        _refuse(batch, (batch >= 0) & (batch <= 255), "is not a byte (0 to 255) of a picture")
    elif batch.dtype.kind == "f":
        _refuse(batch, np.isfinite(batch), "is not a finite number")


def _refuse(batch: NDArray[Any], fine: NDArray[np.bool_], why: str) -> None:
    if not fine.all():
        place = [int(index) for index in np.argwhere(~fine)[0]]
        raise _wrong(place[0], f"{batch[tuple(place)]} {why}", place[1:])


def _wrong(index: int, detail: str, place: Sequence[int] = ()) -> errors.InvalidDataError:
    sentence = f"row {index}: {detail}"
    return errors.InvalidDataError(
        sentence, [errors.Fault(errors.pointer("instances", index, *place), sentence)]
    )
