"""`POST /v1/specs:check`: what there is to say of a job before it is one."""

from datetime import UTC, datetime
from typing import Any

import pytest

from core.tables import Speed
from tests.core.specs.tutor.patches import patched
from tests.service.houses import SPEC, House

NOW = datetime(2026, 1, 1, tzinfo=UTC)
PICTURES: dict[str, Any] = {
    "input_shape": [28, 28, 1],
    "classes": 10,
    "model": {
        "layers": [
            {"type": "Flatten"},
            {"type": "Dense", "units": 128, "activation": "relu"},
            {"type": "Dense", "units": 10, "activation": "softmax"},
        ]
    },
}


def check(house: House, document: object, status: int = 200) -> dict[str, Any]:
    answer = house.ask("POST", "/v1/specs:check", json=document)
    assert answer.status_code == status, answer.text
    body: dict[str, Any] = answer.get_json()
    return body


def test_a_network_is_told_in_numbers_without_a_data_set(house: House) -> None:
    told = check(house, PICTURES)
    assert [layer["output_shape"] for layer in told["layers"]] == [[784], [128], [10]]
    assert [layer["parameters"] for layer in told["layers"]] == [0, 100_480, 1_290]
    assert [layer["multiply_adds"] for layer in told["layers"]] == [0, 100_352, 1_280]
    assert [layer["inputs"] for layer in told["layers"]] == [["input"], ["flatten"], ["dense"]]
    assert told["parameters"] == told["trainable_parameters"] == 101_770
    assert sum(layer["memory_bytes"] for layer in told["layers"]) < told["memory_bytes"]
    assert told["resolved"]["outputs"][0]["loss"]["type"] == "SparseCategoricalCrossentropy"
    assert told["seconds_per_epoch"] is None
    assert told["warnings"] == []


def test_a_check_on_a_data_set_resolves_as_the_job_does(house: House) -> None:
    house.given()
    told = check(house, SPEC)
    job = house.submit().get_json()
    assert told["resolved"] == job["resolved"]
    assert told["warnings"] == job["warnings"]
    assert "few_rows" in {warning["code"] for warning in job["warnings"]}
    assert len(house.ask("GET", "/v1/jobs").get_json()["data"]) == 1


def test_the_sent_job_can_be_checked_whole(house: House) -> None:
    house.given()
    assert check(house, SPEC | {"name": "mine", "priority": 3, "tags": {"a": "b"}})["parameters"] == 6


@pytest.mark.parametrize(
    ("target", "units", "loss"),
    [
        ({"kind": "number"}, 1, "MeanSquaredError"),
        ({"kind": "vector", "width": 4}, 4, "MeanSquaredError"),
        ({"kind": "multilabel", "classes": 5}, 5, "BinaryCrossentropy"),
        ({"kind": "class", "classes": 3}, 3, "SparseCategoricalCrossentropy"),
        ({"kind": "reconstruction"}, 6, "MeanSquaredError"),
    ],
)
def test_a_sketch_may_have_any_kind_of_target(
    house: House, target: dict[str, Any], units: int, loss: str
) -> None:
    layers = [{"type": "Dense", "units": units}]
    told = check(house, {"input_shape": [6], "target": target, "model": {"layers": layers}})
    assert told["resolved"]["outputs"][0]["loss"]["type"] == loss


def test_a_sketch_may_have_several_inputs(house: House) -> None:
    layers = [
        {"type": "Embedding", "input_dim": 50, "output_dim": 4, "inputs": ["text"]},
        {"type": "GlobalAveragePooling1D", "name": "words"},
        {"type": "Concatenate", "inputs": ["words", "numbers"]},
        {"type": "Dense", "units": 2},
    ]
    sketch = {"input_shape": {"text": [9], "numbers": [3]}, "input_dtype": {"text": "int32"}, "classes": 2}
    assert check(house, sketch | {"model": {"layers": layers}})["layers"][2]["output_shape"] == [7]


def test_a_warning_says_where_and_what_to_change(house: House) -> None:
    asked = PICTURES | {"training": {"optimizer": {"type": "Adam", "learning_rate": 10}}}
    (warning,) = check(house, asked)["warnings"]
    assert warning["code"] == "learning_rate_high"
    assert warning["pointer"] == "#/training/optimizer/learning_rate"
    assert check(house, patched(asked, warning["suggestion"]["patch"]))["warnings"] == []


