"""A network as Keras's JSON, which `keras.models.model_from_json` reads without any help of ours."""

from collections.abc import Sequence
from typing import Any

from core.specs.base import Data, Named
from core.specs.keras_json.calls import TENSOR
from core.specs.layers import Layer, Shape
from core.specs.layers.entries import Again
from core.specs.precision import policies
from core.specs.resolved import Resolved
from core.specs.summary import steps_of

_MODULES = {
    "layer": "keras.layers",
    "initializer": "keras.initializers",
    "regularizer": "keras.regularizers",
    "constraint": "keras.constraints",
}


def write(resolved: Resolved) -> dict[str, Any]:
    """What `to_json` prints of the network that the worker builds, but for what Keras adds to help itself."""
    policy = policies(resolved)
    layers = {name: _layer(layer, policy[name]) for name, layer in resolved.made.items()}
    inputs = [_input(one.name, one.shape, one.dtype) for one in resolved.inputs]
    if resolved.is_chain:
        config = {"name": "network", "trainable": True, "layers": [*inputs, *layers.values()]}
        return _serialized("keras", "Sequential", config)
    return _functional(resolved, inputs, layers)


def _functional(
    resolved: Resolved, inputs: list[dict[str, Any]], layers: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    nodes = _Nodes(resolved)
    for name, made in layers.items():
        made |= {"name": name, "inbound_nodes": nodes.calls[name]}
    ends = []
    for output in resolved.outputs:
        ends.append(nodes.history(output.name))
        if nodes.is_again(output.name):
            # As in the worker: Keras calls an output by its layer, which has an output of its own.
            layers[output.name] = _serialized("keras.layers", "Identity", {"name": output.name}) | {
                "name": output.name,
                "inbound_nodes": [_call([nodes.tensor(output.name)], one_by_one=False)],
            }
            ends[-1] = [output.name, 0, 0]
    config = {
        "name": "network",
        "trainable": True,
        "layers": [
            *(one | {"name": one["config"]["name"], "inbound_nodes": []} for one in inputs),
            *layers.values(),
        ],
        "input_layers": [[one.name, 0, 0] for one in resolved.inputs],
        "output_layers": ends,
    }
    # As Keras writes it: the class has no public place of its own.
    return _serialized("keras.src.models.functional", "Functional", config) | {
        "registered_name": "Functional"
    }


class _Nodes:
    """The calls of each layer, and what they put out, as Keras numbers them."""

    def __init__(self, resolved: Resolved) -> None:
        self._at = {one.name: (one.name, 0) for one in resolved.inputs}
        self._shapes: dict[str, Shape] = {one.name: one.shape for one in resolved.inputs}
        self._dtypes = {one.name: str(one.dtype) for one in resolved.inputs}
        self._again = {entry.name for entry in resolved.layers if isinstance(entry, Again)}
        self.calls: dict[str, list[dict[str, Any]]] = {}
        for step in steps_of(resolved):
            name, layer = step.node.name, step.layer
            calls = self.calls.setdefault(layer.name or "", [])
            calls.append(_call([self.tensor(one) for one in step.node.inputs], one_by_one=layer.one_by_one))
            self._at[name] = (layer.name or "", len(calls) - 1)
            self._shapes[name] = step.output_shape

    def is_again(self, name: str) -> bool:
        """Whether that is a layer applied once more."""
        return name in self._again

    def history(self, name: str) -> list[Any]:
        """Layer, node and number of an output."""
        layer, node = self._at[name]
        return [layer, node, 0]

    def tensor(self, name: str) -> dict[str, Any]:
        """What a call takes."""
        shape = [None, *self._shapes[name]]
        dtype = self._dtypes.get(name, "float32")
        return {
            "class_name": TENSOR,
            "config": {"shape": shape, "dtype": dtype, "keras_history": self.history(name)},
        }


def _call(tensors: Sequence[dict[str, Any]], *, one_by_one: bool) -> dict[str, Any]:
    args = list(tensors) if one_by_one or len(tensors) == 1 else [list(tensors)]
    return {"args": args, "kwargs": {}}


def _input(name: str, shape: Shape, dtype: str) -> dict[str, Any]:
    config = {"batch_shape": [None, *shape], "dtype": dtype, "sparse": False, "name": name}
    return _serialized("keras.layers", "InputLayer", config)


def _layer(layer: Layer, policy: str) -> dict[str, Any]:
    made = _object(layer)
    made["config"]["dtype"] = _serialized("keras", "DTypePolicy", {"name": policy})
    return made


def _object(thing: Named) -> dict[str, Any]:
    config = {name: _value(value) for name, value in thing.keras_arguments().items()}
    return _serialized(_MODULES[thing.family], type(thing).__name__, config)


def _value(value: object) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, Named):
        return _object(value)
    if isinstance(value, Data):
        return value.model_dump(mode="json", exclude_none=True)
    return [_value(one) for one in value] if isinstance(value, tuple | list) else value


def _serialized(module: str, name: str, config: dict[str, Any]) -> dict[str, Any]:
    return {"module": module, "class_name": name, "config": config, "registered_name": None}
