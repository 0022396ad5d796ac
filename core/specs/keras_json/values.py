"""Keras's serialized objects as a document's: `{"class_name": C, "config": {…}}` as `{"type": C, …}`."""

from typing import Any

from core.specs import (
    constraints,
    initializers,
    losses,
    metrics,
    optimizers,
    regularizers,
    schedules,
    wording,
)
from core.specs.base import Family, Named
from core.specs.keras_json.tracing import SERIALIZED, Path
from core.specs.layers import LAYERS
from core.specs.layers.cells import CELLS

_FLOAT32 = (None, "float32", {"name": "float32"})
# What Keras 2 and 3 write down although it is no argument, or none that a network here could differ in:
# with these values it says nothing.
_NEUTRAL: dict[str, tuple[object, ...]] = {
    "autocast": (True,),
    "data_format": ("channels_last",),
    "zero_output_for_mask": (True, False),
    "implementation": (0, 1, 2),
    "epsilon": (0.01,),  # of bins that Discretization is to learn: elsewhere it is an argument
    "oov_token": (-1,),
    "vocabulary_dtype": ("int64",),
    "oov_method": ("floormod",),
    "encoding": ("utf-8",),
}
_SHELVES: tuple[tuple[str, Family[Any]], ...] = (
    ("keras.initializers", initializers.FAMILY),
    ("keras.regularizers", regularizers.FAMILY),
    ("keras.constraints", constraints.FAMILY),
    ("keras.layers", LAYERS),
    ("keras.layers", CELLS),
    ("keras.optimizers", optimizers.FAMILY),
    ("keras.optimizers.schedules", schedules.FAMILY),
    ("keras.losses", losses.FAMILY),
    ("keras.metrics", metrics.FAMILY),
)
# What follows from something else. The input of a network is the data set's, and is checked where it is made.
_DERIVED = frozenset({"batch_input_shape", "batch_shape", "input_length", "vocabulary_size"})


def arguments(serialized: dict[str, Any], table: type[Named] | None, path: Path) -> dict[str, Any]:
    """The arguments of an object from its `config`, but for those that say nothing.

    Args:
        serialized: the object.
        table: the class in the table, if there is one of that name.
        path: where the object is, for errors.
    """
    config = serialized.get("config")
    if not isinstance(config, dict):
        raise wording.Misfit("This must be an object: Keras's configuration", *path, "config")
    fields = {info.alias or name for name, info in table.model_fields.items()} if table else set()
    found = {
        key: _value(value, (*path, "config", key))
        for key, value in config.items()
        if key in fields or not (_says_nothing(key, value) or (table and key == "name"))
    }
    return {key: _factor(value) if key.endswith("factor") else value for key, value in found.items()}


def check_source(found: dict[str, Any], path: Path) -> str:
    """The object's class; refuses what is not Keras's own. Nothing is looked up by any of these names but in
    the table.
    """
    name = found.get("class_name")
    if not isinstance(name, str):
        raise wording.Misfit("This must be a string: the name of a class of Keras's", *path, "class_name")
    module = found.get("module")
    if module is not None and not (
        isinstance(module, str) and (module == "keras" or module.startswith("keras."))
    ):
        raise wording.Misfit(
            f"{wording.short(name)} is of the module {_shown(module)}, and only what Keras "
            "itself has is taken",
            *path,
            "module",
        )
    registered = found.get("registered_name")
    if registered is not None and (registered != name or module is None):
        raise wording.Misfit(
            f"{_shown(registered)} is a class of its own, registered with Keras: only what "
            "Keras itself has is taken",
            *path,
            "registered_name",
        )
    return name


def _shown(value: object) -> str:
    return repr(wording.short(value)) if isinstance(value, str) else "what is no string"


def read(value: dict[str, Any], path: Path) -> dict[str, Any]:
    """A serialized object in a document's words."""
    name = check_source(value, path)
    if name in {"__lambda__", "function"}:
        raise wording.Misfit("This is a function of its own, and no code is taken", *path)
    return {**arguments(value, _table(name, value.get("module")), path), "type": name}


def _value(value: Any, path: Path) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, list):
        return [_value(one, (*path, place)) for place, one in enumerate(value)]
    if not isinstance(value, dict) or not value.keys() >= SERIALIZED:
        return value
    return read(value, path)


def _factor(value: Any) -> Any:  # noqa: ANN401 - JSON
    """`a` for `[-a, a]`, as which Keras writes it down, though some of its classes do not read that."""
    match value:
        case [int() | float() as least, int() | float() as most] if most >= 0 and least == -most:
            return most
        case _:
            return value


def _table(name: str, module: str | None) -> type[Named] | None:
    """The class of that name, in a family that Keras keeps in that module; Keras 2 says no module."""
    families = [family for shelf, family in _SHELVES if module in {None, shelf}]
    return next((family.members[name] for family in families if name in family.members), None)


def _says_nothing(key: str, value: object) -> bool:
    if key in _DERIVED or value is None or value is False:
        return True
    if key == "dtype":
        return (value.get("config") if isinstance(value, dict) else value) in _FLOAT32
    return value in _NEUTRAL.get(key, ())
