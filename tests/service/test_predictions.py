import io
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa

from core.artifacts import Artifacts
from core.tables import ModelVersion
from service import serving
from service.engines import Workers
from service.predicting import Network, Networks, load_network
from service.serving import Found
from tests.service.houses import House, wait_until
from tests.service.networks import add_version

PASS = [[1.0, 0.0], [0.0, 1.0]]
SWAP = [[0.0, 1.0], [1.0, 0.0]]
PLAIN = {"standardize": False}
TABLE = b"island,length,label\n" + b"".join(
    b"%s,%d,%s\n" % (b"Dream" if n % 2 else b"Biscoe", n, b"x" if n % 3 else b"y") for n in range(40)
)
NUMBERS = b"a,b,price\n" + b"".join(b"%d,%d,%.1f\n" % (n, n % 5, n * 10.5) for n in range(40))


def predict(house: House, path: str, body: object, **more: Any) -> Any:  # noqa: ANN401 - JSON
    answer = house.ask("POST", f"/v1/models/{path}:predict", json=body, **more)
    return answer.get_json() if answer.status_code == 200 else (answer.status_code, answer.get_json())


@pytest.fixture
def numbers(house: House) -> House:
    """A house with a model that answers with what it is asked."""
    add_version(house, PASS, upload={"options": PLAIN})
    return house


def test_rows_are_answered_with_what_the_network_puts_out(numbers: House) -> None:
    assert predict(numbers, "numbers", {"instances": [[1, 2], [3.5, -4]]}) == {
        "predictions": [[1.0, 2.0], [3.5, -4.0]]
    }
    assert predict(numbers, "numbers", {"instances": [{"b": 2, "a": 1, "label": "odd"}]}) == {
        "predictions": [[1.0, 2.0]]
    }
    assert predict(numbers, "numbers", {"signature_name": "serving_default", "instances": [[1, 2]]})


def test_columns_are_answered_as_outputs(numbers: House) -> None:
    assert predict(numbers, "numbers", {"inputs": [[1, 2]]}) == {"outputs": [[1.0, 2.0]]}
    assert predict(numbers, "numbers", {"inputs": {"inputs": [[1, 2]]}}) == {"outputs": [[1.0, 2.0]]}
    by_name = {"inputs": {"b": [2, 4], "a": [1, 3]}}
    assert predict(numbers, "numbers", by_name) == {"outputs": [[1.0, 2.0], [3.0, 4.0]]}


def test_rows_of_a_table_are_given_as_they_stood_in_the_file(house: House) -> None:
    upload = {"content": TABLE, "options": PLAIN, "name": "penguins"}
    add_version(house, [[1.0, 0.0], [0.0, 2.0], [0.0, 0.0]], name="p", upload=upload)
    rows = [{"island": "Biscoe", "length": 4}, {"island": "Dream"}, {"island": "never seen", "length": None}]
    first, second, third = predict(house, "p", {"instances": rows})["predictions"]
    assert first == [1.0, 0.0]
    assert second == [0.0, 2.0]
    assert third == [0.0, 0.0]
    status, body = predict(house, "p", {"instances": [{"island": "Dream"}, {"iland": "Dream"}]})
    assert status == 400
    assert "row 1" in body["error"]
    assert "island" in body["error"]


def test_a_number_is_answered_in_its_own_units_as_a_list_of_one(house: House) -> None:
    add_version(house, [[0.0], [0.0]], upload={"content": NUMBERS, "options": {"target": "price"}})
    (answer,) = predict(house, "numbers", {"instances": [[1, 2]]})["predictions"]
    # A network that puts out 0 answers with the mean of the training rows.
    assert len(answer) == 1
    assert 150 < answer[0] < 260


def test_pictures_are_scaled_and_may_lack_their_channel(house: House) -> None:
    file = io.BytesIO()
    np.savez(file, x=np.arange(120, dtype=np.uint8).reshape(30, 2, 2), y=np.arange(30) % 2)
    upload = {"content": file.getvalue(), "file": "pictures.npz"}
    add_version(house, [[1.0, 0.0], [0, 0], [0, 0], [0, 1.0]], upload=upload)
    flat, deep = [[255, 0], [0, 51]], [[[255], [0]], [[0], [51]]]
    expected = pytest.approx([1.0, 0.2])
    for row in (flat, deep):
        assert predict(house, "numbers", {"instances": [row]})["predictions"] == [expected]
    status, body = predict(house, "numbers", {"instances": [flat, [[256, 0], [0, 0]]]})
    assert status == 400
    assert "row 1" in body["error"]


