"""Keras's own JSON: what `to_json` prints is taken, what Keras reads is given, and nothing else gets in."""

import json
from typing import Any

import keras
import pytest

from core import specs
from core.errors import FittingRoomError, InvalidSpecError, SpecTooLargeError
from core.specs.keras_json import writing
from tests.core.specs.documents import DIGITS, facts, pets, words
from tests.worker import compound_networks, plain_networks
from worker import network

L = keras.layers
EXAMPLES = plain_networks.examples() | compound_networks.examples()


def take(model: object, known: specs.Facts) -> specs.Resolved:
    return specs.resolve(specs.parse({"dataset": "d", "model": model}), known)


def printed(model: keras.Model) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(model.to_json())
    return document


def refusal(model: object, known: specs.Facts | None = None) -> tuple[str, str]:
    with pytest.raises(InvalidSpecError) as caught:
        take(model, known or pets())
    return caught.value.faults[0].pointer, caught.value.faults[0].detail


def sequential(**more: object) -> dict[str, Any]:
    """The JSON of a small network, its second layer changed."""
    document = printed(keras.Sequential([keras.Input((6,)), L.Dense(4, "relu"), L.Dense(3)]))
    document["config"]["layers"][1] |= more
    return document


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_layer_goes_there_and_back(name: str) -> None:
    example = EXAMPLES[name]
    known = facts(
        input_shape=tuple(example["shape"]),
        input_dtype=example.get("dtype", "float32"),
        classes=("a", "b"),
        class_counts=(5, 5),
    )
    job = take({"layers": example["layers"]}, known)
    theirs = [network.make(layer) for layer in job.made.values()]
    written = {layer.name: plain(keras.layers.serialize(layer)) for layer in theirs}
    ours = writing.write(job)["config"]["layers"][-len(theirs) :]
    read = [keras.layers.deserialize({key: one[key] for key in KEYS}) for one in ours]
    assert {layer.name: plain(keras.layers.serialize(layer)) for layer in read} == written
    if job.is_chain:
        again = take(printed(keras.Sequential(theirs)), known)
        built = [network.make(layer) for layer in again.made.values()]
        assert {layer.name: plain(keras.layers.serialize(layer)) for layer in built} == written


KEYS = ("module", "class_name", "config", "registered_name")


def plain(document: Any) -> Any:  # noqa: ANN401 - JSON
    """Without what Keras counts up, and what helps it to build; `[-a, a]` and `a` are one factor."""
    if isinstance(document, list | tuple):
        same = len(document) == 2 and isinstance(document[1], float) and document[0] == -document[1]
        return document[1] if same else [plain(one) for one in document]
    if not isinstance(document, dict):
        return document
    return {key: plain(value) for key, value in document.items() if key not in {"name", "build_config"}}


def test_models_within_models_are_laid_open_and_share_their_layers() -> None:
    keras.utils.clear_session()  # its names begin to count anew
    inner = keras.Sequential([keras.Input((6,)), L.Dense(6, "relu"), L.Dense(6)], name="inner")
    inputs = keras.Input((6,))
    once = inner(inputs)
    twice = inner(once + inputs)
    model = keras.Model(inputs, L.Dense(3)(L.Concatenate()([once, twice])))
    job = take(printed(model), pets())
    assert [entry.name for entry in job.layers] == [
        "inner.dense",
        "inner.dense_1",
        "add",
        "inner.dense_2",
        "inner.dense_1_1",
        "concatenate",
        "dense_2",
    ]
    assert specs.summarize(job).parameters == model.count_params() == network.build(job).count_params()


