"""What a spec may be made of, as the API tells it."""

from typing import Any

import pytest

from core.specs import catalogue, schemas
from tests.service.houses import House

PATHS = (
    "activations",
    "constraints",
    "initializers",
    "losses",
    "metrics",
    "optimizers",
    "regularizers",
    "schedules",
)


def listed(house: House, path: str) -> dict[str, Any]:
    answer = house.ask("GET", f"/v1/{path}")
    assert answer.status_code == 200
    return {one["type"]: one for one in answer.get_json()["data"]}


def test_layers_tell_where_they_belong_and_what_they_take(house: House) -> None:
    layers = listed(house, "layers")
    assert layers.keys() == {*catalogue.LAYERS.members, *catalogue.AUGMENTATIONS.members}
    dense, add = layers["Dense"], layers["Add"]
    assert (dense["group"], dense["inputs"]) == ("core", {"least": 1, "most": 1})
    assert (add["group"], add["inputs"]["least"]) == ("merging", 2)
    assert (layers["LSTM"]["group"], layers["ZeroPadding2D"]["group"]) == ("recurrent", "reshaping")
    assert (layers["RandomFlip"]["augmentation"], dense["augmentation"], dense["network"]) == (
        True,
        False,
        True,
    )
    assert dense["arguments"]["properties"]["units"] == {
        "type": "integer",
        "minimum": 1,
        "maximum": 1_000_000,
    }
    assert dense["arguments"]["properties"]["use_bias"] == {"type": "boolean", "default": True}
    assert dense["arguments"]["required"] == ["units"]
    assert "inputs" in add["arguments"]["properties"]


@pytest.mark.parametrize("path", PATHS)
def test_each_family_is_listed_once_and_with_its_tag(house: House, path: str) -> None:
    first = house.ask("GET", f"/v1/{path}")
    data = first.get_json()["data"]
    assert len({one["type"] for one in data}) == len(data) > 3
    assert (
        house.ask("GET", f"/v1/{path}", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    )


def test_a_member_tells_its_other_names_and_ranges(house: House) -> None:
    losses = listed(house, "losses")
    assert {"mse", "mean_squared_error"} <= set(losses["MeanSquaredError"]["names"])
    momentum = listed(house, "optimizers")["SGD"]["arguments"]["properties"]["momentum"]
    assert (momentum["minimum"], momentum["maximum"], momentum["default"]) == (0, 1, 0.0)


def test_the_description_of_the_api_holds_the_same(house: House) -> None:
    described = house.ask("GET", "/openapi.json", by=None).get_json()
    known = described["components"]["schemas"]
    for one in listed(house, "layers").values():
        place = "layers" if one["network"] else "augmentations"
        assert known[f"{place}.{one['type']}"]["properties"]["type"] == {"const": one["type"]}
    choice = known["AnyLayer"]
    assert choice["discriminator"]["mapping"]["Dense"] == "#/components/schemas/layers.Dense"
    dense = known["layers.Dense"]["properties"]
    assert dense["kernel_initializer"]["$ref"] == "#/components/schemas/AnyInitializer"
    body = described["paths"]["/v1/jobs"]["post"]["requestBody"]["content"]["application/json"]
    assert body["schema"] == {"$ref": "#/components/schemas/JobSpec"}


def test_what_is_taken_and_what_is_answered_have_names_of_their_own(house: House) -> None:
    described = house.ask("GET", "/openapi.json", by=None).get_json()
    taken = schemas.components()
    assert taken.keys() <= described["components"]["schemas"].keys()
    for name, schema in taken.items():
        assert described["components"]["schemas"][name] == schema, name


def test_the_description_keeps_a_size_that_a_browser_takes(house: House) -> None:
    assert len(house.ask("GET", "/openapi.json", by=None).get_data()) < 1_000_000
