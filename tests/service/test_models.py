import json
from pathlib import Path

import pytest
import sqlalchemy as sa

from core.artifacts import sha256_of
from core.tables import ModelVersion
from tests.service.houses import House
from tests.service.networks import add_version, keep

WEIGHTS = [[1.0, 0.0], [0.0, 1.0]]


def test_a_model_tells_its_versions_and_labels(house: House) -> None:
    add_version(house, WEIGHTS)
    add_version(house, WEIGHTS)
    house.ask("PUT", "/v1/models/numbers/labels/stable", json={"version": 1})
    body = house.ask("GET", "/v1/models/numbers").get_json()
    assert [one["version"] for one in body["versions"]] == [2, 1]
    assert body["labels"] == {"stable": 1}
    assert body["ready"] is True
    assert body["model_version_status"][0] == {
        "version": "2",
        "state": "AVAILABLE",
        "status": {"error_code": "OK", "error_message": ""},
    }
    assert house.ask("GET", f"/v1/models/{body['id']}").get_json() == body
    assert house.ask("GET", "/v1/models").get_json()["data"] == [body]


def test_a_version_tells_its_scores_and_where_it_comes_from(house: House) -> None:
    add_version(house, WEIGHTS)
    body = house.ask("GET", "/v1/models/numbers/versions/1").get_json()
    assert body["test"] == {"loss": 0.1, "accuracy": 0.9}
    assert body["lineage"]["dataset"]["name"] == "numbers"
    assert body["target"]["classes"] == ["even", "odd"]
    assert set(body["artifacts"]) == {"keras", "onnx", "encoding"}
    job = house.ask("GET", f"/v1/jobs/{body['lineage']['job']}").get_json()
    assert (job["status"], job["model"]["name"], job["model"]["version"]) == ("succeeded", "numbers", 1)
    assert house.ask("GET", "/v1/models/numbers/versions/2").status_code == 404


def test_what_has_not_changed_is_not_sent_again(house: House) -> None:
    add_version(house, WEIGHTS)
    for path in ("/v1/models/numbers", "/v1/models/numbers/versions/1"):
        tag = {"If-None-Match": house.ask("GET", path).headers["ETag"]}
        assert house.ask("GET", path, headers=tag).status_code == 304
        house.ask("PUT", f"/v1/models/numbers/labels/l{len(path)}", json={"version": 1})
        assert house.ask("GET", path, headers=tag).status_code == 200


def test_a_label_moves_from_one_version_to_another(house: House) -> None:
    add_version(house, WEIGHTS)
    add_version(house, WEIGHTS)
    for number in (1, 2, 2):
        answer = house.ask("PUT", "/v1/models/numbers/labels/stable", json={"version": number})
        assert answer.status_code == 200
        assert answer.get_json()["labels"] == {"stable": number}


@pytest.mark.parametrize(
    ("label", "body", "pointer"),
    [
        ("stable", {"version": 9}, "#/version"),
        ("stable", {"version": "1"}, "#/version"),
        ("stable", {"version": True}, "#/version"),
        ("stable", {"version": 10**18}, "#/version"),
        ("stable", {}, "#/version"),
        ("stable", {"version": 1, "x": 1}, "#/version"),
        ("7", {"version": 1}, "#/path/label"),
        ("a b", {"version": 1}, "#/path/label"),
        ("a" * 64, {"version": 1}, "#/path/label"),
    ],
)
def test_a_label_that_cannot_be_is_refused(
    house: House, label: str, body: dict[str, object], pointer: str
) -> None:
    add_version(house, WEIGHTS)
    answer = house.ask("PUT", f"/v1/models/numbers/labels/{label}", json=body)
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["pointer"] == pointer


def test_a_version_goes_unless_a_label_is_on_it_and_its_number_is_not_given_again(house: House) -> None:
    add_version(house, WEIGHTS)
    add_version(house, WEIGHTS)
    house.ask("PUT", "/v1/models/numbers/labels/stable", json={"version": 2})
    assert house.ask("DELETE", "/v1/models/numbers/versions/2").status_code == 409
    assert house.ask("DELETE", "/v1/models/numbers/versions/1").status_code == 204
    assert house.ask("GET", "/v1/models/numbers/versions/1").status_code == 404
    assert add_version(house, WEIGHTS) == 3


