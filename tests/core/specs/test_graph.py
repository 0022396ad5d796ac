"""Networks as graphs: what each layer takes, what the network puts out, and what is wrong with that."""

import pytest

from core import specs
from core.errors import Fault, InvalidSpecError
from tests.core.specs.documents import DIGITS, dense, number, pets, words

FLATTEN = {"type": "Flatten"}
PAIR = specs.Facts(
    (specs.InputFacts("left", (4,), "float32"), specs.InputFacts("right", (4,), "float32")),
    (specs.TargetFacts("kind", "class", ("a", "b"), (), (50, 50)), specs.TargetFacts("size", "number")),
    train_rows=100,
    test_rows=20,
)


def graph(
    known: specs.Facts, layers: list[dict[str, object]], outputs: list[str] | None = None, **training: object
) -> specs.Resolved:
    model = {"layers": layers} | ({"outputs": outputs} if outputs else {})
    return specs.resolve(specs.parse({"dataset": "d", "model": model, "training": training}), known)


def layer(kind: str, name: str, *inputs: str, **more: object) -> dict[str, object]:
    return {"type": kind, "name": name, "inputs": list(inputs), **more}


def refusal(
    known: specs.Facts, layers: list[dict[str, object]], outputs: list[str] | None = None, **training: object
) -> tuple[str, str]:
    with pytest.raises(InvalidSpecError) as caught:
        graph(known, layers, outputs, **training)
    fault = caught.value.faults[0]
    return fault.pointer, fault.detail


TWO_TOWERS = [
    layer("Dense", "tower", "left", units=3),
    {"layer": "tower", "name": "twin", "inputs": ["right"]},
    layer("Concatenate", "both", "tower", "twin"),
    layer("Dense", "kind", "both", units=2, activation="softmax"),
    layer("Dense", "size", "both", units=1),
]


def test_a_residual_block_adds_what_went_in() -> None:
    job = graph(
        pets(),
        [dense(6, "relu", name="a"), dense(6, name="b"), layer("Add", "sum", "input", "b"), dense(3)],
    )
    assert [entry.inputs for entry in job.layers] == [("input",), ("a",), ("input", "b"), ("sum",)]
    assert specs.summarize(job).parameters == 42 + 42 + 21
    assert not job.is_chain


def test_several_inputs_and_outputs_share_a_layer_whose_weights_count_once() -> None:
    job = graph(
        PAIR,
        TWO_TOWERS,
        ["kind", "size"],
        loss={"size": "mean_absolute_error"},
        loss_weights={"size": 0.5},
        metrics={"kind": ["accuracy"]},
        early_stopping={"monitor": "val_kind_accuracy"},
    )
    kind, size = job.outputs
    assert (type(kind.loss).__name__, kind.target, kind.encoding) == (
        "SparseCategoricalCrossentropy",
        0,
        "index",
    )
    assert (type(size.loss).__name__, size.target, size.loss_weight) == ("MeanAbsoluteError", 1, 0.5)
    assert job.training.early_stopping
    assert job.training.early_stopping.mode == "max"
    layers = specs.summarize(job).layers
    assert [one.parameters for one in layers] == [15, 0, 0, 14, 7]
    assert specs.Resolved.model_validate(job.model_dump(mode="json")) == job


def test_layers_may_stand_in_any_order() -> None:
    job = graph(
        pets(),
        [layer("Dense", "out", "hidden", units=3), layer("Dense", "hidden", "input", units=5)],
        ["out"],
    )
    assert [entry.name for entry in job.layers] == ["hidden", "out"]


