"""Rows of pictures: as nested lists of bytes, or as the file that a picture is in, in base64."""

import base64
import binascii
from collections.abc import Sequence
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from core import errors
from core.datasets import array_inputs, pictures, wording
from core.datasets.array_inputs import ArrayInputs

FILE = "b64"
# Pixels that one request may have decoded: a small file can hold a large picture of a single colour.
MOST_TOGETHER = 10 * pictures.MOST_PIXELS


class PictureInputs(BaseModel):
    """Pictures of `height` and `width` with 1 or 3 `channels`, scaled to [0, 1] in the `shape` of a row.

    A picture of another size is resized.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["pictures"] = "pictures"
    height: int
    width: int
    channels: Literal[1, 3]
    shape: list[int]
    dtype: Literal["float32"] = "float32"

    # An array of pictures has these too.
    pictures: Literal[True] = True
    integers: None = None

    @property
    def raw_shape(self) -> list[int]:
        """The shape of a picture that is given as numbers."""
        return [self.height, self.width, self.channels]

    @cached_property
    def array(self) -> ArrayInputs:
        """The pictures once they are decoded: an array of bytes as any other."""
        return ArrayInputs(raw_shape=self.raw_shape, shape=self.shape, dtype=self.dtype, pictures=True)


def encode_rows(inputs: PictureInputs | ArrayInputs, rows: Sequence[object] | NDArray[Any]) -> NDArray[Any]:
    """Encoded rows `(n, *inputs.shape)` from nested lists of raw numbers, or of pictures `{"b64": "…"}`.

    Raises:
        errors.InvalidDataError: The sentence says which row and what; the fault points at it.
    """
    plain = inputs.array if isinstance(inputs, PictureInputs) else inputs
    shape = plain.raw_shape if isinstance(inputs, PictureInputs) else plain.shape
    if isinstance(rows, np.ndarray) or not (plain.pictures and len(shape) == 3 and shape[2] in {1, 3}):
        return array_inputs.encode_rows(plain, rows)
    return array_inputs.encode_rows(plain, _decoded(rows, (shape[0], shape[1]), shape[2]))


def _decoded(rows: Sequence[object], size: tuple[int, int], channels: int) -> Sequence[object]:
    """The rows with every file decoded; what is none stays as it is."""
    if not any(isinstance(row, dict) for row in rows):
        return rows
    left, found = MOST_TOGETHER, list(rows)
    for index, row in enumerate(rows):
        if not isinstance(row, dict):
            continue
        try:
            content = _content(row)
            left -= _pixels(content, left)
            found[index] = pictures.decode(content, size, channels)
        except errors.InvalidDataError as error:
            sentence = f"row {index}: {error.detail}"
            place = errors.pointer("instances", index, *([FILE] if FILE in row else []))
            raise errors.InvalidDataError(sentence, [errors.Fault(place, sentence)]) from None
    return found


def _pixels(content: bytes, left: int) -> int:
    """How many pixels there are to decode, of those that are left."""
    height, width, _ = pictures.look(content)
    if height * width > left:
        raise errors.InvalidDataError(
            f"the pictures up to this one have more than {MOST_TOGETHER:,} pixels together (max_pixels)"
        )
    return height * width


def _content(row: dict[Any, Any]) -> bytes:
    """The bytes of the file that a row holds."""
    text = row.get(FILE)
    if len(row) != 1 or not isinstance(text, str):
        raise errors.InvalidDataError(
            f'a picture is {{"{FILE}": "…"}} or a nested list of numbers, not {wording.quote(row)}'
        )
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise errors.InvalidDataError(f"what stands under {FILE} is not base64") from None