def test_inputs_and_outputs_go_by_their_names() -> None:
    left, right = keras.Input((4,), name="left"), keras.Input((4,), name="right")
    shared = L.Dense(3, name="shared")
    both = L.Concatenate(name="both")([shared(right), shared(left)])
    model = keras.Model([right, left], [L.Dense(2, name="kind")(both), L.Dense(1, name="size")(both)])
    known = specs.Facts(
        (specs.InputFacts("left", (4,), "float32"), specs.InputFacts("right", (4,), "float32")),
        (specs.TargetFacts("kind", "class", ("a", "b")), specs.TargetFacts("size", "number")),
        100,
        20,
    )
    job = take(printed(model), known)
    assert {entry.name: entry.inputs for entry in job.layers}["both"] == ("shared", "shared_1")
    assert job.layers[0].inputs == ("right",)
    assert [(one.name, one.target) for one in job.outputs] == [("kind", 0), ("size", 1)]
    again = keras.models.model_from_json(json.dumps(writing.write(job)))
    assert again.count_params() == model.count_params()
    assert again.output_names == ["kind", "size"]


def test_keras_2_s_json_is_taken_where_classes_and_arguments_are_the_same() -> None:
    zeros = {"class_name": "Zeros", "config": {}}
    dense = {
        "name": "dense",
        "trainable": True,
        "dtype": "float32",
        "units": 3,
        "activation": "linear",
        "use_bias": True,
        "kernel_initializer": {"class_name": "GlorotUniform", "config": {"seed": None}},
        "bias_initializer": zeros,
        "kernel_regularizer": None,
        "bias_regularizer": None,
        "activity_regularizer": None,
        "kernel_constraint": None,
        "bias_constraint": None,
    }
    lstm = {"name": "lstm", "units": 3, "implementation": 2, "time_major": False, "return_state": False}
    start = {
        "name": "in",
        "batch_input_shape": [None, 12],
        "dtype": "float32",
        "sparse": False,
        "ragged": False,
    }
    layers = [
        {"class_name": "InputLayer", "config": start, "name": "in", "inbound_nodes": []},
        {
            "class_name": "Embedding",
            "config": {"name": "embedding", "input_dim": 9, "output_dim": 2, "input_length": 12},
            "name": "embedding",
            "inbound_nodes": [[["in", 0, 0, {}]]],
        },
        {"class_name": "LSTM", "config": lstm, "name": "lstm", "inbound_nodes": [[["embedding", 0, 0, {}]]]},
        {"class_name": "Dense", "config": dense, "name": "dense", "inbound_nodes": [[["lstm", 0, 0, {}]]]},
    ]
    config = {
        "name": "m",
        "layers": layers,
        "input_layers": [["in", 0, 0]],
        "output_layers": [["dense", 0, 0]],
    }
    document = {
        "class_name": "Functional",
        "config": config,
        "keras_version": "2.15.0",
        "backend": "tensorflow",
    }
    job = take(document, words())
    assert [type(layer).__name__ for layer in job.layers] == ["Embedding", "LSTM", "Dense"]
    layers[3]["config"] = dense | {"quick": 3}
    assert refusal(document, words()) == (
        "#/model/config/layers/3/config/quick",
        "Dense has no argument 'quick'",
    )


CODE = {"class_name": "__lambda__", "config": {"code": "4wEAAAA=", "defaults": None}}


@pytest.mark.parametrize(
    ("changed", "pointer", "says"),
    [
        (
            {"class_name": "Lambda", "config": {"function": CODE}},
            "class_name",
            "Lambda is not taken: it runs code",
        ),
        (
            {"registered_name": "MyPackage>MyDense"},
            "registered_name",
            "a class of its own, registered with Keras",
        ),
        ({"module": "os"}, "module", "Dense is of the module 'os'"),
        ({"module": "kerasx.layers"}, "module", "'kerasx.layers'"),
        ({"module": "os", "class_name": "system"}, "module", "system is of the module 'os'"),
        ({"class_name": "__import__('os')"}, "class_name", "There is no layer \"__import__('os')\""),
        ({"class_name": "../../etc/passwd"}, "class_name", "There is no layer"),
        ({"class_name": 3}, "class_name", "This must be a string"),
        ({"config": None}, "config", "This must be an object"),
        ({"config": {"units": "4"}}, "config/units", "units must be an integer"),
        ({"config": {"units": 4, "activation": CODE}}, "config/activation", "no code is taken"),
        (
            {"config": {"units": 4, "kernel_initializer": {"class_name": "Evil", "config": {}}}},
            "config/kernel_initializer/class_name",
            "There is no initializer 'Evil'",
        ),
        (
            {
                "config": {
                    "units": 4,
                    "kernel_initializer": {"module": "builtins", "class_name": "exec", "config": {}},
                }
            },
            "config/kernel_initializer/module",
            "exec is of the module 'builtins'",
        ),
    ],
)
def test_what_is_not_keras_s_own_is_refused_by_name(
    changed: dict[str, object], pointer: str, says: str
) -> None:
    found, detail = refusal(sequential(**changed))
    assert found == f"#/model/config/layers/1/{pointer}"
    assert says in detail