@pytest.mark.parametrize(
    ("layers", "outputs", "pointer", "says"),
    [
        (
            [layer("Dense", "a", "b", units=3), layer("Dense", "b", "a", units=3)],
            None,
            "#/model/layers/0/inputs",
            "There is a cycle: a, b wait for one another",
        ),
        ([layer("Dense", "a", "a", units=3)], None, "#/model/layers/0/inputs/0", "takes itself"),
        (
            [layer("Dense", "a", "inptu", units=3)],
            None,
            "#/model/layers/0/inputs/0",
            "no layer and no input called 'inptu'; did you mean input?",
        ),
        (
            [dense(4, name="lost"), layer("Dense", "b", "input", units=3)],
            None,
            "#/model/layers/0",
            "The layer 'lost' leads to no output",
        ),
        ([dense(3)], ["nothing"], "#/model/outputs/0", "There is no layer called 'nothing'"),
        ([dense(3, name="a")], ["a", "a"], "#/model/outputs/1", "named twice"),
        ([dense(3, name="input")], None, "#/model/layers/0/name", "The name 'input' is taken"),
        (
            [dense(4, name="a"), dense(5, name="b"), layer("Add", "sum", "a", "b"), dense(3)],
            None,
            "#/model/layers/2/inputs/1",
            "Add joins inputs of one shape",
        ),
        ([dense(4), {"type": "Add"}, dense(3)], None, "#/model/layers/1", "2 inputs or more"),
        (
            [dense(4, name="a"), layer("Dense", "b", "input", "a", units=3)],
            None,
            "#/model/layers/1",
            "Dense takes 1 input, and gets 2",
        ),
        (
            [dense(4, name="a"), {"layer": "a", "name": "b", "inputs": ["a"]}, dense(3)],
            None,
            "#/model/layers/1/inputs",
            "'a' was made for other inputs",
        ),
        (
            [dense(4, name="a"), {"layer": "c", "inputs": ["a"]}, dense(3)],
            None,
            "#/model/layers/1/layer",
            "There is no layer called 'c' to apply again",
        ),
        ([dense(4, name="a"), {"layer": "a"}], None, "#/model/layers/1/inputs", "needs 'inputs'"),
    ],
)
def test_what_does_not_fit_in_a_graph_is_refused_where_it_stands(
    layers: list[dict[str, object]], outputs: list[str] | None, pointer: str, says: str
) -> None:
    found, detail = refusal(pets(), layers, outputs)
    assert found == pointer
    assert says in detail


@pytest.mark.parametrize(
    ("layers", "outputs", "training", "pointer", "says"),
    [
        (TWO_TOWERS, ["kind", "size"], {"loss": "mse"}, "#/training/loss", "The network has 2 outputs"),
        (
            TWO_TOWERS,
            ["kind", "size"],
            {"metrics": ["mae"]},
            "#/training/metrics",
            "The network has 2 outputs",
        ),
        (
            TWO_TOWERS,
            ["kind", "size"],
            {"loss": {"sizes": "mse"}},
            "#/training/loss/sizes",
            "no output 'sizes'",
        ),
        (
            TWO_TOWERS,
            ["kind", "size"],
            {"metrics": {"kind": ["auk"]}},
            "#/training/metrics/kind/0",
            "There is no metric 'auk'",
        ),
        (
            TWO_TOWERS,
            ["kind", "size"],
            {"class_weight": "balanced"},
            "#/training/class_weight",
            "networks with one output",
        ),
        (
            TWO_TOWERS,
            ["kind", "size"],
            {"targets": {"kind": "sort"}},
            "#/training/targets/kind",
            "The data set has no target 'sort'",
        ),
        ([dense(2)], None, {}, "#/model/layers/0", "The data set has several inputs (left, right)"),
        (
            [layer("Dense", "kind", "left", units=2)],
            None,
            {},
            "#/model/layers",
            "No layer takes the data set's input 'right'",
        ),
    ],
)
def test_what_does_not_fit_several_inputs_and_outputs_is_refused_where_it_stands(
    layers: list[dict[str, object]],
    outputs: list[str] | None,
    training: dict[str, object],
    pointer: str,
    says: str,
) -> None:
    found, detail = refusal(PAIR, layers, outputs, **training)
    assert found == pointer
    assert says in detail


def test_inputs_may_be_called_otherwise_and_say_what_they_expect() -> None:
    model = {
        "inputs": [{"name": "pixels", "shape": [None, 28, 1]}],
        "layers": [layer("Flatten", "f", "pixels"), dense(10)],
    }
    job = specs.resolve(specs.parse({"dataset": "d", "model": model}), DIGITS)
    assert job.layers[0].inputs == ("input",)
    model["inputs"] = [{"name": "pixels", "shape": [784]}]
    with pytest.raises(InvalidSpecError, match="made for rows of 784, and the data set has rows of 28x28x1"):
        specs.resolve(specs.parse({"dataset": "d", "model": model}), DIGITS)