@pytest.mark.parametrize("kind", ["keras", "onnx"])
def test_a_versions_files_are_downloaded_under_a_good_name(house: House, kind: str) -> None:
    add_version(house, WEIGHTS, name="my.model-1")
    told = house.ask("GET", "/v1/models/my.model-1/versions/1").get_json()["artifacts"][kind]
    answer = house.ask("GET", f"/v1/models/my.model-1/versions/1/artifact?format={kind}")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == f"attachment; filename=my.model-1-1.{kind}"
    assert len(answer.data) == told["bytes"]
    assert answer.data == house.parts.artifacts.path(told["sha256"]).read_bytes()
    assert sha256_of(house.parts.artifacts.path(told["sha256"])) == told["sha256"]
    answer.close()
    part = house.ask(
        "GET", f"/v1/models/my.model-1/versions/1/artifact?format={kind}", headers={"Range": "bytes=0-3"}
    )
    assert (part.status_code, len(part.data)) == (206, 4)
    part.close()


@pytest.mark.parametrize("kind", ["saved_model", "litert", "pickle", "encoding"])
def test_a_format_that_is_not_offered_is_refused_by_name(house: House, kind: str) -> None:
    add_version(house, WEIGHTS)
    answer = house.ask("GET", f"/v1/models/numbers/versions/1/artifact?format={kind}")
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["pointer"] == "#/query/format"


def test_a_version_without_onnx_says_who_serves_it(house: House) -> None:
    add_version(house, WEIGHTS, onnx_too=False)
    body = house.ask("GET", "/v1/models/numbers").get_json()
    assert body["ready"] is True
    assert body["model_version_status"][0]["state"] == "AVAILABLE"
    version = house.ask("GET", "/v1/models/numbers/versions/1").get_json()
    assert version["served_by"] == "worker"
    assert house.ask("GET", "/v1/models/numbers/metadata").get_json()["served_by"] == "worker"
    answer = house.ask("GET", "/v1/models/numbers/versions/1/artifact?format=onnx")
    assert answer.status_code == 422
    assert "ONNX" in answer.get_json()["detail"]


def test_a_version_tells_its_evaluation_and_an_old_one_that_it_has_none(house: House) -> None:
    add_version(house, WEIGHTS)
    path = "/v1/models/numbers/versions/1"
    assert house.ask("GET", path).get_json()["evaluation"] is None
    told = {"rows": 8, "outputs": {"dense": {"kind": "class", "accuracy": 0.5}}}
    file = Path(house.settings.home) / "evaluation.json"
    file.write_text(json.dumps(told))
    with house.parts.database.writing() as session:
        version = session.scalars(sa.select(ModelVersion)).one()
        kept = keep(house.parts.artifacts, file)
        version.artifacts = version.artifacts | {"evaluation": kept}
    body = house.ask("GET", path).get_json()
    assert body["evaluation"] == told
    assert body["outputs"] == [{"name": "dense", "target": "label", "shape": [2], "scores": "softmax"}]
    assert "evaluation" not in house.ask("GET", "/v1/models/numbers").get_json()["versions"][0]
    house.parts.artifacts.discard(kept["sha256"])
    assert house.ask("GET", path).get_json()["evaluation"] is None


def test_somebody_elses_model_is_not_there(house: House) -> None:
    add_version(house, WEIGHTS)
    model_id = house.ask("GET", "/v1/models/numbers").get_json()["id"]
    for name in ("numbers", model_id):
        for method, path in (
            ("GET", ""),
            ("GET", "/versions/1"),
            ("DELETE", "/versions/1"),
            ("GET", "/versions/1/artifact"),
            ("GET", "/metadata"),
            ("POST", ":predict"),
            ("POST", "/versions/1:predict"),
            ("POST", ":classify"),
            ("POST", "/versions/1:regress"),
        ):
            answer = house.ask(method, f"/v1/models/{name}{path}", by="bob", json={"instances": [[1, 2]]})
            assert answer.status_code == 404, path
        put = house.ask("PUT", f"/v1/models/{name}/labels/x", by="bob", json={"version": 1})
        assert put.status_code == 404
    assert house.ask("GET", "/v1/models", by="bob").get_json()["data"] == []
    assert house.ask("GET", f"/v1/models/{model_id}", by="root").status_code == 200
