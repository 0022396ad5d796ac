"""Documents that nobody means well by, and data sets to hold them against."""

import copy
import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import keras
from hypothesis import strategies as st

from core import specs
from core.specs import catalogue
from tests.core.specs.documents import DIGITS, facts, number, pets, two, vector, words

Document = dict[str, Any]
Path = tuple[str | int, ...]

PAIR = specs.Facts(
    (specs.InputFacts("left", (4,), "float32"), specs.InputFacts("text", (5,), "int32", (0, 20))),
    (specs.TargetFacts("kind", "class", ("a", "b"), (), (50, 50)), specs.TargetFacts("size", "number")),
    train_rows=100,
    test_rows=20,
)
LABELS = specs.Facts(pets().inputs, (specs.TargetFacts("t", "multilabel", ("a", "b"), (2,), (9, 9)),), 40, 9)
ITSELF = specs.Facts(DIGITS.inputs, (specs.TargetFacts("input", "reconstruction", (), (28, 28, 1)),), 9, 0)
KNOWN = (
    *(pets(), two(), number(), vector(2), words(integers=(0, 50)), DIGITS, PAIR, LABELS, ITSELF),
    *(facts(input_shape=shape) for shape in ((), (5, 4), (4, 4, 4, 2), (1,) * 8, (1_000_000, 1_000_000))),
)
"""One input and several, of every rank and type; every kind of target."""


def _deep(levels: int, leaf: object) -> object:
    for _ in range(levels):
        leaf = [leaf]
    return leaf


CODE = {"class_name": "__lambda__", "config": {"code": "4wEAAAA=", "defaults": None}}
SCALARS: list[object] = [
    *(None, True, False, 0, 1, 2, -1, 7, 2**31, 2**63, 10**40, 0.5, -0.0, 1e308, float("nan"), float("inf")),
    *("", "a", "é", "\0", "\ud800", "a" * 1000, "{detail}", "%s", "input", "linear", "auto", "3", "~1/~0"),
    *("Dense", "Lambda", "__lambda__", "__keras_tensor__", "InputLayer", "Functional", "Sequential"),
    *("os", "builtins", "keras", "keras.layers", "keras.src.ops", "../../etc/passwd", "__import__('os')"),
]
STRUCTURES: list[object] = [
    *([], {}, [[]], [1] * 70, ["a"] * 70, _deep(70, 1), _deep(20, {}), {"a": 1}, {"type": "Dense"}),
    *(CODE, {"class_name": "Lambda", "config": {}}, {"class_name": "Dense", "config": {"units": 3}}),
    *(
        ["in", 0, 0],
        [["in", 0, 0]],
        {"class_name": "__keras_tensor__", "config": {"keras_history": ["in", 0, 0]}},
    ),
]
HOSTILE = st.sampled_from(SCALARS) | st.sampled_from(STRUCTURES).map(copy.deepcopy)


def paths(value: object, at: Path = ()) -> Iterator[Path]:
    """To everything in a document."""
    if at:
        yield at
    if isinstance(value, dict | list):
        for key, one in value.items() if isinstance(value, dict) else enumerate(value):
            yield from paths(one, (*at, key))


def _holder(document: object, path: Path) -> Any:  # noqa: ANN401 - JSON
    for part in path[:-1]:
        document = document[part]  # type: ignore[index]  # the path leads there
    return document


@st.composite
def mutated(draw: st.DrawFn, documents: st.SearchStrategy[Document]) -> Document:
    """A document with some things taken away, changed, copied, or put in one another's places."""
    document = copy.deepcopy(draw(documents))
    for _ in range(draw(st.integers(1, 4))):
        found = list(paths(document))
        if not found:
            break
        path, other = (found[draw(st.integers(0, len(found) - 1))] for _ in range(2))
        _mutate(draw, document, path, other)
    return document


