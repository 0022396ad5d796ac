"""From Keras's JSON to a document's list of layers: models within models are laid open, in one list."""

import re
from collections import deque
from collections.abc import Sequence
from typing import Any, NamedTuple

from core.specs import wording
from core.specs.keras_json import calls, values
from core.specs.keras_json.calls import Tensor
from core.specs.keras_json.tracing import Origin, Path
from core.specs.layers import LAYERS

_SEQUENTIAL = frozenset({"Sequential"})
_FUNCTIONAL = frozenset({"Functional", "Model"})
MODELS = _SEQUENTIAL | _FUNCTIONAL
LONGEST_NAME = 63
# How many layers may be met for each that a network may have: inputs of models within models, and the models
# themselves, are met whenever they are called, and become none.
_MET_FOR_EACH = 4
# Operations on tensors that are layers too: what `a + b` becomes.
_OPERATIONS = frozenset({"Add", "Subtract", "Multiply", "Maximum", "Minimum"})


class Read(NamedTuple):
    """A document's `model`, and where all of it came from."""

    model: dict[str, Any]
    origin: Origin


def looks_like(model: object) -> bool:
    """Whether this is Keras's JSON, right or wrong, and no list of layers."""
    return isinstance(model, dict) and "class_name" in model and "layers" not in model


def read(document: dict[str, Any], most_layers: int) -> Read:
    """The list of layers that Keras's JSON stands for.

    Raises:
        Misfit: it is not what Keras prints, or has something that is not taken. Its path begins at the
            model.
    """
    reader = _Reader(document, most_layers)
    ends = reader.model(document, (), "", None)
    model: dict[str, Any] = {"layers": reader.entries, "outputs": ends}
    if reader.inputs:
        model["inputs"] = reader.inputs
    return Read(model, Origin(document, tuple(reader.origins), tuple(reader.input_origins)))


