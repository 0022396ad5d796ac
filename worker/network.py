"""Networks made from resolved specs: the one place where names of the table meet Keras."""

from typing import Any

import keras

from core import specs
from core.specs.base import Data, Named
from core.specs.layers import Layer
from core.specs.layers.activations import Softmax

# Where Keras keeps the objects of each family. An object's class in the table has Keras's name: only what
# the table
# lists can be looked up, and nothing is imported by a name that came from outside.
_SHELVES: dict[str, Any] = {
    "layer": keras.layers,
    "initializer": keras.initializers,
    "regularizer": keras.regularizers,
    "constraint": keras.constraints,
    "schedule": keras.optimizers.schedules,
    "optimizer": keras.optimizers,
    "loss": keras.losses,
    "metric": keras.metrics,
}


def build(resolved: specs.Resolved) -> keras.Model:
    """The network with fresh weights, which are a function of the seed. It is not compiled.

    Seeds Python's, numpy's and TensorFlow's global generators, from which Keras draws seeds for whatever has
    none
    of its own: random state that is to be carried on must be restored after this.
    """
    keras.utils.set_random_seed(resolved.training.seed)
    inputs = keras.Input(resolved.input_shape, dtype=resolved.input_dtype, name="input")
    policies = _policies(resolved)
    layers = [_make(layer, dtype=policy) for layer, policy in zip(resolved.layers, policies, strict=True)]
    return keras.Sequential([inputs, *layers], name="network")


def compile_network(network: keras.Model, resolved: specs.Resolved) -> None:
    """Gives the network its optimizer, loss and metrics. Class weights are the training loop's business."""
    training = resolved.training
    optimizer = _make(training.optimizer)
    if training.precision == "mixed_float16":
        # Keras wraps it by itself only where the whole model has the policy; here each layer has its own.
        optimizer = keras.optimizers.LossScaleOptimizer(optimizer)
    network.compile(
        optimizer=optimizer,
        loss=_make(training.loss),
        metrics=[_make(metric) for metric in training.metrics],
        jit_compile=False,
        run_eagerly=False,
        auto_scale_loss=False,
    )


def augmentation(resolved: specs.Resolved) -> keras.Sequential | None:
    """What varies pictures before the network sees them, in training only; None if nothing does."""
    if not resolved.training.augment:
        return None
    inputs = keras.Input(resolved.input_shape, dtype=resolved.input_dtype, name="input")
    return keras.Sequential(
        [inputs, *(_make(layer) for layer in resolved.training.augment)], name="augmentation"
    )


def _policies(resolved: specs.Resolved) -> list[str]:
    """Every layer's dtype policy: probabilities and whatever decides the output stay in float32, as Keras
    advises.
    """
    precision = resolved.training.precision
    policies = ["float32" if isinstance(layer, Softmax) else str(precision) for layer in resolved.layers]
    for place in range(len(policies) - 1, -1, -1):
        policies[place] = "float32"
        if _decides(resolved.layers[place]):
            break
    return policies


def _decides(layer: Layer) -> bool:
    return layer.ending() is not None


def _make(thing: Named, **more: object) -> Any:  # noqa: ANN401 - Keras ships no types
    """The object of Keras's that a row of the table stands for."""
    arguments = {field: _argument(getattr(thing, field)) for field in type(thing).model_fields}
    return getattr(_SHELVES[thing.family], type(thing).__name__)(**arguments, **more)


def _argument(value: object) -> Any:  # noqa: ANN401 - whatever Keras takes
    if isinstance(value, Named):
        return _make(value)
    if isinstance(value, Data):
        return value.model_dump(exclude_none=True)
    return value
