"""The table against Keras: every name and every default is Keras's own."""

import inspect
import re
from typing import Any

import keras
import pytest
from pydantic import TypeAdapter
from pydantic.fields import FieldInfo

from core.specs import (
    activations,
    constraints,
    initializers,
    losses,
    metrics,
    optimizers,
    regularizers,
    schedules,
)
from core.specs.base import Named
from core.specs.layers import AUGMENTATIONS, LAYERS
from core.specs.wording import snake_case

# What a row of the table is made with where Keras has no default either.
NEEDED = {
    "units": 3,
    "filters": 4,
    "kernel_size": 2,
    "pool_size": 2,
    "input_dim": 5,
    "output_dim": 2,
    "rate": 0.5,
    "stddev": 0.5,
    "output_size": 2,
    "dims": [1],
    "n": 2,
    "target_shape": [2],
    "scale": 2.0,
    "equation": "ab,bc->ac",
    "output_shape": [3],
    "layer": {"type": "Dense", "units": 3},
    "cell": {"type": "LSTMCell", "units": 3},
    "axes": 1,
    "num_heads": 2,
    "key_dim": 3,
    "head_dim": 3,
    "num_query_heads": 2,
    "num_key_value_heads": 1,
    "height": 4,
    "width": 3,
    "num_tokens": 4,
    "bin_boundaries": [0.5],
    "vocabulary": [1, 2],
    "activation": "relu",
    "factor": 0.1,
    "height_factor": 0.1,
    "width_factor": 0.1,
    "initial_learning_rate": 0.1,
    "decay_steps": 10,
    "first_decay_steps": 10,
    "decay_rate": 0.5,
    "boundaries": [1],
    "values": [0.1, 0.2],
    "recall": 0.5,
    "precision": 0.5,
    "specificity": 0.5,
    "sensitivity": 0.5,
    "num_classes": 3,
    "target_class_ids": [0],
}
NEEDED_BY = {
    ("Bidirectional", "layer"): {"type": "LSTM", "units": 3},
    ("RandomPosterization", "factor"): 3,
}
SHELVES = {
    "layer": (LAYERS, keras.layers),
    "augmentation": (AUGMENTATIONS, keras.layers),
    "initializer": (initializers.FAMILY, keras.initializers),
    "regularizer": (regularizers.FAMILY, keras.regularizers),
    "constraint": (constraints.FAMILY, keras.constraints),
    "schedule": (schedules.FAMILY, keras.optimizers.schedules),
    "optimizer": (optimizers.FAMILY, keras.optimizers),
    "loss": (losses.FAMILY, keras.losses),
    "metric": (metrics.FAMILY, keras.metrics),
}
ROWS = [
    pytest.param(member, getattr(shelf, name), id=f"{kind}-{name}")
    for kind, (family, shelf) in SHELVES.items()
    for name, member in family.members.items()
]
# Where this service's default is better than Keras's, and why.
OTHERWISE = {
    ("F1Score", "average"): "a metric is one number, and without an average it is one for each class",
    ("FBetaScore", "average"): "a metric is one number, and without an average it is one for each class",
}
OTHERWISE |= {
    (name, "value_range"): "pictures are scaled to [0, 1] here"
    for name, row in LAYERS.members.items()
    if "value_range" in row.model_fields
}
OTHERWISE |= {
    ("CategoryEncoding", "num_tokens"): "Keras cannot do without it either",
    ("Discretization", "bin_boundaries"): "they are given here, and not learned",
    ("IntegerLookup", "vocabulary"): "it is given here, and not learned",
}
# Of the class Layer: part of the signature of few of Keras's, and `inputs` of a graph.
COMMON = {"name", "trainable", "inputs"}


def arguments_of(keras_class: type) -> dict[str, object]:
    """Keras's arguments and their defaults, with those of base classes that `**kwargs` hands over to."""
    named = {}
    for base in keras_class.__mro__:
        if base in {keras_class, keras.Layer} and base.__init__ is not object.__init__:
            for one in inspect.signature(base.__init__).parameters.values():
                if one.kind in {one.POSITIONAL_OR_KEYWORD, one.KEYWORD_ONLY} and one.name != "self":
                    named.setdefault(one.name, one.default)
    return named


def arguments(row: type[Named]) -> dict[str, FieldInfo]:
    """The fields by Keras's names, which some cannot have here."""
    return {field.alias or name: field for name, field in row.model_fields.items()}


def needed(row: type[Named]) -> dict[str, object]:
    return {
        name: NEEDED_BY.get((row.__name__, name), NEEDED.get(name))
        for name, field in arguments(row).items()
        if field.is_required()
    }


def made(row: type[Named], **more: object) -> dict[str, object]:
    return row.model_validate(needed(row) | more).model_dump(mode="json")


@pytest.mark.parametrize(("row", "keras_class"), ROWS)
def test_every_argument_is_keras_s_and_none_is_forgotten(row: type[Named], keras_class: type) -> None:
    theirs = set(arguments_of(keras_class))
    ours = set(arguments(row))
    assert ours - COMMON <= theirs, "an argument that Keras does not have"
    assert theirs - ours - set(row.reasons()) - COMMON - {"dtype"} == set(), (
        "an argument neither taken nor refused"
    )