def test_a_misfit_of_the_network_points_into_what_was_sent() -> None:
    model = keras.Sequential([keras.Input((28, 28, 1)), L.Flatten(), L.Dense(7)])
    pointer, detail = refusal(printed(model), DIGITS)
    assert pointer == "#/model/config/layers/2/config/units"
    assert "The network puts out 7 numbers" in detail
    pointer, detail = refusal(printed(model), pets())
    assert pointer == "#/model/config/layers/0/config/batch_shape"
    assert "made for rows of 28x28x1" in detail


def test_an_operation_that_is_no_layer_is_refused_by_name() -> None:
    inputs = keras.Input((6,))
    model = keras.Model(inputs, L.Dense(3)(keras.ops.expand_dims(inputs, 1)[:, 0]))
    pointer, detail = refusal(printed(model))
    assert pointer == "#/model/config/layers/1/class_name"
    assert "is an operation of keras.ops" in detail


def test_a_model_of_its_own_class_is_refused_by_name() -> None:
    pointer, detail = refusal({"class_name": "Model2", "config": {}, "module": "keras.models"})
    assert (pointer, "no Sequential and no functional model" in detail) == ("#/model/class_name", True)


def test_json_nested_two_thousand_deep_is_too_large() -> None:
    deep: dict[str, Any] = sequential()
    for _ in range(2000):
        deep = {"class_name": "Sequential", "config": {"layers": [deep]}}
    with pytest.raises(SpecTooLargeError):
        take(deep, pets())


def test_models_that_hold_one_another_twice_do_not_grow_without_bound() -> None:
    # Nine levels that each call the one below twelve times are five thousand million layers.
    document = sequential()
    for _ in range(9):
        document["config"]["layers"] = document["config"]["layers"][1:]
        inside = document
        ends = {"class_name": "InputLayer", "config": {"name": "in", "batch_shape": [None, 6]}, "name": "in"}
        calls = [{"args": [tensor("in" if not at else "m", max(at - 1, 0))]} for at in range(12)]
        inside["config"]["name"] = "m"
        layers = [ends, inside | {"name": "m", "inbound_nodes": calls}]
        config = {"layers": layers, "input_layers": ["in", 0, 0], "output_layers": ["m", 11, 0]}
        document = {"class_name": "Functional", "config": config}
    with pytest.raises(FittingRoomError):
        take(document, pets())


def tensor(layer: str, node: int) -> dict[str, Any]:
    return {"class_name": "__keras_tensor__", "config": {"keras_history": [layer, node, 0]}}


