"""Gated recurrent units along a sequence, and their gradient: with the reset gate after the product."""

from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from worker.recurrent.steps import Tensor, backward, before, forward, gradient_of_weights, projected


def gru(cell: Any, x: Tensor, there: Tensor | None, states: Sequence[Tensor]) -> Sequence[Tensor]:  # noqa: ANN401 - Keras ships no types
    """All outputs `(steps, batch, units)`, and the last state; as of `lstm`."""
    biases = tf.zeros((2, 3 * cell.units)) if cell.bias is None else tf.convert_to_tensor(cell.bias)

    @tf.custom_gradient  # type: ignore[untyped-decorator]  # TensorFlow ships no types
    def run(x: Tensor, weights: Tensor, bias: Tensor, first: Tensor) -> tuple[Any, Any]:
        kept = _forward(x, weights, bias, there, first)
        hs = kept[-1]

        def gradient(*upstream: Tensor) -> tuple[Tensor, ...]:
            return _backward(kept, weights, first, upstream)

        return (hs, hs[-1]), gradient

    weights = tf.convert_to_tensor(cell.recurrent_kernel)
    result: Sequence[Tensor] = run(projected(x, cell.kernel, biases[0]), weights, biases[1], *states)
    return result


def _forward(x: Tensor, weights: Tensor, bias: Tensor, there: Tensor | None, first: Tensor) -> list[Tensor]:
    """Of every step the gates (update, reset, new), what the new one had of the past, and the output.

    A masked step is one whose update gate keeps all of the past.
    """
    width = weights.shape[0]

    def step(t: Tensor, h: Tensor) -> tuple[Sequence[Tensor], Sequence[Tensor]]:
        past, now = tf.matmul(h, weights) + bias, x[t]
        both, inner = tf.sigmoid(now[:, : 2 * width] + past[:, : 2 * width]), past[:, 2 * width :]
        z, r = both[:, :width], both[:, width:]
        if there is not None:
            z = z * there[t] + (1 - there[t])
        g = tf.tanh(now[:, 2 * width :] + r * inner)
        h = z * h + (1 - z) * g
        return (h,), (tf.concat([z, r, g], axis=1), inner, h)

    return forward(step, x, (first,), (3 * width, width, width))


def _backward(
    kept: Sequence[Tensor], weights: Tensor, first: Tensor, upstream: Sequence[Tensor]
) -> tuple[Tensor, ...]:
    """Gradients of the input's part, the recurrent weights, their bias and the first state."""
    gates, inner, hs = kept
    dhs, last = upstream
    found = before(first, hs)
    z, r, g = tf.split(gates, 3, axis=2)
    new = (1 - z) * (1 - g * g)
    factors = tf.concat([(found - g) * z * (1 - z), new * inner * r * (1 - r), new * r], axis=2)

    def step(t: Tensor, dh: Tensor) -> tuple[Sequence[Tensor], Sequence[Tensor]]:
        dh += dhs[t]
        past = tf.concat([dh, dh, dh], axis=1) * factors[t]
        return (dh * z[t] + tf.matmul(past, weights, transpose_b=True),), (past, dh)

    (state,), (dr, dh) = backward(step, gates, (last,), (gates.shape[2], z.shape[2]))
    dx = tf.concat([dr[:, :, : -z.shape[2]], dh * new], axis=2)
    return dx, gradient_of_weights(found, dr), tf.reduce_sum(dr, (0, 1)), state
