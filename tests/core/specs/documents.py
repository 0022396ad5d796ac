"""Documents and data sets for tests."""

import pytest

from core import specs
from core.errors import InvalidSpecError

DIGITS = specs.Facts(
    input_shape=(28, 28, 1),
    input_dtype="float32",
    target_kind="class",
    classes=tuple("0123456789"),
    target_width=1,
    train_rows=1000,
    test_rows=200,
    class_counts=(100,) * 10,
)


def facts(**changed: object) -> specs.Facts:
    return specs.Facts(**{**vars(DIGITS), **changed})


def pets(**changed: object) -> specs.Facts:
    return facts(
        **{"input_shape": (6,), "classes": ("cat", "dog", "eel"), "class_counts": (600, 300, 100), **changed}
    )


def two(**changed: object) -> specs.Facts:
    return pets(**{"classes": ("no", "yes"), "class_counts": (500, 500), **changed})


def number(**changed: object) -> specs.Facts:
    return pets(**{"target_kind": "number", "classes": (), "class_counts": (), **changed})


def vector(width: int = 3, **changed: object) -> specs.Facts:
    return number(**{"target_kind": "vector", "target_width": width, **changed})


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
