"""Copies of a network on several devices, which stay the same: `tf.distribute.MirroredStrategy`'s replicas.

Keras reduces gradients after the optimizer has clipped, scaled or accumulated them, so that a job would not
be the same on two devices as on one. Here they are reduced first; then every replica does all that the
optimizer does, to its own copy, as on a single device.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import keras
import tensorflow as tf
from keras.src.optimizers.base_optimizer import BaseOptimizer

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


def reduce_first(optimizer: Any, share: Callable[[], Any]) -> None:  # noqa: ANN401 - Keras ships no types
    """Has the optimizer take gradients that are summed over the replicas, to its own replica's variables.

    `share` is asked in a replica for how much its loss counts: 1 where all have as many rows.
    """
    scale, apply = optimizer.scale_loss, optimizer.apply_gradients

    def scale_loss(loss: Any) -> Any:  # noqa: ANN401 - a tensor
        return scale(loss * tf.cast(share(), loss.dtype))

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
