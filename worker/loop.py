"""The training loop: Keras's own `train_step`, many times over in one call of a compiled function.

What costs in `fit` on small networks is Python between the steps. Here a loop inside TensorFlow's graph takes
batch after batch from rows that lie on the device, and calls `train_step`, so that loss, metrics,
regularisers and optimizers mean what they mean in Keras. A call is short enough that progress can be told
between calls; how many batches it takes changes nothing in the result.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from typing import Any, Literal

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from worker import feeding, recurrent
from worker.data import Rows
from worker.feeding import Piece, Source

# A call is to last about so long, so that somebody who watches sees the training move.
CALL_SECONDS = 0.25

# How many times as long as compiling all evaluations must take, for XLA to save that much.
REPAID = 2.0

Kind = Literal["train", "test"]


class Loop:
    """A network that is trained and evaluated.

    Args:
        network: compiled.
        batch_size: rows in a batch; the last of an epoch may have fewer.
        augment: what makes of a batch of inputs what the network sees in training, if anything does.

    Attributes:
        xla: whether full batches are trained on as XLA compiles it.
        steps: how many steps the next call of each kind takes: it grows as it turns out how long one takes.
        pace: seconds of a training step in the last call of the way that `xla` says; None before that.
        seconds: of that call.
        compiling: seconds that XLA's last compilation took, its first call included; None before that.
        refusal: why XLA does not compile this network, if it does not.
        convolves: whether it has convolutions, for which XLA may take a hundred times as long on a CPU.
    """

    def __init__(
        self, network: keras.Model, batch_size: int, augment: Callable[[Any], Any] | None = None
    ) -> None:
        self.network = network
        self.xla = False
        self.steps = {"train": 1, "test": 1}
        self.pace: float | None = None
        self.seconds = 0.0
        self.compiling: float | None = None
        self.refusal: str | None = None
        self.convolves = any("Conv" in type(layer).__name__ for layer in recurrent.layers(network))
        self._xla_tests: bool | None = False
        self._batch, self._augment = batch_size, augment
        self._sources: dict[int, Source] = {}
        self._compiled: dict[tuple[Any, ...], Any] = {}
        self._forward = forward(network)

    def train(self, rows: Rows, order: NDArray[np.int64]) -> Iterator[tuple[int, dict[str, float]]]:
        """Trains on the rows in that order; yields after each call the steps done, and the metrics so far."""
        self.network.reset_metrics()
        source, done = self._source(rows), 0
        for piece in source.epoch(order):
            first = 0
            while first < piece.rows:
                first = self._call(source, piece, first, "train", exact=self.xla)
                yield done - (-first // self._batch), self.metrics()
            done -= -piece.rows // self._batch

    def evaluate(self, rows: Rows, chosen: NDArray[np.int64], again: int = 0) -> dict[str, float]:
        """Loss and metrics over the chosen rows; by XLA as the training is, where `again` times more of it
        repay the compilation.
        """
        self.network.reset_metrics()
        traced = any(kind == "test" for _, kind, *_ in self._compiled)
        source, began = self._source(rows), time.perf_counter()
        for piece in source.epoch(chosen):
            first = 0
            while first < piece.rows:
                first = self._call(source, piece, first, "test", exact=self.xla and bool(self._xla_tests))
        if traced and self._xla_tests is False and self.xla and self.compiling is not None:
            self._xla_tests = (time.perf_counter() - began) * again > REPAID * self.compiling
        return self.metrics()

    def outputs(self, rows: Rows, chosen: NDArray[np.int64]) -> Iterator[list[NDArray[Any]]]:
        """What the network puts out for the chosen rows, piece by piece: an array for each output."""
        for first in range(0, len(chosen), self._batch):
            outputs = self._forward(rows.take(chosen[first : first + self._batch])[0])
            yield [output.numpy() for output in tf.nest.flatten(outputs)]

    def metrics(self) -> dict[str, float]:
        """Loss and metrics of the epoch so far."""
        return {name: float(value) for name, value in self.network.get_metrics_result().items()}

    def _source(self, rows: Rows) -> Source:
        if id(rows) not in self._sources:
            self._sources[id(rows)] = feeding.source(rows, self._batch)
        return self._sources[id(rows)]

    def _call(self, source: Source, piece: Piece, first: int, kind: Kind, *, exact: bool) -> int:
        """Takes some steps from the row `first` on; answers the row that comes next."""
        last = min(first + self.steps[kind] * self._batch, piece.rows)
        if exact:
            # Of one size: what is left of a piece goes the other way.
            last -= (last - first) % self._batch
            exact = last > first
            last = last if exact else piece.rows
        function, fresh = self._function(source, piece, kind, exact=exact)
        began = time.perf_counter()
        try:
            function(piece.args, tf.constant(first), tf.constant(last))
        except (tf.errors.InvalidArgumentError, tf.errors.UnimplementedError) as error:
            if not (exact and fresh):
                raise
            # It was refused before anything was computed.
            if kind == "test":
                self._xla_tests = None
            else:
                self.refusal, self.xla = str(error.message).partition("\n")[0][:200], False
            return self._call(source, piece, first, kind, exact=False)
        self._measured(kind, time.perf_counter() - began, last - first, exact=exact, fresh=fresh)
        return last

    def _function(self, source: Source, piece: Piece, kind: Kind, *, exact: bool) -> tuple[Any, bool]:
        """The compiled function for these steps, and whether its next call compiles it."""
        key = (id(source), kind, exact, *((piece.rows,) if exact else ()))
        if key in self._compiled:
            return self._compiled[key], False
        step = self._train_step if kind == "train" else self._test_step

        def steps(args: Any, first: Any, last: Any) -> None:  # noqa: ANN401 - tensors
            def body(at: Any) -> tuple[Any]:  # noqa: ANN401
                with recurrent.hoisted(self.network) if exact else nullcontext():
                    step(source.batch(args, at, self._batch, exact=exact))
                return (at + self._batch,)

            tf.while_loop(lambda at: at < last, body, (first,), parallel_iterations=1)

        made = self._compiled[key] = _compiled(steps, xla=exact)
        if not exact:
            _generalise(made, piece)
        return made, True

    def _measured(self, kind: Kind, seconds: float, rows: int, *, exact: bool, fresh: bool) -> None:
        """Takes notice of how long a call of so many rows took."""
        if fresh:
            if exact and kind == "train":
                self.compiling = seconds
        elif kind == "test" or exact == self.xla:
            steps = -(-rows // self._batch)
            pace = max(seconds / steps, 1e-7)
            if kind == "train":
                self.pace, self.seconds = pace, seconds
            self.steps[kind] = max(1, min(int(CALL_SECONDS / pace), self.steps[kind] * 4))

    def _train_step(self, batch: tuple[Any, ...]) -> None:
        x, *more = batch
        self.network.train_step((x if self._augment is None else self._augment(x), *more))

    def _test_step(self, batch: tuple[Any, ...]) -> None:
        self.network.test_step(batch[:2])


def forward(network: keras.Model) -> Callable[[Any], Any]:
    """What the network puts out for inputs, as a graph that is compiled once for any number of rows."""
    compiled: Callable[[Any], Any] = _compiled(lambda x: network(x, training=False))
    return compiled


def _compiled(function: Callable[..., Any], *, xla: bool = False) -> Any:  # noqa: ANN401 - a compiled function
    """The function as a graph. Without AutoGraph, which would take its time to find nothing to convert."""
    return tf.function(function, reduce_retracing=not xla, jit_compile=xla, autograph=False)


def _generalise(function: Any, piece: Piece) -> None:  # noqa: ANN401 - a compiled function
    """Compiles it for any number of rows. Else it would be compiled for the first piece's number, and again
    for the next one's, which takes as long as some epochs of a small network.
    """
    number = tf.TensorSpec((), tf.int32)
    wide = tf.nest.map_structure(
        lambda array: tf.TensorSpec((None, *array.shape[1:]), array.dtype), piece.args
    )
    function.get_concrete_function(wide, number, number)
