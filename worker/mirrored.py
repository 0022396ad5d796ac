"""The training loop on several devices: each has a copy of the network, and takes its part of every batch.

The copies are `tf.distribute.MirroredStrategy`'s; what keeps them the same is in `worker.replicas`.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import keras
import tensorflow as tf
from numpy.typing import NDArray

from worker import replicas
from worker.data import Rows
from worker.feeding import Piece, Source
from worker.loop import Kind, Loop


def loop(
    network: keras.Model,
    batch_size: int,
    augment: Callable[[Any], Any] | None,
    strategy: tf.distribute.Strategy | None,
) -> Loop:
    """The loop for as many devices as the strategy has."""
    if strategy is None:
        return Loop(network, batch_size, augment)
    return Mirrored(network, batch_size, augment, strategy)


class Mirrored(Loop):
    """A loop like any other, for a network that was made and compiled in a strategy's `replicas.scope`.

    A batch is divided as evenly as it can be. A replica's loss is the mean over its own rows, so it counts by
    how many these are.
    """

    def __init__(
        self,
        network: keras.Model,
        batch_size: int,
        augment: Callable[[Any], Any] | None,
        strategy: tf.distribute.Strategy,
    ) -> None:
        super().__init__(network, batch_size, augment)
        self._strategy = strategy
        self._replica = threading.local()  # each runs in a thread of its own while the graph is made
        replicas.reduce_first(network.optimizer, lambda: self._replica.share)

    def train(self, rows: Rows, order: NDArray[Any]) -> Iterator[tuple[int, dict[str, float]]]:
        """Trains on the rows in that order; yields after each call the steps done, and the metrics so far."""
        yield from super().train(rows, order)
        self._average_statistics()

    def _call(self, source: Source, piece: Piece, first: int, kind: Kind, *, exact: bool) -> int:
        """Takes what is left of a piece in a call of its own: within one, devices exchange what has the same
        shape in every step.
        """
        left = piece.rows % self._batch
        if left == 0:
            return super()._call(source, piece, first, kind, exact=exact)
        if first < piece.rows - left:
            return super()._call(source, replace(piece, rows=piece.rows - left), first, kind, exact=exact)
        with self._metrics_untouched(left):
            return super()._call(source, piece, first, kind, exact=exact)

    def _train_step(self, batch: tuple[Any, ...]) -> None:
        self._on_all(super()._train_step, batch)

    def _test_step(self, batch: tuple[Any, ...]) -> None:
        self._on_all(super()._test_step, batch)

    def _on_all(self, step: Callable[[tuple[Any, ...]], None], batch: tuple[Any, ...]) -> None:
        """In a graph: every replica takes the step with its part of the batch."""
        parts = [self._part(batch, number) for number in range(self._strategy.num_replicas_in_sync)]

        def run() -> None:
            context = tf.distribute.get_replica_context()
            part, self._replica.share = parts[int(tf.get_static_value(context.replica_id_in_sync_group))]
            step(part)

        self._strategy.run(run)

    def _part(self, batch: tuple[Any, ...], number: int) -> tuple[tuple[Any, ...], Any]:
        """A replica's rows, and how much its loss counts: 1 where all have as many.

        A replica for which there is no row gets one that does not count: layers may not know what to do with
        none.
        """
        devices = self._strategy.num_replicas_in_sync
        rows = tf.shape(tf.nest.flatten(batch)[0])[0]
        each, more = rows // devices, rows % devices
        count = each + tf.cast(number < more, tf.int32)
        first = tf.minimum(number * each + tf.minimum(number, more), rows - 1)
        part = tf.nest.map_structure(lambda one: one[first : first + tf.maximum(count, 1)], batch)
        return part, tf.cast(count * devices, tf.float32) / tf.cast(rows, tf.float32)

    def _average_statistics(self) -> None:
        """Takes the mean of what each replica knows of its own rows, such as BatchNormalization's."""
        for variable in self.network.non_trainable_variables:
            copies = self._strategy.experimental_local_results(variable.value)
            if variable.dtype.startswith("float"):
                variable.assign(tf.add_n([copy.read_value() for copy in copies]) / len(copies))

    @contextmanager
    def _metrics_untouched(self, used: int) -> Iterator[None]:
        """Metrics of all but the first `used` replicas are as they were afterwards: the row that such a one
        computes is another's.
        """
        kept = [
            (copy, copy.numpy())
            for variable in self.network.metrics_variables
            for copy in self._strategy.experimental_local_results(variable.value)[used:]
        ]
        yield
        for copy, value in kept:
            copy.assign(value)
