"""The training loop: Keras's own `train_step`, many times over in one call of a compiled function.

What costs in `fit` on small networks is Python between the steps. Here a call takes the rows of many batches,
and a loop inside TensorFlow's graph cuts them into batches and calls `train_step`, so that loss, metrics,
regularisers and optimizers mean what they mean in Keras. A call is short enough that progress can be told
between calls; how many batches it takes changes nothing in the result.
"""

import time
from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from worker.data import Arrays, Rows

# A call is to last about so long, so that somebody who watches sees the training move.
CALL_SECONDS = 0.25
# The rows of one call, in bytes, at the most.
CALL_BYTES = 64 * 2**20


class Loop:
    """A network that is trained and evaluated.

    Args:
        network: compiled.
        augmentation: what varies the rows before the network sees them in training, if anything.
        batch_size: rows in a batch; the last of an epoch may have fewer.
        varied: the number of the input that is augmented.
    """

    def __init__(
        self,
        network: keras.Model,
        augmentation: keras.Sequential | None,
        batch_size: int,
        varied: int = 0,
    ) -> None:
        self.network = network
        self._augmentation, self._varied = augmentation, varied
        self._batch = batch_size
        self._calls = 1  # batches in a call: grows as it turns out how long one takes
        self._train = _compiled(self._train_batches)
        self._test = _compiled(self._test_batches)
        self._forward = _compiled(self._outputs)

    def train(self, rows: Rows, order: NDArray[np.int64]) -> Iterator[tuple[int, dict[str, float]]]:
        """Trains on the rows in that order; yields after each call the steps done, and the metrics so far."""
        self.network.reset_metrics()
        for steps, chosen in self._pieces(rows, order):
            x, y = rows.take(chosen)
            # Without weights the loss is Keras's unweighted one, to the last bit.
            more = (rows.weights(chosen),) if rows.weighted else ()
            began = time.perf_counter()
            _generalise(self._train, x, y, *more)
            self._train(x, y, *more)
            told = self.metrics()
            self._adapt(time.perf_counter() - began, len(chosen))
            yield steps, told

    def evaluate(self, rows: Rows, chosen: NDArray[np.int64]) -> dict[str, float]:
        """Loss and metrics over the chosen rows."""
        self.network.reset_metrics()
        for _, piece in self._pieces(rows, chosen):
            batches = rows.take(piece)
            began = time.perf_counter()
            _generalise(self._test, *batches)
            self._test(*batches)
            self._adapt(time.perf_counter() - began, len(piece))
        return self.metrics()

    def outputs(self, rows: Rows, chosen: NDArray[np.int64]) -> Iterator[list[NDArray[Any]]]:
        """What the network puts out for the chosen rows, piece by piece: an array for each output."""
        for _, piece in self._pieces(rows, chosen):
            for first in range(0, len(piece), self._batch):
                outputs = self._forward(rows.take(piece[first : first + self._batch])[0])
                yield [output.numpy() for output in tf.nest.flatten(outputs)]

    def metrics(self) -> dict[str, float]:
        """Loss and metrics of the epoch so far."""
        return {name: float(value) for name, value in self.network.get_metrics_result().items()}

    def _pieces(self, rows: Rows, order: NDArray[np.int64]) -> Iterator[tuple[int, NDArray[np.int64]]]:
        """The rows of one call after another, and how many steps are done after it."""
        first = 0
        while first < len(order):
            most = max(1, CALL_BYTES // (rows.row_bytes * self._batch))
            last = first + min(self._calls, most) * self._batch
            yield -(-min(last, len(order)) // self._batch), order[first:last]
            first = last

    def _adapt(self, seconds: float, rows: int) -> None:
        """How many batches the next call takes, after one of `rows` took so long."""
        batches = -(-rows // self._batch)
        fitting = int(CALL_SECONDS / max(seconds / batches, 1e-7))
        # No faster than this: the first calls compile, and say little.
        self._calls = max(1, min(fitting, self._calls * 4))

    def _train_batches(self, x: Any, y: Any, weights: Any = None) -> None:  # noqa: ANN401 - tensors
        def step(first: Any) -> None:  # noqa: ANN401
            last = first + self._batch
            given = (self._augmented(_rows(x, first, last)), _rows(y, first, last))
            self.network.train_step(given if weights is None else (*given, weights[first:last]))

        self._for_batches(x, step)

    def _augmented(self, x: Any) -> Any:  # noqa: ANN401 - tensors
        if self._augmentation is None:
            return x
        parts = tf.nest.flatten(x)
        parts[self._varied] = self._augmentation(parts[self._varied], training=True)
        return tf.nest.pack_sequence_as(x, parts)

    def _test_batches(self, x: Any, y: Any) -> None:  # noqa: ANN401 - tensors
        def step(first: Any) -> None:  # noqa: ANN401
            last = first + self._batch
            self.network.test_step((_rows(x, first, last), _rows(y, first, last)))

        self._for_batches(x, step)

    def _for_batches(self, x: Any, step: Callable[[Any], None]) -> None:  # noqa: ANN401 - tensors
        """Has the graph take a step at every batch's first row, one after another."""
        rows = tf.shape(tf.nest.flatten(x)[0])[0]

        def body(first: Any) -> tuple[Any]:  # noqa: ANN401
            step(first)
            return (first + self._batch,)

        tf.while_loop(lambda first: first < rows, body, (0,), parallel_iterations=1)

    def _outputs(self, x: Any) -> Any:  # noqa: ANN401 - tensors
        return self.network(x, training=False)


def _compiled(function: Callable[..., Any]) -> Any:  # noqa: ANN401 - a compiled function
    """The function as a graph. Without AutoGraph, which would take its time to find nothing to convert."""
    return tf.function(function, reduce_retracing=True, autograph=False)


def _rows(arrays: Any, first: Any, last: Any) -> Any:  # noqa: ANN401 - tensors
    """Some rows of all of them."""
    return tf.nest.map_structure(lambda array: array[first:last], arrays)


def _generalise(function: Any, *arrays: Arrays) -> None:  # noqa: ANN401 - a compiled function
    """Compiles it for any number of rows. Else it would be compiled for the first call's number, and again
    for the second's, which takes as long as some epochs of a small network.
    """
    if not function.experimental_get_tracing_count():
        function.get_concrete_function(
            *tf.nest.map_structure(lambda array: tf.TensorSpec((None, *array.shape[1:]), array.dtype), arrays)
        )
