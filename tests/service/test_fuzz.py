"""Whatever is sent as a job or to be checked: 2xx, or 4xx with a problem, and the service lives on."""

import json
import os
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from tests.core.datasets.conftest import npz
from tests.core.specs import hostile
from tests.service.houses import SPEC, House

EXAMPLES = int(os.environ.get("FITTINGROOM_EXAMPLES", "30"))
fuzz = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    # The house stands through all examples: what it answers to one must not hang on those before.
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
    ],
)
PATHS = ("/v1/jobs", "/v1/specs:check")
TABLE = b"a,b,c,d,e,f,kind\n" + b"".join(
    b"%d,%d,%d,%d,%d,%d,%s\n" % (*(n * by % 11 for by in range(1, 7)), (b"cat", b"dog", b"eel")[n % 3])
    for n in range(60)
)
ARRAYS = {
    "x_left": np.arange(80.0).reshape(20, 4),
    "x_text": np.arange(100).reshape(20, 5) % 21,
    "y_kind": np.arange(20) % 2,
    "y_size": np.arange(20) * 1.5,
}
SKETCHES = st.sampled_from(
    [
        {"input_shape": [6], "classes": 3},
        {"input_shape": [28, 28, 1], "target": {"kind": "reconstruction"}},
        {"input_shape": [5, 4], "target": {"kind": "vector", "width": 10}, "rows": 7},
        {"input_shape": {"left": [4], "text": [5]}, "input_dtype": {"text": "int32"}, "classes": 2},
        {"input_shape": [1_000_000, 1_000_000], "classes": 100_000},
    ]
)


@pytest.fixture
def house(build: Callable[..., House]) -> House:
    """With room for thousands of jobs, and data sets of one input and of two."""
    house = build(max_queued_jobs=10**9)
    house.given(TABLE, name="d", file="d.csv")
    house.given(npz(**ARRAYS), name="pair", file="pair.npz")
    return house


def send(house: House, path: str, body: bytes, content_type: str = "application/json") -> TestResponse:
    """The answer, which `House.ask` holds against the API's description."""
    answer = house.ask("POST", path, data=body, content_type=content_type)
    assert 200 <= answer.status_code < 500
    return answer


def written(sent: object) -> bytes:
    """As a careless client writes it, with NaN and half of a surrogate pair."""
    return json.dumps(sent).encode()


def alive(house: House) -> None:
    house.given()
    assert house.submit().status_code == 202


@pytest.mark.parametrize(
    "jobs",
    [hostile.graph_jobs, hostile.layer_jobs, hostile.training_jobs, hostile.keras_jobs],
    ids=["graphs", "layers", "trainings", "keras"],
)
def test_no_job_is_answered_with_anything_but_a_job_or_a_problem(
    house: House, jobs: Callable[[], Any]
) -> None:
    @fuzz
    @given(jobs(), st.sampled_from(["d", "pair"]), SKETCHES)
    def answered(sent: dict, name: str, sketch: dict) -> None:
        for path in PATHS:
            send(house, path, written(sent | {"dataset": name}))
        send(house, PATHS[1], written({key: one for key, one in sent.items() if key != "dataset"} | sketch))

    answered()
    alive(house)


def test_no_change_to_a_good_job_is_answered_with_anything_else(house: House) -> None:
    good = SPEC | {
        "dataset": "d",
        "training": {
            "optimizer": {"type": "SGD"},
            "metrics": ["accuracy"],
            "early_stopping": {"patience": 2},
        },
        "limits": {"max_seconds": 60},
        "tags": {"course": "one"},
    }

    @fuzz
    @given(hostile.mutated(st.just(good)), st.sampled_from(PATHS))
    def answered(sent: dict, path: str) -> None:
        send(house, path, written(sent))

    answered()
    alive(house)


BODIES = st.one_of(
    st.binary(max_size=200),
    st.text(max_size=50).map(str.encode),
    hostile.HOSTILE.map(written),
    st.tuples(st.integers(0, len(written(SPEC))), st.binary(max_size=3)).map(
        lambda cut: written(SPEC)[: cut[0]] + cut[1] + written(SPEC)[cut[0] :]
    ),
)
TYPES = st.sampled_from(
    ["application/json", "", "text/plain", "application/json; charset=utf-16", "a/b+json", "x"]
)


def test_no_bytes_are_answered_with_anything_else(house: House) -> None:
    @fuzz
    @given(BODIES, st.sampled_from(PATHS), TYPES)
    def answered(body: bytes, path: str, content_type: str) -> None:
        send(house, path, body, content_type)

    answered()
    alive(house)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"[" * 2_000_000, 400),
        (b'{"model":' * 2000 + b"1" + b"}" * 2000, 400),
        (b'{"model":' * 100 + b"1" + b"}" * 100, 422),
        (b'{"dataset":"d","model":{"layers":[' + b"1," * 300_000 + b"1]}}", 422),
        (b'{"dataset":"d","dataset":"' + b"x" * 8_000_000 + b'"}', 422),
        (b" " * 9_000_000, 413),
        (b'{"a":' + b"9" * 1_000_000 + b"}", 400),
        (written(SPEC | {"dataset": "d", "model": {"layers": [{"type": "Flatten"}] * 2001}}), 422),
    ],
    ids=["brackets", "deep", "nested", "many", "long", "blanks", "digits", "layers"],
)
def test_bodies_as_large_as_they_may_be_are_refused(
    house: House, path: str, body: bytes, status: int
) -> None:
    assert send(house, path, body).status_code == status
    alive(house)


def test_keras_json_nested_two_thousand_deep_is_refused(house: House) -> None:
    inside = b'{"class_name":"Sequential","config":{"layers":['
    for levels, status in ((20, 422), (2000, 400)):
        body = b'{"dataset":"d","model":' + inside * levels + b"]}}" * levels + b"}"
        assert {send(house, path, body).status_code for path in PATHS} == {status}


def test_rows_beyond_any_number_are_refused_in_numbers_that_json_has(house: House) -> None:
    growing = [{"type": "UpSampling1D", "size": 1_000_000}]
    sketch = {"input_shape": [4, 6], "classes": 2}
    for times in (2, 3, 7, 1999):
        sent = sketch | {"model": {"layers": growing * times + [{"type": "Dense", "units": 2}]}}
        answer = send(house, PATHS[1], written(sent))
        assert answer.status_code == 422
        assert answer.get_json()["errors"]
