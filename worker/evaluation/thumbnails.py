"""Small pictures of the rows on which a network errs most, as PNG files in base64."""

import base64
import io
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.datasets.array_inputs import ArrayInputs
from core.datasets.encoding import Encoding
from core.datasets.picture_inputs import FILE, PictureInputs
from worker import data
from worker.loop import Loop

# Pixels of the longer side.
LONGEST = 64


def add(told: dict[str, Any], loop: Loop, rows: data.Rows, encoding: Encoding) -> None:
    """Puts a picture beside each row that is told of, where rows have one."""
    place, shape = _picture(encoding)
    if shape is None:
        return
    for output, one in enumerate(told.values()):
        found = one.get("mistakes", one.get("worst", []))
        for described in found:
            described["picture"] = draw(rows.x[place][described["row"]].reshape(shape))
        if found and one["kind"] == "reconstruction" and place == 0:
            _draw_again(found, output, loop, rows, shape)


def _draw_again(
    found: list[dict[str, Any]], output: int, loop: Loop, rows: data.Rows, shape: tuple[int, ...]
) -> None:
    """Puts beside each row what the network made of it."""
    chosen = np.array([described["row"] for described in found], np.int64)
    made = np.concatenate([outputs[output] for outputs in loop.outputs(rows, chosen)])
    for described, row in zip(found, made, strict=True):
        described["reconstruction"] = draw(row.reshape(shape))


def draw(picture: NDArray[Any]) -> dict[str, str]:
    """A picture `(height, width)` or with channels behind, from 0 to 1, as a row of a prediction has it."""
    # Few jobs are about pictures.
    from PIL import Image

    pixels = np.round(np.clip(np.nan_to_num(picture), 0, 1) * 255).astype(np.uint8)
    image = Image.fromarray(pixels[..., 0] if pixels.ndim == 3 and pixels.shape[2] == 1 else pixels)
    image.thumbnail((LONGEST, LONGEST))
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True)
    return {FILE: base64.b64encode(file.getvalue()).decode()}


def _picture(encoding: Encoding) -> tuple[int, tuple[int, ...] | None]:
    """Which input is a picture, and the shape to draw it in; None where there is none."""
    for place, part in enumerate(encoding.input_parts):
        if isinstance(part.inputs, PictureInputs | ArrayInputs) and part.inputs.pictures:
            for shape in (tuple(part.inputs.raw_shape), tuple(part.inputs.shape)):
                if len(shape) == 2 or (len(shape) == 3 and shape[2] in {1, 3}):
                    return place, shape
    return 0, None
