"""Networks made from resolved specs: the one place where names of the table meet Keras."""

from collections.abc import Callable, Mapping
from typing import Any

import keras

from core import specs
from core.specs import precision
from core.specs.base import Data, Named
from core.specs.layers.entries import Again
from worker import data

# Where Keras keeps the objects of each family. An object's class in the table has Keras's name: only what
# the table lists can be looked up, and nothing is imported by a name that came from outside.
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
    none of its own: random state that is to be carried on must be restored after this.
    """
    keras.utils.set_random_seed(resolved.training.seed)
    inputs = {one.name: keras.Input(one.shape, dtype=one.dtype, name=one.name) for one in resolved.inputs}
    policies = precision.policies(resolved)
    layers = {name: make(layer, dtype=policies[name]) for name, layer in resolved.made.items()}
    if resolved.is_chain:
        return keras.Sequential([*inputs.values(), *layers.values()], name="network")
    return _graph(resolved, inputs, layers)


def _graph(resolved: specs.Resolved, inputs: Mapping[str, Any], layers: Mapping[str, Any]) -> keras.Model:
    values = dict(inputs)
    for entry in resolved.layers:
        row = resolved.layer_of(entry)
        layer = layers[row.name or ""]
        taken = [values[name] for name in entry.inputs or ()]
        given = taken if row.one_by_one else [taken if len(taken) > 1 else taken[0]]
        values[entry.name or ""] = layer(*given)
    again = {entry.name for entry in resolved.layers if isinstance(entry, Again)}
    for output in resolved.outputs:
        if output.name in again:
            # Keras calls an output by its layer, and the layer has an output of its own.
            values[output.name] = keras.layers.Identity(name=output.name)(values[output.name])
    ends = [values[output.name] for output in resolved.outputs]
    return keras.Model(data.bare(list(inputs.values())), data.bare(ends), name="network")


def compile_network(network: keras.Model, resolved: specs.Resolved) -> None:
    """Gives the network its optimizer, losses and metrics. Class weights are the training loop's business."""
    training, outputs = resolved.training, resolved.outputs
    optimizer = make(training.optimizer)
    if training.precision == "mixed_float16":
        # Keras wraps it by itself only where the whole model has the policy; here each layer has its own.
        optimizer = keras.optimizers.LossScaleOptimizer(optimizer)
    metrics = [[make(metric) for metric in output.metrics] for output in outputs]
    alone = len(outputs) == 1
    network.compile(
        optimizer=optimizer,
        loss=data.bare([make(output.loss) for output in outputs]),
        loss_weights=None if alone else [output.loss_weight for output in outputs],
        metrics=metrics[0] if alone else metrics,
        jit_compile=False,
        run_eagerly=False,
        auto_scale_loss=False,
    )


def augmentation(resolved: specs.Resolved) -> keras.Sequential | None:
    """What varies pictures before the network sees them, in training only; None if nothing does."""
    if not resolved.training.augment:
        return None
    varied = resolved.inputs[_varied(resolved)]
    inputs = keras.Input(varied.shape, dtype=varied.dtype, name="input")
    return keras.Sequential(
        [inputs, *(make(layer) for layer in resolved.training.augment)], name="augmentation"
    )


def augment(resolved: specs.Resolved, augmentation: keras.Sequential | None) -> Callable[[Any], Any] | None:
    """What makes of a batch of all inputs what the network sees in training: of several inputs, the one of
    pictures is varied.
    """
    if augmentation is None:
        return None
    varied = _varied(resolved)

    def vary(x: Any) -> Any:  # noqa: ANN401 - tensors
        if not isinstance(x, tuple):
            return augmentation(x, training=True)
        return tuple(
            augmentation(part, training=True) if number == varied else part for number, part in enumerate(x)
        )

    return vary


def _varied(resolved: specs.Resolved) -> int:
    """The number of the input that augmentation varies."""
    if len(resolved.inputs) == 1:
        return 0
    return next(number for number, one in enumerate(resolved.inputs) if len(one.shape) == 3)


def make(thing: Named, **more: object) -> Any:  # noqa: ANN401 - Keras ships no types
    """The object of Keras's that a row of the table stands for."""
    arguments = {name: _argument(value) for name, value in thing.keras_arguments().items()}
    made = getattr(_SHELVES[thing.family], type(thing).__name__)(**arguments, **more)
    if isinstance(made, keras.layers.RandomShear):
        _say_factors_as_given(made, thing)
    return made


def _say_factors_as_given(layer: keras.layers.RandomShear, thing: Named) -> None:
    """Has the layer write `a` where Keras 3.15 writes `[-a, a]`, which it then refuses to read."""
    config, given = layer.get_config, thing.keras_arguments()
    layer.get_config = lambda: config() | {name: given[name] for name in ("x_factor", "y_factor")}


def _argument(value: object) -> Any:  # noqa: ANN401 - whatever Keras takes
    if isinstance(value, Named):
        return make(value)
    if isinstance(value, Data):
        return value.model_dump(exclude_none=True)
    if isinstance(value, tuple) and any(isinstance(one, Named) for one in value):
        return [_argument(one) for one in value]
    return value
