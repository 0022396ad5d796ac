"""What an assignment may be scored by: single numbers of an evaluation, which do not depend on what a student
chose for a loss or for metrics.
"""

import math
from collections.abc import Mapping
from typing import Any

CLASSES = {
    "accuracy": "max",
    "macro_f1": "max",
    "macro_precision": "max",
    "macro_recall": "max",
    "weighted_f1": "max",
}
LABELS = {"subset_accuracy": "max", "hamming_loss": "min", "micro_f1": "max", "macro_f1": "max"}
NUMBERS = {"mae": "min", "rmse": "min", "r2": "max"}
OF_KIND: Mapping[str, Mapping[str, str]] = {
    "class": CLASSES,
    "multilabel": LABELS,
    "number": NUMBERS,
    "vector": NUMBERS,
    "reconstruction": {"mae": "min", "rmse": "min"},
}
"""For each kind of target its metrics, and which way they are better."""


def numbers(evaluation: Mapping[str, Any]) -> dict[str, float | None]:
    """The metrics of the evaluation of a network with one output; null is what cannot be computed."""
    [told] = evaluation["outputs"].values()
    return {name: _finite(_found(told, name)) for name in OF_KIND[told["kind"]]}


def _found(told: Mapping[str, Any], name: str) -> float | None:
    if name in told:
        value: float | None = told[name]
        return value
    mean, _, score = name.partition("_")
    mean_of: float | None = told[mean][score]
    return mean_of


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
