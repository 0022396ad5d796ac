"""The training loop on several devices: each has a copy of the network, and takes its part of every batch.

The copies are `tf.distribute.MirroredStrategy`'s. Keras reduces gradients after the optimizer has clipped,
scaled or accumulated them, so that a job would not be the same on two devices as on one. Here they are
reduced first; then every replica does all that the optimizer does, to its own copy, as on a single device.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import keras
import tensorflow as tf
from keras.src.optimizers.base_optimizer import BaseOptimizer
from numpy.typing import NDArray

from worker.data import Rows
from worker.feeding import Piece, Source
from worker.loop import Kind, Loop

# What Keras's optimizers do in another way under a strategy, which takes gradients that are not reduced yet.
_DISTRIBUTED = (
    "_backend_update_step",
    "_backend_increment_gradient_accumulators",
    "_apply_weight_decay",
    "_overwrite_model_variables_with_average_value",
)


@contextmanager
def scope(strategy: tf.distribute.Strategy | None) -> Iterator[None]:
    """Variables that are made in it have a copy on every device, which only the replica there writes to.
    Without a strategy there is one device, and nothing special.
    """
    if strategy is None:
        yield
        return

    def own(make: Callable[..., Any], **arguments: Any) -> Any:  # noqa: ANN401 - a variable
        if arguments.get("synchronization") != tf.VariableSynchronization.ON_READ:  # a metric's are summed
            arguments["aggregation"] = tf.VariableAggregation.NONE
        return make(**arguments)

    with strategy.scope(), tf.variable_creator_scope(own):
        yield


def copy_variables(mirrored: keras.Model, network: keras.Model) -> None:
    """Gives a network on one device all that a mirrored one has learned; the optimizers must be built."""
    ours = (*mirrored.variables, *mirrored.optimizer.variables)
    theirs = (*network.variables, *network.optimizer.variables)
    for one, other in zip(ours, theirs, strict=True):
        other.assign(one.numpy())


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
    """A loop like any other, for a network that was made and compiled in a strategy's `scope`.

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
        self._reduce_first(network.optimizer)

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
        replicas = self._strategy.num_replicas_in_sync
        rows = tf.shape(tf.nest.flatten(batch)[0])[0]
        each, more = rows // replicas, rows % replicas
        count = each + tf.cast(number < more, tf.int32)
        first = tf.minimum(number * each + tf.minimum(number, more), rows - 1)
        part = tf.nest.map_structure(lambda one: one[first : first + tf.maximum(count, 1)], batch)
        return part, tf.cast(count * replicas, tf.float32) / tf.cast(rows, tf.float32)

    def _reduce_first(self, optimizer: Any) -> None:  # noqa: ANN401 - Keras ships no types
        scale, apply = optimizer.scale_loss, optimizer.apply_gradients

        def scale_loss(loss: Any) -> Any:  # noqa: ANN401 - a tensor
            return scale(loss * tf.cast(self._replica.share, loss.dtype))

        def apply_gradients(pairs: Any) -> Any:  # noqa: ANN401 - gradients with their variables
            some = [(gradient, variable) for gradient, variable in pairs if gradient is not None]
            gradients, variables = zip(*some, strict=True)
            return apply(zip(_reduced(gradients), variables, strict=True))

        optimizer.scale_loss, optimizer.apply_gradients = scale_loss, apply_gradients
        if isinstance(optimizer, keras.optimizers.LossScaleOptimizer):
            optimizer._tf_apply = optimizer._common_apply  # noqa: SLF001 - there is no public way
        # Of all optimizers of this process, which trains this one network: some extend these methods.
        for name in _DISTRIBUTED:
            setattr(keras.optimizers.Optimizer, name, getattr(BaseOptimizer, name))

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


def _reduced(gradients: Sequence[Any]) -> list[Any]:
    """In a replica: the sums over all replicas. Of an Embedding's, which is a list of rows, all rows: Keras's
    optimizers see a difference between a row that is there twice and one that was summed.
    """
    context = tf.distribute.get_replica_context()
    whole = [one for one in gradients if not isinstance(one, tf.IndexedSlices)]
    sums = iter(context.all_reduce(tf.distribute.ReduceOp.SUM, whole) if whole else ())
    return [_gathered(context, one) if isinstance(one, tf.IndexedSlices) else next(sums) for one in gradients]


def _gathered(context: tf.distribute.ReplicaContext, rows: tf.IndexedSlices) -> tf.IndexedSlices:
    values, indices = context.all_gather((rows.values, rows.indices), axis=0)
    return tf.IndexedSlices(values, indices, rows.dense_shape)
