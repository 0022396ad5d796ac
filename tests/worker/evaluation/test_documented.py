"""What the page about the API shows of an evaluation is what is told."""

import json
from typing import Any

import numpy as np

from tests.docs.pages import fences
from worker.evaluation.classes import Classes

SHOWN = next(json.loads(fence.text) for fence in fences() if fence.name == "evaluation")


def names(value: Any) -> Any:  # noqa: ANN401 - JSON
    """All names in it; of a list those of its first member."""
    if isinstance(value, dict):
        return {name: names(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [names(value[0])] if value else []
    return None


def test_the_example_has_what_is_told_and_no_more() -> None:
    [shown] = SHOWN["outputs"].values()
    measure = Classes(["setosa", "versicolor", "virginica"], "softmax", binary=False)
    y = np.repeat(np.arange(3), 10)
    scores = np.eye(3, dtype=np.float32)[y]
    scores[19] = [0, 0, 1]
    measure.add(y, scores)
    told = measure.result()
    assert names({"target": "species"} | told) == names(shown)
    assert told["confusion_matrix"] == shown["confusion_matrix"]
    for name in ("accuracy", "macro", "weighted"):
        assert (
            json.loads(json.dumps(told[name]), parse_float=lambda text: round(float(text), 4)) == shown[name]
        )