def test_numbers_that_are_none_are_null(house: House) -> None:
    add_version(house, [[float("nan"), float("inf")], [0.0, 0.0]], upload={"options": PLAIN})
    assert predict(house, "numbers", {"instances": [[1, 2]]}) == {"predictions": [[None, None]]}


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({}, "instances"),
        ({"instances": [[1, 2]], "inputs": [[1, 2]]}, "instances"),
        ({"instances": []}, "one row or more"),
        ({"instances": 5}, "one row or more"),
        ({"instances": {"a": 1}}, "one row or more"),
        ({"instances": [[1, 2], [3]]}, "row 1"),
        ({"instances": [[1, 2], 3]}, "row 1"),
        ({"instances": [[1, "x"]]}, "row 0"),
        ({"instances": [[1, [2]]]}, "row 0"),
        ({"instances": [[1, 10**18], [1e300, 1]]}, "row 1"),
        ({"instances": [{"a": 1, "c": 2}]}, "row 0"),
        ({"instances": [{"b64": "aGk="}]}, "row 0"),
        ({"inputs": {"a": [1, 2], "b": [1]}}, "one length"),
        ({"inputs": {"a": 1, "b": 2}}, "one length"),
        ({"inputs": {}}, "one length"),
        ([], "object"),
    ],
)
def test_a_row_that_is_wrong_is_named(numbers: House, body: object, told: str) -> None:
    status, answer = predict(numbers, "numbers", body)
    assert status == 400
    assert told in answer["error"]


@pytest.mark.parametrize("body", [b"", b"{", b'{"instances": [[NaN, 1]]}', b'{"instances": ' + b"[" * 5000])
def test_what_is_not_json_is_told_in_the_protocols_form(numbers: House, body: bytes) -> None:
    answer = numbers.ask("POST", "/v1/models/numbers:predict", data=body, content_type="application/json")
    assert answer.status_code == 400
    assert set(answer.get_json()) == {"error"}


def test_a_client_need_not_say_that_it_sends_json(numbers: House) -> None:
    answer = numbers.ask(
        "POST",
        "/v1/models/numbers:predict",
        data=b'{"instances": [[1, 2]]}',
        content_type="application/x-www-form-urlencoded",
    )
    assert answer.get_json() == {"predictions": [[1.0, 2.0]]}


def test_too_many_rows_are_told_the_limit(build: Callable[..., House]) -> None:
    house = build(max_body_bytes=10_000)
    add_version(house, PASS, upload={"options": PLAIN})
    status, body = predict(house, "numbers", {"instances": [[1, 2]] * 3000})
    assert status == 413
    assert "max_body_bytes" in body["error"]


def test_versions_and_labels_are_found_by_their_addresses(house: House) -> None:
    add_version(house, PASS, name="a.b-c_d", upload={"options": PLAIN})
    add_version(house, SWAP, name="a.b-c_d", upload={"options": PLAIN})
    house.ask("PUT", "/v1/models/a.b-c_d/labels/stable", json={"version": 1})
    row = {"instances": [[1, 2]]}
    model_id = house.ask("GET", "/v1/models/a.b-c_d").get_json()["id"]
    for path in ("a.b-c_d", model_id, "a.b-c_d/versions/2"):
        assert predict(house, path, row)["predictions"] == [[2.0, 1.0]]
    for path in ("a.b-c_d/versions/1", "a.b-c_d/labels/stable", f"{model_id}/labels/stable"):
        assert predict(house, path, row)["predictions"] == [[1.0, 2.0]]
    for path in (
        "nothing",
        "a.b-c_d/versions/3",
        "a.b-c_d/labels/nothing",
        "a.b-c_d/versions/999999999999999999999",
        "a.b-c_d@1",
    ):
        assert predict(house, path, row)[0] == 404


def test_what_was_deleted_or_moved_a_moment_ago_is_not_served(house: House) -> None:
    row = {"instances": [[1, 2]]}
    add_version(house, PASS, upload={"options": PLAIN})
    assert predict(house, "numbers", row)["predictions"] == [[1.0, 2.0]]
    add_version(house, SWAP, upload={"options": PLAIN})
    assert predict(house, "numbers", row)["predictions"] == [[2.0, 1.0]]
    for number, expected in ((1, [[1.0, 2.0]]), (2, [[2.0, 1.0]])):
        house.ask("PUT", "/v1/models/numbers/labels/l", json={"version": number})
        assert predict(house, "numbers/labels/l", row)["predictions"] == expected
    house.ask("PUT", "/v1/models/numbers/labels/l", json={"version": 1})
    assert house.ask("DELETE", "/v1/models/numbers/versions/2").status_code == 204
    assert predict(house, "numbers/versions/2", row)[0] == 404
    assert predict(house, "numbers", row)["predictions"] == [[1.0, 2.0]]


