"""Documents that are too large, too deep or too odd, and errors that can be sent all the same."""

import json
import sys

import pytest

from core import specs
from core.errors import SpecTooLargeError
from tests.core.specs.documents import dense, document, pets, refusal, resolved


def test_the_detail_of_an_error_names_the_layer_and_counts_the_rest() -> None:
    error = refusal(document({"type": "Dense", "unit": 3}))
    assert error.detail == "layers[0]: Dense needs 'units' (and 1 more)"


def test_at_most_twenty_faults_are_told() -> None:
    assert len(refusal(document(*[{"type": "Dens"}] * 100)).faults) == 20


def test_ten_thousand_layers_are_too_many() -> None:
    with pytest.raises(SpecTooLargeError) as caught:
        specs.parse(document(*[dense(3)] * 10_000))
    assert caught.value.faults[0].pointer == "#/model/layers"
    assert (caught.value.value, caught.value.asked) == (2000, 10_000)


@pytest.mark.parametrize("levels", [200, 100_000])
def test_deep_nesting_is_refused_without_recursion(levels: int) -> None:
    deep = 1
    for _ in range(levels):
        deep = {"a": [deep]}
    assert levels < 1000 or levels > sys.getrecursionlimit()
    with pytest.raises(SpecTooLargeError) as caught:
        specs.parse(document(dense(3, name=deep)))
    assert caught.value.faults[0].pointer == "#"
    # Python itself would recurse to throw away what is nested so deeply.
    while isinstance(deep, dict):
        deep = deep["a"].pop()


def test_too_many_values_are_refused() -> None:
    with pytest.raises(SpecTooLargeError):
        specs.parse(document(dense(3)) | {"tags": {str(one): "x" for one in range(200_001)}})


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"training": {"epochs": 10_001}}, "#/training/epochs"),
        ({"limits": {"max_seconds": 86_401}}, "#/limits/max_seconds"),
    ],
)
def test_more_than_the_limits_allow_is_refused(changed: dict[str, object], pointer: str) -> None:
    with pytest.raises(SpecTooLargeError) as caught:
        specs.parse(document(dense(3)) | changed)
    assert caught.value.faults[0].pointer == pointer


def test_a_row_that_no_worker_could_hold_is_refused_at_the_layer_that_makes_it() -> None:
    repeat = {"type": "RepeatVector", "n": 1_000_000}
    with pytest.raises(SpecTooLargeError) as caught:
        resolved(pets(), dense(500), repeat, {"type": "GlobalMaxPooling1D"}, dense(3))
    assert caught.value.faults[0].pointer == "#/model/layers/1"


@pytest.mark.parametrize("name", ["\ud800", "a" * 10_000, "{units}", "\x00", "'; did you mean Dense?"])
def test_an_error_can_always_be_sent(name: str) -> None:
    for wrong in (
        {"type": name},
        {"type": "Dense", "units": 3, name: 1},
        dense(3, name),
        dense(3, name=name),
    ):
        error = refusal(document(wrong))
        json.dumps([error.detail, [[fault.pointer, fault.detail] for fault in error.faults]]).encode("ascii")
        (error.detail + "".join(fault.pointer for fault in error.faults)).encode("utf-8")
        assert all(len(fault.detail) < 300 for fault in error.faults)