class _Reader:
    """Gathers the entries of the list. A layer that is met again on the way is applied again."""

    def __init__(self, document: dict[str, Any], most_layers: int) -> None:
        self._document, self._most = document, most_layers
        self.entries: list[dict[str, Any]] = []
        self.origins: list[Path] = []
        self.inputs: list[dict[str, Any]] = []
        self.input_origins: list[Path] = []
        self._made: dict[Path, str] = {}
        self._met = 0
        self._counts: dict[str, int] = {}
        self._names = {"input"}  # what a document calls the data set's own

    def model(self, found: dict[str, Any], path: Path, prefix: str, feeds: Sequence[str] | None) -> list[str]:
        """Adds a model's layers, called with the entries `feeds` (None: with the data set's inputs). Answers
        the entries that it puts out.
        """
        name = values.check_source(found, path)
        config = found.get("config")
        layers = config.get("layers") if isinstance(config, dict) else None
        if name not in MODELS:
            raise wording.Misfit(
                f"{wording.short(name)} is no Sequential and no functional model: only these are data",
                *path,
                "class_name",
            )
        if not isinstance(config, dict) or not isinstance(layers, list) or not layers:
            raise wording.Misfit("A model has a config with a list of layers", *path, "config")
        self._meet(len(layers), path)
        for place, layer in enumerate(layers):
            if not isinstance(layer, dict):
                raise wording.Misfit("A layer is an object", *path, "config", "layers", place)
        at = (*path, "config", "layers")
        if name in _SEQUENTIAL:
            return self._sequential(layers, at, prefix, feeds)
        return self._functional(config, (*path, "config"), prefix, feeds)

    def _meet(self, number: int, path: Path) -> None:
        """Counts layers: models of nothing but calls of one another would be gone through for ever."""
        self._met += number
        if self._met > _MET_FOR_EACH * self._most:
            raise self._too_many(path)

    def _too_many(self, path: Path) -> wording.Misfit:
        return wording.Misfit(f"With the models in it, it has more than {self._most:,} layers", *path)

    def _sequential(
        self, layers: list[dict[str, Any]], path: Path, prefix: str, feeds: Sequence[str] | None
    ) -> list[str]:
        current = list(feeds or ())
        for place, layer in enumerate(layers):
            at = (*path, place)
            current = current or [self._input(layer, at)]
            if not _is_input(layer):
                current = self._apply(layer, at, prefix, current)
        return current

    def _functional(
        self, config: dict[str, Any], path: Path, prefix: str, feeds: Sequence[str] | None
    ) -> list[str]:
        graph = _Calls(config, path)
        starts = calls.histories(config.get("input_layers"), (*path, "input_layers"))
        if feeds is None:
            places = [graph.place(tensor, (*path, "input_layers")) for tensor in starts]
            feeds = [self._input(graph.layers[place], (*path, "layers", place)) for place in places]
        if len(feeds) != len(starts):
            raise wording.Misfit(f"This model has {len(starts)} inputs, and is given {len(feeds)}", *path)
        known = dict(zip(starts, feeds, strict=True))
        for call in graph.ordered(known):
            entries = [known[tensor] for tensor in call.takes]
            at = (*path, "layers", call.place)
            out = self._apply(graph.layers[call.place], at, prefix, entries)
            if not out:
                raise wording.Misfit("This model puts out nothing", *at, "config", "output_layers")
            known[call.gives] = out[0]
        ends = calls.histories(config.get("output_layers"), (*path, "output_layers"))
        return [known[graph.check(tensor, known, (*path, "output_layers"))] for tensor in ends]

    def _input(self, layer: dict[str, Any], path: Path) -> str:
        """Declares an input of the network."""
        config = _config(layer)
        shape = config.get("batch_shape") or config.get("batch_input_shape")
        name = self._free_name((_own_name(layer) or "input") if _is_input(layer) else "input")
        declared: dict[str, Any] = {"name": name}
        if isinstance(shape, list) and shape:
            declared["shape"] = shape[1:]
        self.inputs.append(declared)
        self.input_origins.append(path)
        return name

    def _apply(self, layer: dict[str, Any], path: Path, prefix: str, taken: list[str]) -> list[str]:
        """Adds a layer where it is called; a model within the model with all its layers."""
        name = values.check_source(layer, path)
        own = _own_name(layer)
        if name in MODELS:
            return self.model(layer, path, f"{prefix}{own}.", taken)
        if len(self.entries) >= self._most:
            raise self._too_many(path)
        entry = self._again(path, prefix, own, taken) or self._made_here(
            layer, name, path, prefix + own, taken
        )
        self.entries.append(entry)
        self.origins.append(path)
        return [entry["name"]]

    def _again(self, path: Path, prefix: str, own: str, taken: list[str]) -> dict[str, Any] | None:
        if path not in self._made:
            return None
        return {"layer": self._made[path], "name": self._free_name(prefix + own), "inputs": taken}

    def _made_here(
        self, layer: dict[str, Any], name: str, path: Path, own: str, taken: list[str]
    ) -> dict[str, Any]:
        with wording.within(*path, "class_name"):
            table = LAYERS.find(name)
        arguments = values.arguments(layer, table, path)
        made = {**arguments, "type": name, "name": self._free_name(own or name), "inputs": taken}
        self._made[path] = made["name"]
        return made

    def _free_name(self, wanted: str) -> str:
        """A name that a document may have, and no other layer has."""
        plain = re.sub(r"[^A-Za-z0-9_.-]", "_", wanted[:LONGEST_NAME])
        plain = (plain if plain[:1].isalpha() else f"layer_{plain}")[: LONGEST_NAME - 6]
        name, number = plain, self._counts.get(plain, 0)
        while name in self._names:
            number += 1
            name = f"{plain}_{number}"
        self._names.add(name)
        self._counts[plain] = number
        return name