def test_a_reconstruction_puts_out_what_went_in() -> None:
    known = specs.Facts(
        DIGITS.inputs, (specs.TargetFacts("input", "reconstruction", (), (28, 28, 1)),), 100, 20
    )
    job = graph(
        known,
        [FLATTEN, dense(32, "relu"), dense(784, "sigmoid"), {"type": "Reshape", "target_shape": [28, 28, 1]}],
    )
    assert job.outputs[0].encoding == "input"
    assert type(job.outputs[0].loss).__name__ == "MeanSquaredError"
    pointer, detail = refusal(known, [FLATTEN, dense(784)])
    assert (pointer, "28x28x1" in detail) == ("#/model/layers/1/units", True)


def test_labels_each_have_an_output_with_a_sigmoid_s_loss() -> None:
    known = specs.Facts(
        pets().inputs, (specs.TargetFacts("tags", "multilabel", ("a", "b", "c"), (3,)),), 100, 20
    )
    job = graph(known, [dense(3, "sigmoid")])
    assert type(job.outputs[0].loss).__name__ == "BinaryCrossentropy"
    assert [metric.name for metric in job.outputs[0].metrics] == ["binary_accuracy"]


def test_a_large_graph_is_wired_without_recursion() -> None:
    layers = [dense(6, name="l0")] + [layer("Add", f"l{at}", f"l{at - 1}", "input") for at in range(1, 1900)]
    job = graph(pets(), [*layers, dense(3)])
    assert len(job.layers) == 1901


CONV = {"filters": 1, "kernel_size": 3}
POOLED_TWICE = [
    # The second time, 3x3 is more than what is left.
    layer("Conv2D", "conv", "input", **CONV),
    layer("MaxPooling2D", "pool", "conv", pool_size=13),
    {"layer": "conv", "name": "again", "inputs": ["pool"]},
    layer("Flatten", "flat", "again"),
    layer("Dense", "out", "flat", units=10),
]


def fault_of(known: specs.Facts, layers: list[dict[str, object]], outputs: list[str] | None = None) -> Fault:
    with pytest.raises(InvalidSpecError) as caught:
        graph(known, layers, outputs)
    return caught.value.faults[0]


def test_an_argument_of_a_shared_layer_is_to_blame_where_it_was_said() -> None:
    fault = fault_of(DIGITS, POOLED_TWICE)
    assert fault.pointer == "#/model/layers/0/kernel_size"
    assert fault.suggestion
    assert [one["path"] for one in fault.suggestion.patch] == ["/model/layers/0/padding"]
    assert graph(DIGITS, [POOLED_TWICE[0] | {"padding": "same"}, *POOLED_TWICE[1:]])


@pytest.mark.parametrize("inputs", [["a", "input"], ["a"]])
def test_where_a_shared_layer_is_applied_its_inputs_are_to_blame(inputs: list[str]) -> None:
    again = {"layer": "a", "name": "again", "inputs": inputs}
    fault = fault_of(pets(), [dense(4, name="a"), again, dense(3)])
    assert fault.pointer == "#/model/layers/1" + "/inputs" * (len(inputs) == 1)


def test_a_shared_layer_sets_the_width_of_more_than_an_output() -> None:
    layers = [dense(6, name="a"), {"layer": "a", "name": "again", "inputs": ["a"]}]
    fault = fault_of(number(), layers)
    assert fault.code == "units_mismatch"
    assert fault.pointer == "#/model/layers/0/units"
    assert fault.suggestion
    assert fault.suggestion.patch == ()


def test_a_shared_recurrent_layer_is_not_made_to_put_out_every_step_everywhere() -> None:
    layers = [
        layer("Embedding", "words", "input", input_dim=99, output_dim=4),
        layer("LSTM", "read", "words", units=4),
        {"layer": "read", "name": "again", "inputs": ["words"]},
        layer("GRU", "next", "again", units=4),
        layer("Add", "sum", "read", "next"),
        layer("Dense", "out", "sum", units=3),
    ]
    fault = fault_of(words(), layers)
    assert fault.code == "sequences_missing"
    assert fault.pointer == "#/model/layers/1/return_sequences"
    assert fault.suggestion
    assert fault.suggestion.patch == ()
