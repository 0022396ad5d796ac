"""Long short-term memory along a sequence, and its gradient."""

from collections.abc import Callable, Sequence
from typing import Any

import tensorflow as tf

from worker.recurrent.steps import Tensor, backward, before, forward, gradient_of_weights, projected


def lstm(cell: Any, x: Tensor, there: Tensor | None, states: Sequence[Tensor]) -> Sequence[Tensor]:  # noqa: ANN401 - Keras ships no types
    """All outputs `(steps, batch, units)`, and the last states.

    Args:
        cell: Keras's, with tanh and sigmoid.
        x: `(steps, batch, features)`.
        there: 1 where a step is there, 0 where it is masked, `(steps, batch, 1)`; None: all are there.
        states: the first ones, `(batch, units)`.
    """

    @tf.custom_gradient  # type: ignore[untyped-decorator]  # TensorFlow ships no types
    def run(x: Tensor, weights: Tensor, *first: Tensor) -> tuple[Any, Any]:
        kept = _forward(x, weights, there, first)
        _, hs, cs = kept

        def gradient(*upstream: Tensor) -> tuple[Tensor, ...]:
            return _backward(kept, weights, there, first, upstream)

        return (hs, hs[-1], cs[-1]), gradient

    weights = tf.convert_to_tensor(cell.recurrent_kernel)
    result: Sequence[Tensor] = run(projected(x, cell.kernel, cell.bias), weights, *states)
    return result


def _forward(x: Tensor, weights: Tensor, there: Tensor | None, states: Sequence[Tensor]) -> list[Tensor]:
    """Gates (input, forget, new, output), outputs and carried states of every step."""
    width = weights.shape[0]
    gated = _gates(width)

    def step(t: Tensor, h: Tensor, c: Tensor) -> tuple[Sequence[Tensor], Sequence[Tensor]]:
        gates = gated(x[t] + tf.matmul(h, weights), None if there is None else there[t])
        i, f, g, o = tf.split(gates, 4, axis=1)
        past, c = h, f * c + i * g
        h = o * tf.tanh(c)
        if there is not None:
            h += past * (1 - there[t])
        return (h, c), (gates, h, c)

    return forward(step, x, states, (4 * width, width, width))


def _gates(width: int) -> Callable[[Tensor, Tensor | None], Tensor]:
    """What makes gates `(batch, 4 units)` of their sums.

    tanh(z) is 2 sigmoid(2z) - 1, so that one function makes all four. A masked step is one whose gates let
    nothing in, nothing out, and all of the past through.
    """
    twice = tf.repeat(tf.constant([1.0, 1.0, 2.0, 1.0]), width)
    closed = tf.repeat(tf.constant([0.0, 1.0, 0.0, 0.0]), width)

    def gates(sums: Tensor, there: Tensor | None) -> Tensor:
        made = tf.sigmoid(sums * twice) * twice - (twice - 1)
        return made if there is None else made * there + closed * (1 - there)

    return gates


def _backward(
    kept: Sequence[Tensor],
    weights: Tensor,
    there: Tensor | None,
    first: Sequence[Tensor],
    upstream: Sequence[Tensor],
) -> tuple[Tensor, ...]:
    """Gradients of the sums, the recurrent weights and the first states."""
    gates, hs, cs = kept
    dhs, *last = upstream
    i, f, g, o = tf.split(gates, 4, axis=2)
    shown = tf.tanh(cs)
    into = o * (1 - shown * shown)
    factors = tf.concat(
        [g * i * (1 - i), before(first[1], cs) * f * (1 - f), i * (1 - g * g), shown * o * (1 - o)], axis=2
    )

    def step(t: Tensor, dh: Tensor, dc: Tensor) -> tuple[Sequence[Tensor], Sequence[Tensor]]:
        dh += dhs[t]
        dc += dh * into[t]
        dz = tf.concat([dc, dc, dc, dh], axis=1) * factors[t]
        past = tf.matmul(dz, weights, transpose_b=True)
        if there is not None:
            past += dh * (1 - there[t])
        return (past, dc * f[t]), (dz,)

    states, (dz,) = backward(step, gates, last, (gates.shape[2],))
    return dz, gradient_of_weights(before(first[0], hs), dz), *states
