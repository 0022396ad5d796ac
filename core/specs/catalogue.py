"""What can be asked for, as data: every class of the table with the JSON schema of its arguments."""

from functools import cache
from typing import Any, Final

from pydantic.json_schema import DEFAULT_REF_TEMPLATE

from core.specs import activations, constraints, initializers, losses, metrics, optimizers, regularizers
from core.specs import schedules as learning_rates
from core.specs.base import Family, Named
from core.specs.layers import AUGMENTATIONS, LAYERS, Layer
from core.specs.layers.cells import CELLS

FAMILIES: Final[dict[str, Family[Any]]] = {
    "layers": LAYERS,
    "augmentations": AUGMENTATIONS,
    "cells": CELLS,
    "optimizers": optimizers.FAMILY,
    "schedules": learning_rates.FAMILY,
    "losses": losses.FAMILY,
    "metrics": metrics.FAMILY,
    "initializers": initializers.FAMILY,
    "regularizers": regularizers.FAMILY,
    "constraints": constraints.FAMILY,
}
"""By the name of the module in which Keras keeps them, more or less."""
_GROUPS = {
    "cells": "recurrent",
    "convolutional_recurrent": "recurrent",
    "wrappers": "recurrent",
    "einsum_dense": "core",
    "augmentation": "preprocessing",
    "margins": "reshaping",
    "resizing": "reshaping",
}
"""Keras's group for files whose names do not begin with it."""
_WRAPPED = {"SpectralNormalization": "normalization", "Wrapper": "core"}


def layer_types() -> dict[str, dict[str, Any]]:
    """For every layer's name, the JSON schema of its arguments: types, defaults, ranges, and what it does."""
    both = LAYERS.members | AUGMENTATIONS.members
    return {name: schema_of(layer) for name, layer in sorted(both.items())}


@cache
def layers() -> list[dict[str, Any]]:
    """Every layer: where Keras keeps it, how many inputs it takes, and where it may be used."""
    return [
        {
            "type": name,
            "object": "layer",
            "description": schema["description"],
            "group": _group(layer),
            "inputs": {"least": layer.least_inputs, "most": layer.most_inputs},
            "network": name in LAYERS.members,
            "augmentation": name in AUGMENTATIONS.members,
            "arguments": schema,
        }
        for name, schema in layer_types().items()
        for layer in [LAYERS.members.get(name) or AUGMENTATIONS.members[name]]
    ]


@cache
def members(family: str) -> list[dict[str, Any]]:
    """Every class of a family: its other names, and its arguments."""
    found = FAMILIES[family]
    names: dict[str, list[str]] = {}
    for alias, name in found.aliases.items():
        names.setdefault(name, []).append(alias)
    return [
        {
            "type": name,
            "object": found.noun,
            "description": schema["description"],
            "names": names.get(name, []),
            "arguments": schema,
        }
        for name, member in sorted(found.members.items())
        for schema in [schema_of(member)]
    ]


def activation_names() -> list[dict[str, Any]]:
    """Every activation, which has no arguments: a layer takes it by name."""
    other = {name: alias for alias, name in activations.ALIASES.items()}
    return [
        {"type": name, "object": "activation", "names": [other[name]] if name in other else []}
        for name in activations.NAMES
    ]


def schema_of(member: type[Named], ref_template: str = DEFAULT_REF_TEMPLATE) -> dict[str, Any]:
    """The JSON schema of its arguments; `x-family` stands where any one of a family may stand."""
    schema = member.model_json_schema(ref_template=ref_template)
    # Keras knows no inputs among the arguments, and a document says them there.
    for name in member.withheld - {"inputs"}:
        schema["properties"].pop(name, None)
    plain: dict[str, Any] = untitled(schema)
    return plain | {"description": (member.__doc__ or "").strip().splitlines()[0]}


def _group(layer: type[Layer]) -> str:
    """Keras's, by the file in which the layer is."""
    file = layer.__module__.rpartition(".")[2]
    return _WRAPPED.get(layer.__name__) or _GROUPS.get(file) or file.partition("_")[0]


def untitled(schema: Any) -> Any:  # noqa: ANN401 - JSON
    """A schema without the titles, which are the names once more."""
    if isinstance(schema, list):
        return [untitled(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: untitled(item) for key, item in schema.items() if key != "title" or not isinstance(item, str)
    }