class _Call(NamedTuple):
    """One call of a layer: what it takes, what it gives, and the layer's place in the list."""

    place: int
    gives: Tensor
    takes: list[Tensor]


class _Calls:
    """The calls of a functional model's layers."""

    def __init__(self, config: dict[str, Any], path: Path) -> None:
        self._path = path
        self.layers: list[dict[str, Any]] = config["layers"]
        self._places = {_name(layer): place for place, layer in enumerate(self.layers)}
        if len(self._places) < len(self.layers):
            raise wording.Misfit("Two layers have the same name", *path, "layers")
        for place, layer in enumerate(self.layers):
            _check_operation(layer, (*path, "layers", place))
        self.calls = [
            _Call(place, Tensor(_name(layer), number), calls.tensors_of(node, (*at, number)))
            for place, layer in enumerate(self.layers)
            for at in [(*path, "layers", place, "inbound_nodes")]
            for number, node in enumerate(_nodes(layer, at))
        ]

    def place(self, tensor: Tensor, path: Path) -> int:
        """The place of the layer that gives it."""
        if tensor.layer not in self._places:
            raise wording.Misfit(f"There is no layer called {wording.short(tensor.layer)!r}", *path)
        return self._places[tensor.layer]

    def check(self, tensor: Tensor, known: dict[Tensor, str], path: Path) -> Tensor:
        """The tensor, if it is there."""
        if tensor not in known:
            raise wording.Misfit(
                f"There is no layer {wording.short(tensor.layer)!r} with a node {tensor.node}", *path
            )
        return tensor

    def ordered(self, known: dict[Tensor, str]) -> list[_Call]:
        """The calls, each after those that it takes; `known` are there from the beginning."""
        given = {call.gives for call in self.calls} | set(known)
        waits, followers = {}, dict[Tensor, list[int]]()
        for number, call in enumerate(self.calls):
            at = (*self._path, "layers", call.place, "inbound_nodes")
            for tensor in call.takes:
                if tensor not in given:
                    self.check(tensor, known, at)
                followers.setdefault(tensor, []).append(number)
            waits[number] = sum(tensor not in known for tensor in call.takes)
        ready = deque(number for number, count in waits.items() if not count)
        order = []
        while ready:
            call = self.calls[ready.popleft()]
            order.append(call)
            for follower in followers.get(call.gives, ()):
                waits[follower] -= 1
                if not waits[follower]:
                    ready.append(follower)
        if len(order) < len(self.calls):
            stuck = next(self.calls[number] for number, count in waits.items() if count)
            raise wording.Misfit(
                f"There is a cycle: {stuck.gives.layer} waits for itself",
                *self._path,
                "layers",
                stuck.place,
                "inbound_nodes",
            )
        return order


def _check_operation(layer: dict[str, Any], path: Path) -> None:
    name = layer.get("class_name")
    if str(layer.get("module", "")).startswith("keras.src.ops") and name not in _OPERATIONS:
        raise wording.Misfit(
            f"{name} is an operation of keras.ops, and only layers are taken", *path, "class_name"
        )


def _nodes(layer: dict[str, Any], path: Path) -> list[Any]:
    nodes = layer.get("inbound_nodes", [])
    if not isinstance(nodes, list):
        raise wording.Misfit("This must be a list: the calls of the layer", *path)
    return nodes


def _name(layer: dict[str, Any]) -> str:
    """What other layers call it."""
    name = layer.get("name")
    return name if name and isinstance(name, str) else _text(_config(layer).get("name"))


def _own_name(layer: dict[str, Any]) -> str:
    """The beginning of its name, which is all that is kept of it."""
    return _text(_config(layer).get("name"))[:LONGEST_NAME]


def _config(layer: dict[str, Any]) -> dict[str, Any]:
    config = layer.get("config")
    return config if isinstance(config, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _is_input(layer: dict[str, Any]) -> bool:
    return layer.get("class_name") == "InputLayer"
