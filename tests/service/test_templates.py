"""`GET /v1/datasets/{dataset}/templates`: networks to start from."""

from tests.service.houses import House


def test_a_template_is_a_job_that_can_be_sent_as_it_is(house: House) -> None:
    house.given()
    told = house.ask("GET", "/v1/datasets/numbers/templates").get_json()["data"]
    assert [one["name"] for one in told] == ["dense"]
    assert told[0]["spec"]["dataset"] == "numbers"
    assert told[0]["spec"]["model"]["layers"][-1] == {"type": "Dense", "units": 2, "activation": "softmax"}
    assert house.ask("POST", "/v1/jobs", json=told[0]["spec"]).status_code == 202


def test_templates_for_what_somebody_else_has_are_not_told_but_to_an_administrator(house: House) -> None:
    given = house.given()
    path = f"/v1/datasets/{given['id']}/templates"
    assert house.ask("GET", path, by="bob").status_code == 404
    told = house.ask("GET", path, by="root").get_json()["data"]
    # Their own of that name would be another.
    assert told[0]["spec"]["dataset"] == given["id"]