def test_a_token_that_was_revoked_a_moment_ago_predicts_nothing(numbers: House) -> None:
    made = numbers.ask("POST", "/v1/tokens").get_json()
    headers = {"Authorization": f"Bearer {made['token']}"}
    row = {"instances": [[1, 2]]}
    assert predict(numbers, "numbers", row, by=None, headers=headers)["predictions"]
    numbers.ask("DELETE", f"/v1/tokens/{made['id']}")
    assert predict(numbers, "numbers", row, by=None, headers=headers)[0] == 401


def test_two_users_models_of_the_same_name_are_two(house: House) -> None:
    row = {"instances": [[1, 2]]}
    add_version(house, PASS, by="ann", upload={"options": PLAIN})
    add_version(house, SWAP, by="bob", upload={"options": PLAIN})
    for _ in range(2):
        assert predict(house, "numbers", row, by="ann")["predictions"] == [[1.0, 2.0]]
        assert predict(house, "numbers", row, by="bob")["predictions"] == [[2.0, 1.0]]
    assert predict(house, "numbers", row, by="root")[0] == 404


def test_metadata_are_told_as_tensorflow_serving_does(numbers: House) -> None:
    for path in ("", "/versions/1"):
        body = numbers.ask("GET", f"/v1/models/numbers{path}/metadata").get_json()
        assert body["model_spec"] == {"name": "numbers", "signature_name": "", "version": "1"}
        signature = body["metadata"]["signature_def"]["signature_def"]["serving_default"]
        shape = signature["inputs"]["inputs"]["tensor_shape"]
        assert [dim["size"] for dim in shape["dim"]] == ["-1", "2"]
        assert signature["inputs"]["inputs"]["dtype"] == "DT_FLOAT"
        assert [dim["size"] for dim in signature["outputs"]["outputs"]["tensor_shape"]["dim"]] == ["-1", "2"]
    assert numbers.ask("GET", "/v1/models/numbers/labels/x/metadata").status_code == 404


def test_of_many_models_those_that_were_asked_for_last_are_kept_ready(build: Callable[..., House]) -> None:
    house = build(session_cache=2)
    for number in range(4):
        add_version(house, [[float(number)], [0.0]], name=f"m{number}", upload={"options": PLAIN})
    for _ in range(2):
        for number in range(4):
            answer = predict(house, f"m{number}", {"instances": [[1, 0]]})
            assert answer["predictions"] == [[float(number)]]
    assert len(house.parts.networks) == 2


def results(house: House, path: str, body: object) -> Any:  # noqa: ANN401 - JSON
    answer = house.ask("POST", f"/v1/models/{path}", json=body)
    return answer.get_json().get("results", answer.get_json()), answer.status_code


def test_classes_are_told_with_their_probabilities(numbers: House) -> None:
    half = [["even", 0.5], ["odd", 0.5]]
    for path in ("numbers:classify", "numbers/versions/1:classify"):
        assert results(numbers, path, {"examples": [[3, 3], {"a": 1, "b": 1}]}) == ([half, half], 200)
    ((even, odd),), _ = results(
        numbers, "numbers:classify", {"instances": [[2, 0]], "signature_name": "dense"}
    )
    assert even == ["even", pytest.approx(1 / (1 + np.exp(-2)))]
    assert odd == ["odd", pytest.approx(1 / (1 + np.exp(2)))]
    told, status = results(numbers, "numbers:regress", {"examples": [[1, 2]]})
    assert status == 400
    assert "number" in told["error"]


def test_a_number_is_told_for_each_row(house: House) -> None:
    add_version(house, [[0.0], [0.0]], upload={"content": NUMBERS, "options": {"target": "price"}})
    predicted = predict(house, "numbers", {"instances": [[1, 2], [3, 4]]})["predictions"]
    house.ask("PUT", "/v1/models/numbers/labels/best", json={"version": 1})
    for path in ("numbers:regress", "numbers/labels/best:regress"):
        assert results(house, path, {"examples": [[1, 2], [3, 4]]}) == ([one for [one] in predicted], 200)
    assert results(house, "numbers:classify", {"examples": [[1, 2]]})[1] == 400


