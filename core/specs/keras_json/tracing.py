"""From a place in a network's list of layers back to the place in the Keras JSON that it was read from."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from core.errors import Fault, Suggestion, pointer

Path = tuple[str | int, ...]
SERIALIZED = frozenset({"class_name", "config"})


@dataclass(frozen=True)
class Origin:
    """Where everything came from.

    Attributes:
        document: the Keras JSON.
        layers: for each layer of the list, the path to it in the document.
        inputs: for each input, likewise.
        training: what of the training is the model's own, as it was compiled.
    """

    document: dict[str, Any]
    layers: tuple[Path, ...]
    inputs: tuple[Path, ...]
    training: frozenset[str] = frozenset()

    def trace(self, fault: Fault) -> Fault:
        """The fault with a pointer into the Keras JSON, if it was one into the list of layers."""
        parts = [_part(part) for part in fault.pointer.split("/")[1:]]
        if parts[:1] == ["training"] and parts[1:2] and parts[1] in self.training:
            # Whatever is wrong with it, that is where it was said.
            return replace(
                fault, pointer=pointer("model", "compile_config", parts[1]), suggestion=_said(fault)
            )
        if parts[:1] != ["model"]:
            return fault
        return replace(fault, pointer=pointer("model", *self._source(parts[1:])), suggestion=_said(fault))

    def _source(self, parts: Sequence[str | int]) -> Path:
        match parts:
            case ["layers", int(place), *rest] if place < len(self.layers):
                return self.layers[place] + self._argument(self.layers[place], rest)
            case ["inputs", int(place), *_] if place < len(self.inputs):
                return self._shape(self.inputs[place])
            case ["outputs", *_]:
                return ("config", "output_layers")
            case ["layers", *_]:
                return ("config", "layers")
            case _:
                return tuple(parts)

    def _shape(self, at: Path) -> Path:
        """Where an input says its shape, in Keras 3's words or Keras 2's; else the layer that takes it."""
        config = self._at(at).get("config")
        said = (key for key in ("batch_shape", "batch_input_shape") if _has(config, key))
        key = next(said, None)
        return (*at, "config", key) if key else at

    def _at(self, path: Path) -> Any:  # noqa: ANN401 - JSON
        value: Any = self.document
        for part in path:
            value = value[part]
        return value

    def _argument(self, at: Path, rest: Sequence[str | int]) -> Path:
        """The rest of a path, from an object on: its arguments are in its `config`."""
        value = self._at(at)
        found: list[str | int] = []
        for part in rest:
            if isinstance(value, dict) and value.keys() >= SERIALIZED:
                if part == "type":
                    return (*found, "class_name")
                if part == "inputs":
                    return (*found, "inbound_nodes")
                found.append("config")
                value = value["config"]
            if not _has(value, part):
                break
            found.append(part)
            value = value[part]
        return tuple(found)


def within(document: object, path: Path) -> Path:
    """As much of a path as leads to something in the document, or to a name that is missing there."""
    for length, part in enumerate(path):
        if not _has(document, part):
            return path[: length + isinstance(document, dict)]
        document = document[part]  # type: ignore[index]  # it has it
    return path


def _said(fault: Fault) -> Suggestion | None:
    """The suggestion without its changes: they are to a list of layers, which nobody sent."""
    return fault.suggestion and Suggestion(fault.suggestion.detail)


def _has(value: object, part: str | int) -> bool:
    if isinstance(value, dict):
        return part in value
    return isinstance(value, list) and isinstance(part, int) and part < len(value)


def _part(text: str) -> str | int:
    """A part of a pointer, unescaped (RFC 6901); what is a number is a place in a list."""
    plain = text.replace("~1", "/").replace("~0", "~")
    return int(plain) if plain.isascii() and plain.isdecimal() and len(plain) < 10 else plain
