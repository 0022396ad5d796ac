import pytest

from core import errors
from core.datasets import options


def faults(document: object) -> dict[str, str]:
    with pytest.raises(errors.InvalidRequestError) as caught:
        options.parse_options(document)
    assert all(fault.detail in caught.value.detail for fault in caught.value.faults)
    return {fault.pointer: fault.detail for fault in caught.value.faults}


@pytest.mark.parametrize("document", [None, {}])
def test_everything_has_a_default(document: object) -> None:
    parsed = options.parse_options(document)
    assert (parsed.target, parsed.test_split, parsed.seed, parsed.drop) == (None, 0.2, 0, [])


def test_a_target_is_one_name_or_several() -> None:
    assert options.parse_options({"target": "a"}).targets == ["a"]
    assert options.parse_options({"target": ["a", "b"]}).targets == ["a", "b"]
    assert faults({"target": 3}) == {
        "#/options/target": "target: a column's name or a list of names is expected"
    }
    assert list(faults({"target": ["a", 3]})) == ["#/options/target/1"]
    assert list(faults({"target": []})) == ["#/options/target"]


def test_an_option_that_is_misspelt_is_told_with_what_was_meant() -> None:
    assert faults({"tets_split": 0.1}) == {
        "#/options/tets_split": "there is no option 'tets_split'; did you mean 'test_split'?"
    }


def test_a_text_is_one_name_or_several() -> None:
    assert options.parse_options({"text": "a"}).texts == ["a"]
    assert options.parse_options({"text": ["a", "b"]}).texts == ["a", "b"]
    assert options.parse_options(None).texts == []
    assert faults({"text": 3}) == {"#/options/text": "text: a column's name or a list of names is expected"}


def test_a_task_is_one_of_four() -> None:
    for task in ("classification", "regression", "multilabel", "reconstruction"):
        assert options.parse_options({"task": task}).task == task
    assert "'reconstruction'" in faults({"task": "gardening"})["#/options/task"]


@pytest.mark.parametrize(
    ("document", "pointer"),
    [
        ({"test_split": 1}, "#/options/test_split"),
        ({"test_split": -0.1}, "#/options/test_split"),
        ({"test_split": "0.2"}, "#/options/test_split"),
        ({"seed": -1}, "#/options/seed"),
        ({"seed": True}, "#/options/seed"),
        ({"seed": 2**63}, "#/options/seed"),
        ({"input_shape": [8, 0]}, "#/options/input_shape/1"),
        ({"input_shape": []}, "#/options/input_shape"),
        ({"standardize": "yes"}, "#/options/standardize"),
        ({"drop": "a"}, "#/options/drop"),
        ({"sequence_length": 0}, "#/options/sequence_length"),
        ({"sequence_length": 10_001}, "#/options/sequence_length"),
        ({"vocabulary_size": 0}, "#/options/vocabulary_size"),
        ({"vocabulary_size": 10**9}, "#/options/vocabulary_size"),
        ({"text": []}, "#/options/text"),
        ({"split": ["a"]}, "#/options/split"),
        ({"features": ["a", None]}, "#/options/features/1"),
    ],
)
def test_a_wrong_value_is_pointed_at(document: object, pointer: str) -> None:
    assert list(faults(document)) == [pointer]


@pytest.mark.parametrize("document", [[], "target", 3])
def test_options_are_an_object(document: object) -> None:
    assert faults(document) == {"#/options": "an object is expected"}


def test_all_that_is_wrong_is_told_at_once() -> None:
    assert len(faults({"target": 1, "seed": "a", "no": 1})) == 3
