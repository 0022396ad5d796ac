"""Keras models on their way to the service and back. Keras is the caller's."""

import importlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np


def is_model(model: object) -> bool:
    """Whether it tells itself in Keras's JSON."""
    return callable(getattr(model, "to_json", None))


def document(model: Any) -> dict[str, Any]:  # noqa: ANN401 (a Keras model)
    """What `to_json` prints: the network, and how it was compiled."""
    told: dict[str, Any] = json.loads(model.to_json())
    return told


def input_names(model: Any) -> list[str]:  # noqa: ANN401 (a Keras model)
    """What a functional model calls its inputs."""
    # A Sequential that has seen no rows has none yet, nor the attribute.
    return [str(one.name) for one in getattr(model, "inputs", None) or ()]


def output_names(model: Any) -> list[str]:  # noqa: ANN401 (a Keras model)
    """What a functional model calls its outputs."""
    return list(getattr(model, "output_names", None) or ())


def load(path: Path, model: Any, version: Mapping[str, Any]) -> Any:  # noqa: ANN401 (a Keras model)
    """The trained model from its `.keras` file, compiled as `model` is.

    Numbers to predict are standardised for the training: what it puts out is scaled back, so that its answers
    are in the units of `y`.
    """
    # By name, as this package does without Keras; the caller's model has brought it along.
    keras = importlib.import_module("keras")
    trained = keras.saving.load_model(path, compile=False)
    target = version["target"]
    parts = target.get("parts", [target])
    scales = [_scale(parts, output) for output in version["outputs"]]
    if any(scales):
        trained = _in_units(keras, trained, [output["name"] for output in version["outputs"]], scales)
    if getattr(model, "compiled", False):
        trained.compile_from_config(model.get_compile_config())
    return trained


Scale = tuple[Any, Any]


def _scale(parts: Sequence[Mapping[str, Any]], output: Mapping[str, Any]) -> Scale | None:
    """Deviation and mean of the numbers that an output is compared with; None for what is not scaled."""
    target = next(one for one in parts if one.get("name", "target") == output["target"])
    if target["kind"] == "number":
        return target["std"], target["mean"]
    return (target["stds"], target["means"]) if target["kind"] == "vector" else None


def _in_units(keras: Any, trained: Any, names: list[str], scales: Sequence[Scale | None]) -> Any:  # noqa: ANN401 (Keras)
    """The model with its answers scaled: in the weights of the last layer, where that is a plain Dense at the
    end of a Sequential; else by a Rescaling after each output.
    """
    last = trained.layers[-1]
    if isinstance(trained, keras.Sequential) and _is_plain(keras, last) and scales[0]:
        kernel, bias = last.get_weights()
        std, mean = (np.asarray(one) for one in scales[0])
        last.set_weights([kernel * std, bias * std + mean])
        return trained
    inputs = [keras.Input(batch_shape=one.shape, dtype=one.dtype, name=one.name) for one in trained.inputs]
    outputs = trained(inputs if len(inputs) > 1 else inputs[0])
    ends = [
        keras.layers.Rescaling(*(scale or (1.0, 0.0)), name=name)(out)
        for name, scale, out in zip(names, scales, outputs if len(names) > 1 else [outputs], strict=True)
    ]
    return keras.Model(inputs, ends if len(ends) > 1 else ends[0])


def _is_plain(keras: Any, layer: Any) -> bool:  # noqa: ANN401 (Keras)
    return (
        type(layer) is keras.layers.Dense and layer.use_bias and layer.activation is keras.activations.linear
    )