def _mutate(draw: st.DrawFn, document: Document, path: Path, other: Path) -> None:
    holder, key = _holder(document, path), path[-1]
    taken = copy.deepcopy(_holder(document, other)[other[-1]])
    match draw(st.sampled_from(["replace", "replace", "drop", "copy", "add", "wrap"])):
        case "replace":
            holder[key] = draw(HOSTILE)
        case "drop":
            del holder[key]
        case "copy":
            holder[key] = taken
        case "wrap":
            holder[key] = draw(
                st.sampled_from([[taken], {"a": taken}, {"class_name": "Dense", "config": taken}])
            )
        case _ if isinstance(holder, list):
            holder.insert(key, taken)
        case _:
            holder[draw(st.sampled_from([*map(str, other), "a", "name", "config", "\0", "0", "a/b~"]))] = (
                taken
            )


@cache
def printed() -> tuple[Document, ...]:
    """What Keras prints of small networks of every form."""
    layers = keras.layers
    row = keras.Input((6,), name="in")
    shared = layers.Dense(6, "relu", kernel_regularizer="l2", name="shared")
    inner = keras.Sequential([keras.Input((6,)), layers.Dense(6), layers.BatchNormalization()], name="inner")
    residual = keras.Model(
        row,
        layers.Dense(3, "softmax", name="out")(layers.add([inner(shared(row)), inner(shared(inner(row)))])),
    )
    residual.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    text, left = keras.Input((5,), dtype="int32", name="text"), keras.Input((4,), name="left")
    read = layers.Bidirectional(layers.LSTM(2, return_sequences=True))(layers.Embedding(30, 3)(text))
    read = layers.MultiHeadAttention(2, 3)(read, read)
    both = layers.Concatenate()([layers.GlobalAveragePooling1D()(read), left])
    pair = keras.Model([left, text], [layers.Dense(2, name="kind")(both), layers.Dense(1, name="size")(both)])
    pair.compile(
        keras.optimizers.SGD(keras.optimizers.schedules.CosineDecay(0.1, 10)),
        {"kind": keras.losses.SparseCategoricalCrossentropy(from_logits=True), "size": "mse"},
        metrics={"kind": ["accuracy"], "size": [keras.metrics.MeanAbsoluteError()]},
        loss_weights={"kind": 1.0, "size": 0.5},
    )
    pictures = keras.Sequential(
        [
            *(keras.Input((28, 28, 1)), layers.RandomFlip(), layers.Rescaling(0.5)),
            *(layers.Conv2D(2, 3, padding="same"), layers.SpectralNormalization(layers.Conv2D(2, 3))),
            *(layers.TimeDistributed(layers.Dense(2)), layers.Flatten(), layers.Dense(10)),
        ]
    )
    networks = (residual, pair, pictures, keras.Sequential([keras.Input((6,)), layers.Dense(3, "softmax")]))
    return tuple(json.loads(one.to_json()) for one in networks)


def keras_jobs() -> st.SearchStrategy[Document]:
    """Jobs whose networks Keras printed, and somebody then changed."""
    documents = printed()  # now, as Keras draws random numbers when it builds
    plain = st.sampled_from(range(len(documents))).map(lambda place: documents[place])
    jobs = st.fixed_dictionaries(
        {"dataset": st.just("d"), "model": plain},
        optional={"training": st.just({"optimizer": "sgd", "metrics": ["accuracy"]})},
    )
    return mutated(jobs)


# Drawn step by step and not as one strategy: that would hold all families within one another, and be slow.
Draw = st.DrawFn
WHOLE = st.sampled_from([1, 2, 3, 1, 2, 3, 4, 5, 0, -1, 16, 1_000_000])
REAL = st.sampled_from([0.5, 0.1, 0.2, 0, 1, 2.0, 1e-7, -0.5, 1e30])
TEXT = st.sampled_from(["a", "b", "input", "left", "ab,bc->ac", "...a,ab->...b", "", "a->a", "ab,bc->"])
SHARE = st.integers(0, 19)


def _of(draw: Draw, schema: Document, root: Document) -> Any:  # noqa: ANN401 - JSON
    """What a schema allows, mostly; a bit beyond its bounds too."""
    if "$ref" in schema:
        return _of(draw, root["$defs"][schema["$ref"].rpartition("/")[2]], root)
    if "x-family" in schema and "activation" not in schema["x-family"]:
        return _of_family(draw, schema)
    if "anyOf" in schema:
        return _of(draw, draw(st.sampled_from(schema["anyOf"])), root)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return draw(st.sampled_from(schema["enum"]))
    return _of_type(draw, schema, root)