@pytest.mark.parametrize(("row", "keras_class"), ROWS)
def test_every_default_is_keras_s(row: type[Named], keras_class: type) -> None:
    theirs = arguments_of(keras_class)
    for name, field in arguments(row).items():
        if name in COMMON or (row.__name__, name) in OTHERWISE:
            continue
        if field.is_required():
            assert theirs[name] is inspect.Parameter.empty, f"Keras has a default for {name}"
            continue
        assert theirs[name] is not inspect.Parameter.empty, f"Keras has no default for {name}"
        # Through our own reading, as "zeros" stands for Zeros() and 1 for (1, 1).
        assert made(row, **{name: theirs[name]})[name] == made(row)[name]


@pytest.mark.parametrize("kind", [kind for kind in SHELVES if kind not in {"layer", "augmentation"}])
def test_the_family_is_keras_s_public_classes_but_for_those_refused_with_a_reason(kind: str) -> None:
    family, shelf = SHELVES[kind]
    public = {name for name, thing in vars(shelf).items() if inspect.isclass(thing) and name[0].isupper()}
    assert public == set(family.members) | (public & (set(family.refused) | set(family.aliases)))
    assert not set(family.members) & set(family.refused)
    assert all(reason for reason in family.refused.values())


def test_the_layers_are_keras_s_public_ones_but_for_those_refused_with_a_reason() -> None:
    public = {name for name, thing in vars(keras.layers).items() if inspect.isclass(thing)}
    known = set(LAYERS.members) | set(LAYERS.aliases) | set(LAYERS.refused)
    assert public <= known
    assert known <= public


@pytest.mark.parametrize("kind", ["layer", "initializer", "regularizer", "constraint"])
def test_every_alias_of_a_class_is_that_class_in_keras(kind: str) -> None:
    family, shelf = SHELVES[kind]
    for alias, name in family.aliases.items():
        found = getattr(shelf, alias, None) or type(shelf.get(alias))
        assert found is getattr(shelf, name)


@pytest.mark.parametrize("kind", ["loss", "metric"])
def test_every_alias_of_a_loss_or_metric_is_a_name_that_keras_takes(kind: str) -> None:
    family, shelf = SHELVES[kind]
    extra = {name: NEEDED[name] for name in NEEDED}
    for alias, name in family.aliases.items():
        needs = [field for field, info in family.members[name].model_fields.items() if info.is_required()]
        if needs:
            assert set(needs) <= set(extra)
            continue
        found = getattr(shelf, alias, None) or shelf.get(alias)
        called = getattr(found, "__name__", type(found).__name__)
        assert called in {name, snake_case(name), getattr(getattr(shelf, name)(), "name", None)}


@pytest.mark.parametrize("name", list(optimizers.FAMILY.members))
def test_an_optimizer_goes_by_its_name_in_any_case(name: str) -> None:
    read = TypeAdapter(optimizers.AnyOptimizer).validate_python
    assert read(name.lower()) == read(name.upper()) == read({"type": name.swapcase()}) == read(name)
    # Keras forgot Lamb in its own list, and knows no name for it.
    if name != "Lamb":
        assert type(keras.optimizers.get(name.lower())).__name__ == name


def test_every_activation_is_keras_s_and_none_is_forgotten() -> None:
    public = {
        name
        for name, thing in vars(keras.activations).items()
        if inspect.isfunction(thing) and name not in {"get", "serialize", "deserialize"}
    }
    assert public == set(activations.NAMES) | set(activations.ALIASES) | set(activations.REFUSED)
    for alias, name in activations.ALIASES.items():
        assert keras.activations.get(alias) is keras.activations.get(name)


@pytest.mark.parametrize("name", list(metrics.FAMILY.members))
def test_a_metric_without_a_name_is_called_what_keras_calls_it(name: str) -> None:
    row = metrics.FAMILY.members[name]
    theirs = getattr(keras.metrics, name)(**needed(row))
    assert row.model_validate(needed(row)).plain_name() == uncounted(theirs.name)


@pytest.mark.parametrize("row", list(LAYERS.members.values()))
def test_a_layer_without_a_name_is_called_what_keras_calls_it(row: type[Named]) -> None:
    theirs = keras_s(needed(row) | {"type": row.__name__})
    # Keras's own class of that name has another: GroupedQueryAttention.
    assert uncounted(theirs.name) == snake_case(type(theirs).__name__)
    assert row.__name__ == type(theirs).__name__ or row.__name__ == "GroupQueryAttention"


def uncounted(name: str) -> str:
    """Keras's name for the first of its kind. A new session would begin there too, in a sixth of a second."""
    return re.sub(r"_\d+$", "", name)


def keras_s(value: object) -> Any:  # noqa: ANN401 - Keras ships no types
    """The object of Keras's that a document describes."""
    if not isinstance(value, dict):
        return value
    return getattr(keras.layers, value["type"])(
        **{name: keras_s(argument) for name, argument in value.items() if name != "type"}
    )
