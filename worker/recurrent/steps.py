"""What loops along sequences have in common. Steps come first: `(steps, batch, features)`."""

from collections.abc import Callable, Sequence
from typing import Any

import tensorflow as tf

# TensorFlow ships no types.
Tensor = Any


def projected(x: Tensor, kernel: Any, bias: Any = None) -> Tensor:  # noqa: ANN401 - Keras's variables
    """The input of all steps, multiplied at once."""
    product = tf.matmul(tf.reshape(x, (-1, x.shape[2])), tf.convert_to_tensor(kernel))
    if bias is not None:
        product += tf.convert_to_tensor(bias)
    return tf.reshape(product, (*x.shape[:2], product.shape[1]))


def gradient_of_weights(before: Tensor, gradients: Tensor) -> Tensor:
    """Of the recurrent ones: the sum over all steps, in one product."""
    rows, columns = before.shape[2], gradients.shape[2]
    return tf.matmul(tf.reshape(before, (-1, rows)), tf.reshape(gradients, (-1, columns)), transpose_a=True)


def before(first: Tensor, states: Tensor) -> Tensor:
    """Of every step the state that it found."""
    return tf.concat([first[None], states[:-1]], axis=0)


def forward(
    step: Callable[..., tuple[Sequence[Tensor], Sequence[Tensor]]],
    x: Tensor,
    states: Sequence[Tensor],
    widths: Sequence[int],
) -> list[Tensor]:
    """Goes from the first step to the last. Answers what each of them gave to keep, `(steps, batch, width)`.

    `step` takes its number and the states, and answers the states and what is kept.
    """
    steps = x.shape[0]

    def body(t: Tensor, old: Sequence[Tensor], kept: Sequence[Any]) -> tuple[Tensor, Any, Any]:
        new, given = step(t, *old)
        return t + 1, tuple(new), _written(kept, t, given)

    loop = (tf.constant(0), tuple(states), _room(x, widths))
    _, _, kept = tf.while_loop(lambda t, *_: t < steps, body, loop, maximum_iterations=steps)
    return [one.stack() for one in kept]


def backward(
    step: Callable[..., tuple[Sequence[Tensor], Sequence[Tensor]]],
    x: Tensor,
    gradients: Sequence[Tensor],
    widths: Sequence[int],
) -> tuple[Sequence[Tensor], list[Tensor]]:
    """Goes from the last step to the first. Answers the gradients of the first states, and what was kept."""
    steps = x.shape[0]

    def body(t: Tensor, old: Sequence[Tensor], kept: Sequence[Any]) -> tuple[Tensor, Any, Any]:
        new, given = step(t - 1, *old)
        return t - 1, tuple(new), _written(kept, t - 1, given)

    loop = (tf.constant(steps), tuple(gradients), _room(x, widths))
    _, first, kept = tf.while_loop(lambda t, *_: t > 0, body, loop, maximum_iterations=steps)
    return first, [one.stack() for one in kept]


def _room(x: Tensor, widths: Sequence[int]) -> tuple[Any, ...]:
    return tuple(tf.TensorArray(x.dtype, x.shape[0], element_shape=(x.shape[1], width)) for width in widths)


def _written(kept: Sequence[Any], t: Tensor, given: Sequence[Tensor]) -> tuple[Any, ...]:
    return tuple(array.write(t, value) for array, value in zip(kept, given, strict=True))