def _of_type(draw: Draw, schema: Document, root: Document) -> Any:  # noqa: ANN401 - JSON
    match schema.get("type"):
        case "array":
            least = min(schema.get("minItems", 1), 4)
            count = draw(st.integers(least, min(schema.get("maxItems", least + 2), 4)))
            return [_of(draw, schema.get("items", {}), root) for _ in range(count)]
        case "object":
            return {key: _of(draw, one, root) for key, one in schema.get("properties", {}).items()}
        case "null":
            return None
        case kind:
            kinds = {"integer": WHOLE, "number": REAL, "boolean": st.booleans(), "string": TEXT}
            return draw(kinds.get(kind, HOSTILE))


def _of_family(draw: Draw, schema: Document) -> Any:  # noqa: ANN401 - JSON
    alternatives = schema.get("anyOf", [schema])
    names = [name for one in alternatives for name in one.get("enum", ())]
    names += [None] * any(one.get("type") == "null" for one in alternatives)
    types = [
        name for one in alternatives if "properties" in one for name in one["properties"]["type"]["enum"]
    ]
    if names and draw(SHARE) < 12:
        return draw(st.sampled_from(names))
    return _thing(draw, draw(st.sampled_from(types))) if types else None


@cache
def _schemas() -> dict[str, Document]:
    families = [catalogue.members(family) for family in catalogue.FAMILIES]
    return {one["type"]: one["arguments"] for family in families for one in family}


def _thing(draw: Draw, name: str) -> Document:
    """An object of Keras's with few arguments: of many, some never fit."""
    schema = _schemas()[name]
    known = {key: one for key, one in schema["properties"].items() if key not in {"name", "inputs"}}
    chosen = [key for key in schema.get("required", ()) if key in known]
    if known:
        chosen += draw(st.lists(st.sampled_from(sorted(known)), max_size=2))
    said = {key: _of(draw, known[key], schema) for key in chosen}
    if draw(SHARE) == 0:
        said[draw(st.sampled_from([*known, "a", "dtype"]))] = draw(HOSTILE)
    return {"type": name, **said}


@st.composite
def things(draw: Draw, names: st.SearchStrategy[str]) -> Document:
    """An object of one of these types."""
    return _thing(draw, draw(names))


LAYERS = things(st.sampled_from(sorted(specs.layer_types())))


END = {"type": "Dense", "units": 10}
"""It has room for the classes of every data set here."""


@st.composite
def layer_jobs(draw: st.DrawFn) -> Document:
    """Jobs with some layers of any types, before and behind what may make them fit."""
    some = draw(st.lists(LAYERS, min_size=1, max_size=2))
    if draw(st.integers(0, 9)) == 0:
        some.append(draw(HOSTILE))
    before = draw(st.sampled_from([[], [], [{"type": "Dense", "units": 4}]]))
    behind = draw(st.sampled_from([[{"type": "Flatten"}, END]] * 3 + [[END], []]))
    return {"dataset": "d", "model": {"layers": [*before, *some, *behind]}}


NAMES = st.sampled_from([*"abcdefgh", "kind", "size", "dense", "dense_1", "input", "left", "text"])
_BODY = st.sampled_from(
    [
        *([{"type": "Dense", "units": 4}] * 4),
        *([{"type": "Add"}] * 2),
        *({"type": "Concatenate"}, {"type": "Dot", "axes": 1}, {"type": "Attention"}, {"type": "Identity"}),
        *({"type": "Embedding", "input_dim": 60, "output_dim": 2}, {"type": "Flatten"}),
        *({"layer": "a"}, {"layer": "a"}, {"layer": "b", "type": "Dense"}, {"layer": "zz"}),
    ]
)


