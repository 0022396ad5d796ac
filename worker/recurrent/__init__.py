"""LSTM and GRU as XLA runs them fastest: in the loop along a sequence is what depends on the step before.

Keras multiplies the input step by step, and TensorFlow's gradient of its loop adds up a product for every
weight in each step. Here the input is multiplied once for all steps, and so are the gradients of the weights;
the factors of the chain rule are computed for all steps at once. It comes to the same but for rounding, so it
is used where XLA rounds in its own way already. The layers stay Keras's own: only while a function for XLA is
traced, `inner_loop` is another, the method by which Keras's layers themselves make room for cuDNN.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import keras
import tensorflow as tf

from worker.recurrent.gru import gru
from worker.recurrent.lstm import lstm
from worker.recurrent.steps import Tensor

InnerLoop = Callable[..., tuple[Tensor, Tensor, list[Tensor]]]


@contextmanager
def hoisted(network: keras.Model) -> Iterator[None]:
    """While it lasts, the network's layers are traced as loops that have only what must be in them."""
    known = [layer for layer in layers(network) if computes(layer)]
    for layer in known:
        layer.inner_loop = _inner_loop(layer)
    try:
        yield
    finally:
        for layer in known:
            del layer.inner_loop


def layers(layer: Any) -> Iterator[Any]:  # noqa: ANN401 - Keras ships no types
    """The layer and all within it, each once."""
    seen: dict[int, Any] = {}
    waiting = [layer]
    while waiting:
        one = waiting.pop()
        if isinstance(one, keras.layers.Layer) and id(one) not in seen:
            seen[id(one)] = one
            within = [getattr(one, name, None) for name in ("layer", "forward_layer", "backward_layer")]
            waiting += [*getattr(one, "layers", ()), *within]
    yield from seen.values()


def computes(layer: Any) -> bool:  # noqa: ANN401 - Keras ships no types
    """Whether it is computed here: as most are, the same ones as cuDNN knows."""
    if type(layer) not in {keras.layers.LSTM, keras.layers.GRU} or layer.stateful:
        return False
    cell = layer.cell
    return (
        cell.activation is keras.activations.tanh
        and cell.recurrent_activation is keras.activations.sigmoid
        and not cell.recurrent_dropout
        and getattr(cell, "reset_after", True)
        and cell.compute_dtype == "float32"
    )


def _inner_loop(layer: Any) -> InnerLoop:  # noqa: ANN401 - Keras ships no types
    """What takes the place of the method: of rows `(batch, steps, features)`."""
    cell = layer.cell
    along = lstm if isinstance(layer, keras.layers.LSTM) else gru

    def inner_loop(
        sequences: Tensor, initial_state: Tensor, mask: Tensor | None = None, training: bool | None = None
    ) -> tuple[Tensor, Tensor, list[Tensor]]:
        if training and cell.dropout:
            sequences *= cell.get_dropout_mask(sequences[:, 0])[:, None]
        there = None if mask is None else _there(tf.nest.flatten(mask)[0])
        x, there = _in_order(layer, tf.transpose(sequences, (1, 0, 2)), there)
        outputs, *states = along(cell, x, there, tf.nest.flatten(initial_state))
        output = states[0]
        if there is not None and layer.zero_output_for_mask:
            outputs, output = outputs * there, output * there[-1]
        return output, tf.transpose(outputs, (1, 0, 2)), list(states)

    return inner_loop


def _there(mask: Tensor) -> Tensor:
    """1 where a step is there, 0 where it is masked: `(steps, batch, 1)`."""
    return tf.cast(tf.transpose(mask)[..., None], tf.float32)


def _in_order(layer: Any, *along: Tensor | None) -> list[Tensor | None]:  # noqa: ANN401 - Keras ships no types
    """What has a step in each row, in the order in which the layer goes."""
    if not layer.go_backwards:
        return list(along)
    return [None if one is None else tf.reverse(one, [0]) for one in along]
