"""A job's network, given back as it can be asked for, and as Keras reads it."""

import json

from tests.service.houses import House
from tests.service.test_jobs import DENSE


def test_a_network_is_told_as_a_spec_says_it(house: House) -> None:
    house.given()
    job = house.submit(model={"layers": [DENSE]}).get_json()
    answer = house.ask("GET", f"/v1/jobs/{job['id']}/network")
    network = answer.get_json()
    assert network["outputs"] == ["dense"]
    again = house.submit(model=network).get_json()
    assert again["resolved_sha256"] == job["resolved_sha256"]
    seen = house.ask(
        "GET", f"/v1/jobs/{job['id']}/network", headers={"If-None-Match": answer.headers["ETag"]}
    )
    assert seen.status_code == 304


def test_keras_s_json_is_given_and_taken(house: House) -> None:
    house.given()
    job = house.submit(model={"layers": [DENSE]}).get_json()
    printed = house.ask("GET", f"/v1/jobs/{job['id']}/network?format=keras_json").get_json()
    assert printed["class_name"] == "Sequential"
    again = house.submit(model=printed).get_json()
    assert again["resolved_sha256"] == job["resolved_sha256"]
    printed["config"]["layers"][1]["class_name"] = "Lambda"
    refused = house.submit(model=json.loads(json.dumps(printed)))
    assert refused.status_code == 422
    assert refused.get_json()["errors"][0]["pointer"] == "#/model/config/layers/1/class_name"


def test_a_network_in_no_form_that_is_known_is_refused(house: House) -> None:
    house.given()
    job = house.submit().get_json()
    assert house.ask("GET", f"/v1/jobs/{job['id']}/network?format=pickle").status_code == 422
    assert house.ask("GET", "/v1/jobs/job_nothing/network").status_code == 404
