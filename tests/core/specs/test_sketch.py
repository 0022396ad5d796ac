"""A sketch of a data set, whatever is sent as one."""

import os
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import jobs, specs
from core.errors import FittingRoomError, InvalidSpecError
from core.jobs import checking

EXAMPLES = int(os.environ.get("FITTINGROOM_EXAMPLES", "100"))
MODEL = {"layers": [{"type": "Flatten"}, {"type": "Dense", "units": 2}]}
WILD: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.sampled_from([-1, 0, 1, 2, 9, 10**6, 10**9, 10**30, 0.5])
    | st.sampled_from(["", "class", "number", "vector", "multilabel", "reconstruction", "int32", "\0"]),
    lambda inner: (
        st.lists(inner, max_size=9)
        | st.dictionaries(
            st.sampled_from(["kind", "classes", "width", "input", "a", "type"]), inner, max_size=3
        )
    ),
    max_leaves=9,
)
SHAPES = st.lists(st.sampled_from([1, 2, 28, 1000, 10**6]), max_size=8) | WILD
GROWING = st.sampled_from(
    [
        {"type": "Dense", "units": 1000},
        {"type": "UpSampling1D", "size": 1_000_000},
        {"type": "UpSampling2D", "size": 1_000_000},
        {"type": "Conv2D", "filters": 1_000, "kernel_size": 1},
        {"type": "GlobalAveragePooling2D"},
        {"type": "GlobalAveragePooling1D"},
    ]
)


def checked(document: dict[str, Any]) -> jobs.Checked:
    spec, sketch = specs.sketched(document, specs.Limits())
    return checking.of_spec(spec, sketch.facts, specs.Limits(), sketch=sketch)


def answered(document: dict[str, Any]) -> jobs.Checked | FittingRoomError:
    try:
        return checked(document)
    except FittingRoomError as error:
        return error


@settings(max_examples=3 * EXAMPLES, derandomize=True, database=None, deadline=None)
@given(
    st.fixed_dictionaries(
        {"input_shape": SHAPES},
        optional={"input_dtype": WILD, "classes": WILD, "target": WILD, "rows": WILD, "dataset": WILD},
    ),
    st.lists(GROWING, max_size=5),
)
def test_no_sketch_gives_anything_but_an_answer_or_a_refusal(
    said: dict[str, Any], layers: list[dict[str, Any]]
) -> None:
    for sketch in (said, {"input_shape": said["input_shape"], "classes": 2}):
        found = answered(sketch | {"model": {"layers": [*layers, *MODEL["layers"]]}})
        if isinstance(found, FittingRoomError):
            assert all(fault.pointer.startswith("#") and fault.detail for fault in found.faults)
        else:
            assert orjson.dumps(found.summary.model_dump(mode="json"))


def test_rows_that_nobody_counted_earn_no_warning_about_their_number() -> None:
    document = {"input_shape": [8], "classes": 2, "model": MODEL}
    assert checked(document).warnings == []
    assert {one.code for one in checked(document | {"rows": 20}).warnings} == {
        "few_rows",
        "batch_larger_than_data",
    }


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        ({"input_dtype": {"input": "int32", "text": "int32"}, "classes": 2}, "#/input_dtype/text"),
        (
            {"input_shape": {"left": [4]}, "input_dtype": {"input": "int32"}, "classes": 2},
            "#/input_dtype/input",
        ),
        ({"target": {"kind": "number", "classes": 3}}, "#/target/classes"),
        ({"target": {"kind": "number", "width": 3}}, "#/target/width"),
        ({"target": {"kind": "class", "classes": 3, "width": 3}}, "#/target/width"),
        ({"target": {"kind": "vector", "classes": 3, "width": 3}}, "#/target/classes"),
        ({"target": {"kind": "multilabel", "classes": 3, "width": 3}}, "#/target/width"),
        ({"target": {"kind": "reconstruction", "width": 8}}, "#/target/width"),
    ],
)
def test_what_would_be_ignored_is_refused(said: dict[str, Any], pointer: str) -> None:
    with pytest.raises(InvalidSpecError) as caught:
        specs.sketched({"input_shape": [8], **said, "model": MODEL}, specs.Limits())
    assert [fault.pointer for fault in caught.value.faults] == [pointer]


@pytest.mark.parametrize(
    "said",
    [
        {"input_dtype": {"input": "int32"}, "classes": 2},
        {"input_shape": {"left": [4], "text": [5]}, "input_dtype": {"text": "int32"}, "classes": 2},
        {"target": {"kind": "class", "classes": 3}},
        {"target": {"kind": "multilabel", "classes": 3}},
        {"target": {"kind": "vector", "width": 3}},
        {"target": {"kind": "number"}},
    ],
)
def test_what_fits_is_taken(said: dict[str, Any]) -> None:
    assert specs.sketched({"input_shape": [8], **said, "model": MODEL}, specs.Limits())
