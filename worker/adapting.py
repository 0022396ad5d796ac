"""Layers that learn from the training rows before the first step, as Keras's `Normalization.adapt` does.

What they learn is a function of the rows alone, so that an attempt which goes on learns the same again.
"""

from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from core import specs
from worker.data import Rows

# Rows that are looked at together, in bytes.
PIECE_BYTES = 16 * 2**20


def adapt(network: keras.Model, resolved: specs.Resolved, rows: Rows, chosen: NDArray[np.int64]) -> None:
    """Has each such layer learn from the chosen rows of the input that it takes."""
    parts = {one.name: number for number, one in enumerate(resolved.inputs)}
    for entry in resolved.layers:
        layer = resolved.layer_of(entry)
        if entry is layer and layer.adapts():
            part = parts[(entry.inputs or ("",))[0]]
            network.get_layer(entry.name).adapt(_dataset(rows.x[part], chosen))


def take_over(network: keras.Model, resolved: specs.Resolved) -> None:
    """Has each such layer compute with the weights that were put into it."""
    for name, layer in resolved.made.items():
        if layer.adapts():
            network.get_layer(name).finalize_state()


def _dataset(x: NDArray[Any], chosen: NDArray[np.int64]) -> tf.data.Dataset:
    step = max(1, PIECE_BYTES // max(1, x.itemsize * int(np.prod(x.shape[1:]))))

    def pieces() -> Iterator[NDArray[Any]]:
        for first in range(0, len(chosen), step):
            yield x[chosen[first : first + step]]

    signature = tf.TensorSpec((None, *x.shape[1:]), x.dtype)
    return tf.data.Dataset.from_generator(pieces, output_signature=signature)
