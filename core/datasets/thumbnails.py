"""Small pictures for people to look at, of the rows to train on."""

import base64
import io
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.datasets import storing
from core.datasets.encoding import ClassTarget, Encoding
from core.datasets.several_inputs import OneInputs
from core.datasets.table_inputs import TableInputs
from core.datasets.text_inputs import TextInputs

MOST = 24
SIDE = 64
# Rows among which those that are shown are looked for.
LOOKED_AT = 100_000


def draw(encoding: Encoding, test: NDArray[np.bool_], into: Path) -> list[dict[str, Any]]:
    """The first pictures of each class in turn, as PNG; none where no input is a picture.

    `test` is the mask over the rows of those to test on, and `into` the folder with their arrays.
    """
    shapes = [_shape(part.inputs) for part in encoding.input_parts]
    index = next((at for at, shape in enumerate(shapes) if shape is not None), None)
    if index is None:
        return []
    x = np.load(into / f"{storing.array_name('x', index, 'train')}.npy", mmap_mode="r")
    rows = np.flatnonzero(~test)
    names, codes = _classes(encoding, into, min(len(x), LOOKED_AT))
    return [
        {
            "row": int(rows[at]),
            "class": None if names is None else names[int(codes[at])],
            "png_base64": _png(x[at].reshape(shapes[index])),
        }
        for at in _chosen(codes)
    ]


def _shape(inputs: OneInputs) -> tuple[int, ...] | None:
    """Height, width and channels, if a row is a picture that can be shown."""
    if isinstance(inputs, TableInputs | TextInputs) or not inputs.pictures:
        return None
    shape = inputs.raw_shape if len(inputs.raw_shape) == 3 else inputs.shape
    return tuple(shape) if len(shape) == 3 and shape[2] in {1, 3} else None


def _classes(encoding: Encoding, into: Path, count: int) -> tuple[list[str] | None, NDArray[Any]]:
    """The names of the classes, if there are any, and the class of each of the first rows."""
    for index, part in enumerate(encoding.target_parts):
        if isinstance(part.target, ClassTarget):
            path = into / f"{storing.array_name('y', index, 'train')}.npy"
            return part.target.classes, np.array(np.load(path, mmap_mode="r")[:count])
    return None, np.zeros(count, np.int64)


def _chosen(codes: NDArray[Any]) -> list[int]:
    """The first row of each class, then the second of each, as long as there is room; in their order."""
    order = np.argsort(codes, kind="stable")
    begins = np.flatnonzero(np.diff(codes[order], prepend=-1))
    places = np.arange(len(order)) - np.repeat(begins, np.diff([*begins, len(order)]))
    turn = np.empty(len(order), np.int64)
    turn[order] = places
    return sorted(np.lexsort((codes, turn))[:MOST].tolist())


def _png(picture: NDArray[Any]) -> str:
    """A picture of numbers in [0, 1], of at most 64 x 64 pixels, in base64."""
    pixels = np.round(np.asarray(picture) * 255).astype(np.uint8)
    image = Image.fromarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels)
    image.thumbnail((SIDE, SIDE), Image.Resampling.BILINEAR)
    file = io.BytesIO()
    image.save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()
