"""Networks of several inputs and outputs, for which the answers can be reckoned in the head."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from core.artifacts import Artifacts
from core.datasets.array_inputs import ArrayInputs
from core.datasets.encoding import (
    ClassTarget,
    Encoding,
    MultilabelTarget,
    NamedInputs,
    NamedTarget,
    NumberTarget,
    SeveralInputs,
    SeveralTargets,
)
from core.datasets.table_inputs import NumberColumn, TableInputs
from core.datasets.text_inputs import TextInputs
from core.errors import InvalidRequestError
from service import classifying, columns, signatures
from service.engines import load_onnx
from service.predicting import Network, Output

TABLE = TableInputs(
    columns=[NumberColumn(name="a", mean=0, std=1), NumberColumn(name="b", mean=0, std=1)],
    ignored=[],
    standardize=False,
    shape=[2],
)
INPUTS = SeveralInputs(
    parts=[
        NamedInputs(name="columns", inputs=TABLE),
        NamedInputs(name="words", column="the words", inputs=TextInputs(words=["good", "bad"], length=2)),
    ],
    ignored=["c"],
)
TARGETS = SeveralTargets(
    parts=[
        NamedTarget(name="price", target=NumberTarget(name="price", mean=100, std=10)),
        NamedTarget(name="kind", target=ClassTarget(name="kind", classes=["x", "y"])),
        NamedTarget(name="tags", target=MultilabelTarget(name="tags", classes=["s", "t"])),
    ]
)
# Not in the order of the targets.
OUTPUTS = [
    Output("which", 1, [2], "softmax"),
    Output("cost", 0, [1], None),
    Output("marks", 2, [2], "sigmoid"),
    Output("sure", 1, [1], "identity"),
]
ROW = {"a": 1, "b": 2, "the words": "good, bad", "c": "ignored"}
ANSWER = {"which": [1.0, 2.0], "cost": [150.0], "marks": [1.0, 2.0], "sure": [0.75]}


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Network:
    """Puts the columns out as they are, the sum of the words, and a quarter of that plus 0.5."""
    folder = tmp_path_factory.mktemp("several")
    one = numpy_helper.from_array(np.array([1], np.int64), "one")
    scale = numpy_helper.from_array(np.array([0.05], np.float32), "scale")
    shift = numpy_helper.from_array(np.array([0.5], np.float32), "shift")
    nodes = [
        helper.make_node("Identity", ["columns"], ["Identity:0"]),
        helper.make_node("Cast", ["words"], ["numbers"], to=TensorProto.FLOAT),
        helper.make_node("ReduceSum", ["numbers", "one"], ["Identity_1:0"]),
        helper.make_node("Identity", ["columns"], ["Identity_2:0"]),
        helper.make_node("Mul", ["Identity_1:0", "scale"], ["scaled"]),
        helper.make_node("Add", ["scaled", "shift"], ["Identity_3:0"]),
    ]
    ends = zip(["Identity:0", "Identity_1:0", "Identity_2:0", "Identity_3:0"], [2, 1, 2, 1], strict=True)
    graph = helper.make_graph(
        nodes,
        "several",
        [
            helper.make_tensor_value_info("columns", TensorProto.FLOAT, ["n", 2]),
            helper.make_tensor_value_info("words", TensorProto.INT32, ["n", 2]),
        ],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", width]) for name, width in ends],
        [one, scale, shift],
    )
    path = folder / "several.onnx"
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10), path)
    artifacts = Artifacts((folder / "artifacts").as_uri())
    engine = load_onnx(artifacts, artifacts.keep(Path(path)))
    return Network(engine, Encoding(inputs=INPUTS, target=TARGETS), OUTPUTS)


def predict(network: Network, rows: list[Any]) -> dict[str, Any]:
    outputs = network.predict(columns.flat(INPUTS, rows))
    names = signatures.names_of(network)
    assert names
    return {name: given.tolist() for name, given in zip(names, outputs, strict=True)}


@pytest.mark.parametrize(
    "row",
    [
        ROW,
        [1, 2, "good, bad"],
        {"columns": [1, 2], "the words": "good, bad"},
        {"columns": {"b": 2, "a": 1}, "the words": "good, bad"},
    ],
)
def test_each_output_is_answered_in_the_units_of_its_own_target(network: Network, row: object) -> None:
    # The second and third word of the vocabulary are 2 and 3.
    assert predict(network, [row]) == {name: [pytest.approx(answer)] for name, answer in ANSWER.items()}


def test_columns_are_rows(network: Network) -> None:
    by_name = columns.rows_of(INPUTS, {"a": [1, 3], "b": [2, 4], "the words": ["good, bad", ""]})
    assert isinstance(by_name, list)
    assert predict(network, by_name)["which"] == [[1, 2], [3, 4]]
    by_part = columns.rows_of(INPUTS, {"columns": [[1, 2], [3, 4]], "the words": ["good, bad", None]})
    assert isinstance(by_part, list)
    assert predict(network, by_part) == predict(network, by_name)
    assert columns.rows_of(INPUTS, {"inputs": [ROW]}) == [ROW]
    with pytest.raises(InvalidRequestError, match="one length"):
        columns.rows_of(INPUTS, {"a": [1], "b": [1, 2]})


def test_the_signature_tells_every_input_and_output(network: Network) -> None:
    signature = signatures.describe(network)
    told = {
        name: (one["dtype"], [dim["size"] for dim in one["tensor_shape"]["dim"]])
        for name, one in (signature["inputs"] | signature["outputs"]).items()
    }
    assert told == {
        "columns": ("DT_FLOAT", ["-1", "2"]),
        "words": ("DT_STRING", ["-1"]),
        "which": ("DT_FLOAT", ["-1", "2"]),
        "cost": ("DT_FLOAT", ["-1", "1"]),
        "marks": ("DT_FLOAT", ["-1", "2"]),
        "sure": ("DT_FLOAT", ["-1", "1"]),
    }


def test_scores_become_probabilities_with_names(network: Network) -> None:
    first, second = 1 / (1 + np.e), np.e / (1 + np.e)
    near = [pytest.approx(first), pytest.approx(second)]
    assert classifying.classify(network, [ROW], "which") == [[["x", near[0]], ["y", near[1]]]]
    ((one, other),) = classifying.classify(network, [ROW], "marks")
    assert one == ["s", pytest.approx(second)]
    assert other == ["t", pytest.approx(1 / (1 + np.exp(-2)))]
    assert classifying.classify(network, [ROW], "sure") == [
        [["x", pytest.approx(0.25)], ["y", pytest.approx(0.75)]]
    ]


def test_the_only_number_is_told_without_asking_which(network: Network) -> None:
    for asked in (None, "", "serving_default", "cost"):
        assert classifying.regress(network, [ROW, ROW], asked) == [150.0, 150.0]


@pytest.mark.parametrize(
    ("tell", "asked", "said"),
    [
        (classifying.classify, None, 'choose one with "signature_name", of which, marks, sure'),
        (classifying.classify, "cost", "which, cost, marks, sure"),
        (classifying.regress, "which", "which, cost, marks, sure"),
        (classifying.regress, 5, "which, cost, marks, sure"),
    ],
)
def test_an_output_that_does_not_fit_is_refused(
    network: Network, tell: Callable[..., object], asked: object, said: str
) -> None:
    with pytest.raises(InvalidRequestError, match=said):
        tell(network, [ROW], asked)


def test_a_version_that_was_made_before_predicts_and_does_not_classify(network: Network) -> None:
    pixels = ArrayInputs(raw_shape=[2], shape=[2], dtype="float32", pictures=False)
    encoding = Encoding(inputs=pixels, target=TARGETS.parts[1].target)
    old = Network(network.engine, encoding, [Output("outputs", 0, [2], None)])
    assert signatures.names_of(old) is None
    assert list(signatures.describe(old)["outputs"]) == ["outputs"]
    with pytest.raises(InvalidRequestError, match="before"):
        classifying.classify(old, [[1, 2]], None)
