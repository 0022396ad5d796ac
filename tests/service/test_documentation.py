import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask_openapi3.openapi import OpenAPI

from service import documentation, examples, operations, shapes
from tests.service.houses import House

# Addresses for browsers.
PAGES = ("docs.", "pages.", "assets.", "lti.")


@pytest.fixture
def document(house: House) -> dict[str, Any]:
    answer = house.ask("GET", "/openapi.json", by=None)
    assert answer.status_code == 200
    described: dict[str, Any] = answer.get_json()
    return described


def test_every_route_is_described(house: House, document: dict[str, Any]) -> None:
    routes = {
        (re.sub(r"<(?:[^<>:]+:)?([^<>]+)>", r"{\1}", rule.rule), method.lower())
        for rule in house.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if not rule.endpoint.startswith(PAGES)
    }
    described = {(path, method) for path, methods in document["paths"].items() for method in methods}
    assert routes == described


def test_every_operation_has_a_sentence_an_id_answers_and_an_example(document: dict[str, Any]) -> None:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            where = f"{method} {path}"
            assert operation["summary"].endswith("."), where
            assert operation["operationId"] in operations.TABLE, where
            assert operation["responses"], where
            for status, answer in operation["responses"].items():
                for content in answer.get("content", {}).values():
                    assert "example" in content, (where, status)


def test_nothing_is_described_that_is_not_there(document: dict[str, Any]) -> None:
    there = {operation["operationId"] for path in document["paths"].values() for operation in path.values()}
    assert there == set(operations.TABLE)


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    references = set(_references(document))
    assert len(references) > 20
    for reference in references:
        assert reference.removeprefix("#/components/schemas/") in schemas


def test_every_example_fits_its_shape() -> None:
    for name, example in examples.EXAMPLES.items():
        getattr(shapes, name).model_validate(example)


def test_errors_of_predictions_are_described_in_their_own_form(document: dict[str, Any]) -> None:
    predict = document["paths"]["/v1/models/{model}:predict"]["post"]["responses"]
    assert list(predict["404"]["content"]) == ["application/json"]
    show = document["paths"]["/v1/jobs/{job}"]["get"]["responses"]
    assert list(show["404"]["content"]) == ["application/problem+json"]


def test_every_type_of_problem_is_listed(document: dict[str, Any]) -> None:
    for slug in ("invalid-spec", "too-large", "internal", "method-not-allowed", "unauthenticated"):
        assert f"`/problems/{slug}`" in document["info"]["description"]


def test_it_is_openapi_3_1_and_is_asked_for_with_its_tag(house: House) -> None:
    first = house.ask("GET", "/openapi.json", by=None)
    assert first.get_json()["openapi"] == "3.1.0"
    again = house.ask("GET", "/openapi.json", by=None, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


def test_the_page_takes_nothing_from_another_host_and_lets_nothing_in(house: House) -> None:
    page = house.ask("GET", "/docs", by=None)
    assert page.status_code == 200
    assert "script-src 'self';" in page.headers["Content-Security-Policy"]
    addresses = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert len(addresses) == 4
    for address in addresses:
        assert address.startswith("/docs/")
        file = house.ask("GET", address, by=None)
        assert file.status_code == 200, address
        assert file.headers["X-Content-Type-Options"] == "nosniff"
        file.close()
    assert "http" not in house.ask("GET", "/docs/start.js", by=None).text


def test_the_pages_files_are_no_way_out_of_their_folder(house: House) -> None:
    for path in ("/docs/js/../../../__init__.py", "/docs/js/..%2f..%2f__init__.py", "/docs/py/__init__.py"):
        assert house.ask("GET", path, by=None).status_code == 404


def test_the_description_is_made_once(build: Callable[..., House]) -> None:
    app = build().app
    assert isinstance(app, OpenAPI)
    described = documentation.describe(app)
    assert described is app.api_doc


def _references(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            if key == "$ref":
                yield item
            else:
                yield from _references(item)
    elif isinstance(value, list):
        for item in value:
            yield from _references(item)
