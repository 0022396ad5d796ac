"""A network as predictions need it: what varies in training stands still, and nothing is kept outside it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from worker import data


@contextmanager
def served(network: keras.Model) -> Iterator[keras.Model]:
    """The same network with the same weights, to be converted; meanwhile nothing else may use it."""
    layers = [layer for layer in network._flatten_layers() if type(layer) in _SAID_OTHERWISE]  # noqa: SLF001 - there is no public way to the layers in layers
    for layer in layers:
        _SAID_OTHERWISE[type(layer)](layer)
    try:
        yield _at_rest(network)
    finally:
        for layer in layers:
            _back(layer)


def _at_rest(network: keras.Model) -> keras.Model:
    """The network out of training, which some of Keras's layers for pictures take for granted if not told."""
    inputs = data.bare(network.inputs)
    still = keras.Model(inputs, network(inputs, training=False), name=network.name)
    # Keras exports what has been called.
    still(data.bare([np.zeros((1, *one.shape[1:]), one.dtype) for one in network.inputs]))
    return still


def _normalization(layer: Any) -> None:  # noqa: ANN401 - Keras ships no types
    # As arrays they become constants of the graph; Keras's tensors would be inputs that nobody feeds.
    layer.mean, layer.variance = (keras.ops.convert_to_numpy(one) for one in (layer.mean, layer.variance))


def _integer_lookup(layer: Any) -> None:  # noqa: ANN401 - Keras ships no types
    # A table is no tensor, and ONNX knows tensors alone: so every integer is compared with the vocabulary.
    vocabulary = np.array(layer.get_vocabulary(include_special_tokens=False), "int32")
    depth = layer.vocabulary_size()
    layer.call = lambda inputs: _looked_up(layer, keras.ops.cast(inputs, "int32"), vocabulary, depth)


def _looked_up(layer: Any, inputs: Any, vocabulary: NDArray[Any], depth: int) -> Any:  # noqa: ANN401 - Keras ships no types
    ops = keras.ops
    masked = ops.equal(inputs, layer.mask_token) if layer.mask_token is not None else ops.zeros_like(inputs)
    first = int(layer.mask_token is not None and layer.output_mode == "int")
    alike = ops.equal(ops.expand_dims(inputs, -1), vocabulary)
    known = ops.argmax(ops.cast(alike, "int32"), axis=-1) + (first + layer.num_oov_indices)
    unknown = ops.mod(inputs, layer.num_oov_indices) + first
    places = ops.where(ops.any(alike, axis=-1), known, unknown)
    if layer.output_mode == "int":
        return ops.where(masked, 0, places)
    # What is masked counts as nothing at all.
    hot = ops.one_hot(places, depth) * ops.expand_dims(1 - ops.cast(masked, "float32"), -1)
    if layer.output_mode == "one_hot":
        return ops.squeeze(hot, -2) if len(places.shape) > 1 and places.shape[-1] == 1 else hot
    return ops.max(hot, axis=1) if layer.output_mode == "multi_hot" else ops.sum(hot, axis=1)


def _back(layer: Any) -> None:  # noqa: ANN401 - Keras ships no types
    if isinstance(layer, keras.layers.IntegerLookup):
        del layer.call
    else:
        layer.mean, layer.variance = (
            keras.ops.convert_to_tensor(one) for one in (layer.mean, layer.variance)
        )


_SAID_OTHERWISE = {
    keras.layers.Normalization: _normalization,
    keras.layers.IntegerLookup: _integer_lookup,
}