_SHAPES = st.lists(st.sampled_from([None, 4, 6]), max_size=2)
_INPUTS = st.lists(st.fixed_dictionaries({"name": NAMES}, optional={"shape": _SHAPES}), max_size=2)
SAID = st.just({}) | st.just({}) | st.fixed_dictionaries({"inputs": _INPUTS})


@st.composite
def graph_jobs(draw: st.DrawFn) -> Document:
    """Jobs of layers that name one another, mostly those before them, and what is said of the outputs."""
    known = draw(st.sampled_from([["input"], ["input"], ["left", "text"]]))
    nodes: list[Document] = []
    for name in draw(st.lists(NAMES, min_size=1, max_size=6, unique=draw(SHARE) > 1)):
        one = draw(_BODY) | {"name": name}
        many = 2 if one.get("type") in {"Add", "Concatenate", "Dot", "Attention"} else 1
        one["inputs"] = [known[-1], draw(st.sampled_from(known))][:many]
        if draw(st.integers(0, 9)) == 0:
            one["inputs"] = draw(st.lists(NAMES, max_size=3))
        known.append(name)
        nodes.append(one)
    nodes += [END] * draw(st.integers(0, 1))
    model = {"layers": nodes} | draw(SAID)
    if draw(SHARE) < 5:
        model["outputs"] = draw(st.lists(st.sampled_from(known), min_size=1, max_size=2))
    return {"dataset": "d", "model": model} | ({"training": draw(trainings())} if draw(SHARE) < 8 else {})


def _any_of(family: str) -> st.SearchStrategy[Any]:
    found = catalogue.members(family)
    names = [name for one in found for name in (one["type"], *one["names"])]
    return st.sampled_from(names) | things(st.sampled_from([one["type"] for one in found])) | HOSTILE


@cache
def trainings() -> st.SearchStrategy[Document]:
    """Whatever may be said of a training, for one output or by their names."""
    losses, measured = (
        _any_of("losses") | st.just("auto"),
        st.lists(_any_of("metrics") | st.just("accuracy"), max_size=3),
    )
    watch = st.fixed_dictionaries(
        {},
        optional={
            "monitor": st.sampled_from(["val_loss", "loss", "accuracy", "val_kind_loss", ""]),
            "patience": HOSTILE,
        },
    )
    by_name = lambda one: one | st.dictionaries(NAMES, one, max_size=3)  # noqa: E731 - a word for it
    fields = {
        "optimizer": _any_of("optimizers"),
        "learning_rate_schedule": _any_of("schedules"),
        "loss": by_name(losses),
        "metrics": by_name(measured),
        "loss_weights": st.dictionaries(NAMES, st.sampled_from([0, 0.5, 1, -1]), max_size=3),
        "targets": st.dictionaries(NAMES, NAMES, max_size=3),
        "class_weight": st.just("balanced")
        | st.dictionaries(st.sampled_from(["cat", "0", "9", ""]), HOSTILE, max_size=2),
        "augment": st.lists(_any_of("augmentations"), max_size=2),
        "early_stopping": watch | HOSTILE,
        "reduce_on_plateau": watch | HOSTILE,
        "validation_split": st.sampled_from([0, 0.5, 0.999, 1]),
        "batch_size": HOSTILE,
        "precision": st.sampled_from(["mixed_float16", "float16"]),
        "clip_norm": HOSTILE,
        "initial_model": HOSTILE,
    }
    return _some(fields)


@st.composite
def _some(draw: Draw, fields: dict[str, st.SearchStrategy[Any]]) -> Document:
    chosen = draw(st.lists(st.sampled_from(sorted(fields)), max_size=3, unique=True))
    return {name: draw(fields[name]) for name in chosen}


def training_jobs() -> st.SearchStrategy[Document]:
    """Jobs of plain networks with any training."""
    network = st.sampled_from(
        [
            [{"type": "Dense", "units": units, "activation": how}]
            for units in (1, 2, 3)
            for how in ("softmax", "linear")
        ]
    )
    return st.tuples(network, trainings()).map(
        lambda pair: {"dataset": "d", "model": {"layers": pair[0]}, "training": pair[1]}
    )