@pytest.mark.parametrize(
    "body", [{}, {"examples": []}, {"examples": 5}, {"examples": [[1, 2]], "instances": [[1, 2]]}]
)
def test_examples_are_a_list_of_rows(numbers: House, body: object) -> None:
    told, status = results(numbers, "numbers:classify", body)
    assert status == 400
    assert told["error"]


def test_a_version_from_before_there_were_outputs_predicts_as_it_did(numbers: House) -> None:
    with numbers.parts.database.writing() as session:
        session.scalars(sa.select(ModelVersion)).one().outputs = None
    assert predict(numbers, "numbers", {"instances": [[1, 2]]}) == {"predictions": [[1.0, 2.0]]}
    signature = numbers.ask("GET", "/v1/models/numbers/metadata").get_json()["metadata"]
    outputs = signature["signature_def"]["signature_def"]["serving_default"]["outputs"]
    assert [dim["size"] for dim in outputs["outputs"]["tensor_shape"]["dim"]] == ["-1", "2"]
    told, status = results(numbers, "numbers:classify", {"examples": [[1, 2]]})
    assert status == 400
    assert "before" in told["error"]
    version = numbers.ask("GET", "/v1/models/numbers/versions/1").get_json()
    assert version["outputs"] is None
    assert version["evaluation"] is None


def test_what_runs_a_network_is_told(numbers: House) -> None:
    answer = numbers.ask("POST", "/v1/models/numbers:predict", json={"instances": [[1, 2]]})
    assert answer.headers["X-Served-By"] == "onnxruntime"


def test_a_network_that_only_a_worker_can_run_waits_for_one(house: House) -> None:
    add_version(house, PASS, onnx_too=False, upload={"options": PLAIN})
    answer = house.ask("POST", "/v1/models/numbers:predict", json={"instances": [[1, 2]]})
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "worker" in answer.get_json()["error"]
    # What is wrong with a row is told by the service itself.
    assert predict(house, "numbers", {"instances": [[1]]})[0] == 400


def loaded(house: House) -> tuple[Artifacts, Found]:
    """The store, and a model in it."""
    add_version(house, PASS, upload={"options": PLAIN})
    with house.parts.database.reading() as session:
        return house.parts.artifacts, serving.find(session, house.users["ann"], "numbers")


def test_a_model_is_loaded_once_by_all_who_ask_for_it_first(house: House) -> None:
    artifacts, found = loaded(house)
    loads = []

    def load(store: Artifacts, workers: Workers, which: Found) -> Network:
        loads.append(threading.get_ident())
        time.sleep(0.2)
        return load_network(store, workers, which)

    networks = Networks(artifacts, house.parts.workers, 4, load=load)
    with ThreadPoolExecutor(16) as pool:
        got = list(pool.map(lambda _: networks.get(found), range(16)))
    assert len(loads) == 1
    assert len({id(network) for network in got}) == 1


def test_who_waits_too_long_for_a_model_is_told_to_come_back(house: House) -> None:
    artifacts, _ = loaded(house)
    go = threading.Event()

    def load(store: Artifacts, workers: Workers, which: Found) -> Network:
        go.wait(10)
        return load_network(store, workers, which)

    house.parts.networks = Networks(artifacts, house.parts.workers, 4, load=load, patience_seconds=0.05)
    row = {"instances": [[1, 2]]}
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(predict, house, "numbers", row)
        wait_until(lambda: len(house.parts.networks))
        answer = house.ask("POST", "/v1/models/numbers:predict", json=row)
        assert answer.status_code == 503
        assert int(answer.headers["Retry-After"]) > 0
        assert answer.get_json() == {"error": "The model is being loaded."}
        go.set()
        assert first.result(10) == {"predictions": [[1.0, 2.0]]}
    assert predict(house, "numbers", row) == {"predictions": [[1.0, 2.0]]}


def test_a_model_that_could_not_be_loaded_is_tried_again(house: House) -> None:
    artifacts, found = loaded(house)
    failures = [OSError("the disk is away")]

    def load(store: Artifacts, workers: Workers, which: Found) -> Network:
        if failures:
            raise failures.pop()
        return load_network(store, workers, which)

    networks = Networks(artifacts, house.parts.workers, 4, load=load)
    with pytest.raises(OSError, match="away"):
        networks.get(found)
    (answer,) = networks.get(found).predict([[1, 2]])
    assert answer.tolist() == [[1.0, 2.0]]
