"""What the page about the API shows of an evaluation is what is told."""

import json
from typing import Any

import numpy as np

from core.datasets.encoding import ClassTarget, Encoding
from core.datasets.table_inputs import NumberColumn, TableInputs
from tests.docs.pages import fences
from worker.evaluation import given
from worker.evaluation.classes import Classes

SHOWN = next(json.loads(fence.text) for fence in fences() if fence.name == "evaluation")
SHOWN_ROW = ("sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)")


def names(value: Any) -> Any:  # noqa: ANN401 - JSON
    """All names in it; of a list those of its first member."""
    if isinstance(value, dict):
        return {name: names(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [names(value[0])] if value else []
    return None


def flowers() -> Encoding:
    columns = [NumberColumn(name=name, mean=0, std=1) for name in SHOWN_ROW]
    inputs = TableInputs(columns=columns, ignored=[], standardize=True, shape=[len(columns)])
    return Encoding(inputs=inputs, target=ClassTarget(name="species", classes=["setosa", "versicolor"]))


def test_the_example_has_what_is_told_and_no_more() -> None:
    [shown] = SHOWN["outputs"].values()
    measure = Classes(["setosa", "versicolor", "virginica"], "softmax", binary=False)
    y = np.repeat(np.arange(3), 10)
    scores = np.eye(3, dtype=np.float32)[y]
    scores[19] = [0, 0, 1]
    measure.add(y, scores)
    told = measure.result()
    given.add({"dense_1": told}, [np.zeros((30, 4), np.float32)], flowers())
    assert names({"target": "species"} | told) == names(shown)
    assert told["confusion_matrix"] == shown["confusion_matrix"]
    for name in ("accuracy", "macro", "weighted"):
        assert (
            json.loads(json.dumps(told[name]), parse_float=lambda text: round(float(text), 4)) == shown[name]
        )
