"""Documents and data sets for tests."""

from typing import Any

import pytest

from core import specs
from core.errors import InvalidSpecError

_DIGITS: dict[str, Any] = {
    "input_shape": (28, 28, 1),
    "input_dtype": "float32",
    "integers": None,
    "largest": None,
    "kind": "class",
    "classes": tuple("0123456789"),
    "target_shape": (),
    "class_counts": (100,) * 10,
    "train_rows": 1000,
    "test_rows": 200,
}


def facts(**changed: object) -> specs.Facts:
    """A data set of one input and one target, like pictures of digits but for what is `changed`."""
    known = _DIGITS | changed
    row = specs.InputFacts(
        "input", known["input_shape"], known["input_dtype"], known["integers"], known["largest"]
    )
    target = specs.TargetFacts(
        "target", known["kind"], known["classes"], known["target_shape"], known["class_counts"]
    )
    return specs.Facts((row,), (target,), known["train_rows"], known["test_rows"])


DIGITS = facts()


def pets(**changed: object) -> specs.Facts:
    return facts(
        **{"input_shape": (6,), "classes": ("cat", "dog", "eel"), "class_counts": (600, 300, 100), **changed}
    )


def two(**changed: object) -> specs.Facts:
    return pets(**{"classes": ("no", "yes"), "class_counts": (500, 500), **changed})


def number(**changed: object) -> specs.Facts:
    return pets(**{"kind": "number", "classes": (), "class_counts": (), **changed})


def vector(width: int = 3, **changed: object) -> specs.Facts:
    return number(**{"kind": "vector", "target_shape": (width,), **changed})


def labels(**changed: object) -> specs.Facts:
    return pets(kind="multilabel", target_shape=(3,), class_counts=(), **changed)


def words(**changed: object) -> specs.Facts:
    return pets(**{"input_shape": (12,), "input_dtype": "int32", **changed})


def document(*layers: object, **training: object) -> dict[str, object]:
    return {"dataset": "d", "model": {"layers": list(layers)}, "training": training}


def dense(units: int, activation: str | None = None, **more: object) -> dict[str, object]:
    return {"type": "Dense", "units": units, "activation": activation, **more}


def resolved(known: specs.Facts, *layers: object, **training: object) -> specs.Resolved:
    return specs.resolve(specs.parse(document(*layers, **training)), known)


def only_fault(known: specs.Facts, *layers: object, **training: object) -> tuple[str, str]:
    with pytest.raises(InvalidSpecError) as caught:
        resolved(known, *layers, **training)
    assert len(caught.value.faults) == 1
    return caught.value.faults[0].pointer, caught.value.faults[0].detail


def refusal(wrong: object) -> InvalidSpecError:
    with pytest.raises(InvalidSpecError) as caught:
        specs.parse(wrong)
    return caught.value
