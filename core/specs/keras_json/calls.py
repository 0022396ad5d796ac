"""What a layer of a functional model is called with: which tensors, in Keras 3's words and Keras 2's."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from core.specs import wording
from core.specs.keras_json.tracing import Path

TENSOR = "__keras_tensor__"
# Layers take these by name too, in this order.
_NAMED = ("inputs", "sequence", "sequences", "x", "x1", "query", "x2", "value", "key")


class Tensor(NamedTuple):
    """What the call number `node` of the layer `layer` puts out."""

    layer: str
    node: int


def tensors_of(node: object, path: Path) -> list[Tensor]:
    """The tensors of one call, `inbound_nodes[k]`, in order.

    Raises:
        Misfit: it is called with something that a layer's arguments cannot say.
    """
    if isinstance(node, dict):
        return _of_keras_3(node, path)
    if isinstance(node, list):
        return _of_keras_2(node, path)
    raise wording.Misfit("This must be an object: what the layer is called with", *path)


def history(value: object, path: Path) -> Tensor:
    """The tensor that `[layer, node, 0]` names."""
    match value:
        case [str(layer), int(node), int(index), *_]:
            if index:
                raise wording.Misfit(f"{layer} has several outputs here, and only its first is taken", *path)
            return Tensor(layer, node)
        case _:
            raise wording.Misfit(
                "This must be a list of a layer's name, a node and an output's number", *path
            )


def histories(value: object, path: Path) -> list[Tensor]:
    """The tensors that `input_layers` or `output_layers` names: one, several, or several by name."""
    if isinstance(value, dict):
        return [history(one, (*path, key)) for key, one in value.items()]
    if isinstance(value, list) and value and isinstance(value[0], str):
        return [history(value, path)]
    if isinstance(value, list):
        return [history(one, (*path, place)) for place, one in enumerate(value)]
    raise wording.Misfit("This must be a list", *path)


def _of_keras_3(node: dict[str, Any], path: Path) -> list[Tensor]:
    args, kwargs = node.get("args", []), node.get("kwargs", {})
    if not isinstance(args, list) or not isinstance(kwargs, dict):
        raise wording.Misfit("This must have a list of args and an object of kwargs", *path)
    found: list[Tensor] = []
    for place, value in enumerate(args):
        found += _tensors(value, (*path, "args", place))
    rest = dict(kwargs)
    for name in _NAMED:
        if name in rest:
            found += _tensors(rest.pop(name), (*path, "kwargs", name))
    _refuse(rest, (*path, "kwargs"))
    return found


def _of_keras_2(node: list[Any], path: Path) -> list[Tensor]:
    found: list[Tensor] = []
    for place, value in enumerate(node):
        at = (*path, place)
        found.append(history(value, at))
        more = value[3] if len(value) > 3 else {}
        rest = dict(more) if isinstance(more, dict) else {}
        found += [history(rest.pop(name), (*at, 3, name)) for name in _NAMED if name in rest]
        _refuse(rest, (*at, 3))
    return found


def _tensors(value: object, path: Path) -> Iterator[Tensor]:
    if isinstance(value, list):
        for place, one in enumerate(value):
            yield from _tensors(one, (*path, place))
    elif isinstance(value, dict) and value.get("class_name") == TENSOR:
        config = value.get("config")
        found = config.get("keras_history") if isinstance(config, dict) else None
        yield history(found, (*path, "config", "keras_history"))
    elif value is not None:
        raise wording.Misfit("A layer is called with the outputs of others, and with nothing else", *path)


def _refuse(rest: dict[str, Any], path: Path) -> None:
    for name, value in rest.items():
        if value is not None and value is not False:
            raise wording.Misfit(
                f"A call with {wording.short(name)!r} is not taken: a layer is called with its inputs alone",
                *path,
                name,
            )