@pytest.mark.parametrize(
    ("nodes", "says"),
    [
        ([{"args": [tensor("dense_9", 0)]}], "There is no layer 'dense_9' with a node 0"),
        ([{"args": [tensor("last", 0)]}], "There is a cycle"),
        ([{"args": [3]}], "with nothing else"),
        ([{"args": [tensor("in", 0)], "kwargs": {"mask": 1}}], "A call with 'mask' is not taken"),
        ([{"args": [{"class_name": "__keras_tensor__"}]}], "a layer's name, a node and an output's number"),
        (7, "the calls of the layer"),
        ([7], "what the layer is called with"),
    ],
)
def test_calls_that_make_no_graph_are_refused(nodes: object, says: str) -> None:
    layers = [
        {"class_name": "InputLayer", "config": {"name": "in", "batch_shape": [None, 6]}, "name": "in"},
        {"class_name": "Dense", "config": {"units": 3}, "name": "last", "inbound_nodes": nodes},
    ]
    config = {"layers": layers, "input_layers": [["in", 0, 0]], "output_layers": [["last", 0, 0]]}
    pointer, detail = refusal({"class_name": "Functional", "config": config})
    assert pointer.startswith("#/model/config/layers/1/inbound_nodes")
    assert says in detail


def test_a_compiled_model_brings_its_training_along() -> None:
    model = keras.Sequential([keras.Input((6,)), L.Dense(3, "softmax")])
    rate = keras.optimizers.schedules.CosineDecay(0.1, 100)
    model.compile(
        keras.optimizers.SGD(rate, momentum=0.9),
        keras.losses.CategoricalCrossentropy(label_smoothing=0.1),
        metrics=["accuracy", keras.metrics.AUC(name="area")],
    )
    job = take(printed(model), pets())
    optimizer = job.training.optimizer
    assert (type(optimizer).__name__, optimizer.momentum) == ("SGD", 0.9)
    assert type(optimizer.learning_rate).__name__ == "CosineDecay"
    assert job.outputs[0].loss.label_smoothing == 0.1
    assert [metric.name for metric in job.outputs[0].metrics] == ["accuracy", "area"]
    spec = specs.parse({"dataset": "d", "model": printed(model), "training": {"optimizer": "adam"}})
    assert type(specs.resolve(spec, pets()).training.optimizer).__name__ == "Adam"


def test_what_a_model_was_compiled_with_is_refused_where_it_stands() -> None:
    model = keras.Sequential([keras.Input((6,)), L.Dense(3)])
    model.compile("adam", "sparse_categorical_crossentropy")
    document = printed(model)
    document["compile_config"]["loss"] = "my_loss"
    assert refusal(document)[0] == "#/model/compile_config/loss"
    document["compile_config"]["loss"] = CODE
    assert refusal(document) == (
        "#/model/compile_config/loss",
        "This is a function of its own, and no code is taken",
    )


def test_a_single_output_may_have_been_compiled_with_lists() -> None:
    model = keras.Sequential([keras.Input((6,)), L.Dense(3)])
    model.compile("sgd", ["mse"], metrics=[["mae", "mse"]], loss_weights=[2.0], weighted_metrics=[])
    (output,) = take(printed(model), pets(kind="vector", classes=(), target_shape=(3,))).outputs
    assert type(output.loss).__name__ == "MeanSquaredError"
    assert [type(one).__name__ for one in output.metrics] == ["MeanAbsoluteError", "MeanSquaredError"]


def test_weighted_metrics_are_refused_by_name() -> None:
    model = keras.Sequential([keras.Input((6,)), L.Dense(3)])
    model.compile("sgd", "mse", weighted_metrics=["mae"])
    pointer, detail = refusal(printed(model))
    assert pointer == "#/model/compile_config/weighted_metrics"
    assert detail.startswith("weighted_metrics are not taken")


def test_outputs_that_were_compiled_with_lists_go_by_name() -> None:
    inputs = keras.Input((6,))
    model = keras.Model(inputs, [L.Dense(3, name="a")(inputs), L.Dense(3, name="b")(inputs)])
    model.compile(
        "sgd",
        ["sparse_categorical_crossentropy"] * 2,
        metrics=[["accuracy"], None],
        loss_weights=[1.0, 0.5],
        weighted_metrics=[None, None],
    )
    first, second = take(printed(model), pets()).outputs
    assert (first.loss_weight, second.loss_weight) == (1.0, 0.5)
    assert [metric.name for metric in first.metrics] == ["accuracy"]