def test_everything_that_is_wrong_is_told_with_what_to_change(house: House) -> None:
    asked = PICTURES | {
        "training": {"early_stopping": {"monitor": "val_auc"}},
        "model": {"layers": [*PICTURES["model"]["layers"][:-1], {"type": "Dense", "units": 3}]},
    }
    errors = check(house, asked, 422)["errors"]
    assert [(error["pointer"], error["code"]) for error in errors] == [
        ("#/model/layers/2/units", "units_mismatch")
    ]
    asked = patched(asked, errors[0]["suggestion"]["patch"])
    (error,) = check(house, asked, 422)["errors"]
    assert (error["pointer"], error["code"]) == ("#/training/early_stopping/monitor", "metric_missing")
    check(house, patched(asked, error["suggestion"]["patch"]))


def test_faults_that_do_not_hang_together_are_told_at_once(house: House) -> None:
    training = {"validation_split": 0.999, "optimizer": {"type": "SGD", "clipnorm": 1.0}, "clip_norm": 1.0}
    asked = PICTURES | {
        "rows": 5,
        "training": training,
        "model": {"layers": [{"type": "Dense", "units": 10}]},
    }
    pointers = {error["pointer"] for error in check(house, asked, 422)["errors"]}
    assert pointers == {"#/training/validation_split", "#/training/clip_norm", "#/model/layers/0"}


def test_a_job_that_is_refused_says_the_same(house: House) -> None:
    house.given()
    wrong = SPEC | {"training": {"early_stopping": {"monitor": "val_auc"}}}
    assert house.submit(**wrong).get_json()["errors"] == check(house, wrong, 422)["errors"]


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"classes": None}, "#/classes"),
        ({"classes": 1}, "#/classes"),
        ({"target": {"kind": "number"}}, "#/classes"),
        ({"classes": None, "target": {"kind": "vector"}}, "#/target/width"),
        ({"classes": None, "target": {"kind": "multilabel"}}, "#/target/classes"),
        ({"classes": None, "target": {"kind": "colour"}}, "#/target/kind"),
        ({"input_shape": None}, "#/dataset"),
        ({"input_shape": [28, 0]}, "#/input_shape/1"),
        ({"input_dtype": "text"}, "#/input_dtype"),
        ({"rows": 0}, "#/rows"),
        ({"input_shape": [4] * 9}, "#/input_shape"),
        ({"dataset": "nobody's"}, "#/classes"),
        ({"model": None}, "#/model"),
    ],
)
def test_a_sketch_that_is_wrong_is_told_where(house: House, changed: dict[str, Any], pointer: str) -> None:
    asked = {key: value for key, value in (PICTURES | changed).items() if value is not None}
    assert pointer in {error["pointer"] for error in check(house, asked, 422)["errors"]}


def test_a_data_set_that_is_not_there_is_told_as_a_job_tells_it(house: House) -> None:
    assert check(house, SPEC, 422)["errors"][0]["pointer"] == "#/dataset"
    house.given(by="bob")
    assert check(house, SPEC, 422)["errors"][0]["pointer"] == "#/dataset"


def test_an_initial_model_is_looked_for(house: House) -> None:
    house.given()
    (error,) = check(house, SPEC | {"training": {"initial_model": "none"}}, 422)["errors"]
    assert error["pointer"] == "#/training/initial_model"


def test_the_time_of_an_epoch_is_known_from_earlier_jobs(house: House) -> None:
    house.given()
    with house.parts.database.writing() as session:
        spec = {"device": "cpu", "threads": 1, "deterministic": False}
        session.add(Speed(**spec, steps=1, rows=28, multiply_adds=4, parameters=6, seconds=0.25, at=NOW))
    told = check(house, SPEC)["seconds_per_epoch"]
    assert told["from_jobs"] == 1
    assert told["estimate"] == pytest.approx(0.25, rel=0.05)
    assert check(house, SPEC | {"resources": {"accelerator": "gpu"}})["seconds_per_epoch"] is None


def test_it_is_asked_with_a_token_and_an_object(house: House) -> None:
    assert house.ask("POST", "/v1/specs:check", by=None, json=PICTURES).status_code == 401
    assert house.ask("POST", "/v1/specs:check", json=[]).status_code == 422
    assert house.ask("POST", "/v1/specs:check", data=b"{").status_code == 400
