"""The page of a new job, as the server writes it: what one sees and does without a script."""

import html
import json
import re
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.service.houses import SPEC, House
from tests.service.test_sessions import csrf, signed_in

HOSTILE = b"a,<script>alert(1)</script>\n" + b"".join(
    b"%d,%s\n" % (n, b"</script><b>" if n % 2 else b"x") for n in range(40)
)


def text_of(page: TestResponse) -> Any:  # noqa: ANN401 - JSON
    found = re.search(r'<textarea id="document"[^>]*>(.*?)</textarea>', page.text, re.DOTALL)
    assert found, page.text
    return json.loads(html.unescape(found[1]))


def given(page: TestResponse) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="start">(.*?)</script>', page.text, re.DOTALL)
    assert found, page.text
    start: dict[str, Any] = json.loads(found[1])
    return start


def send(browser: FlaskClient, text: str, action: str) -> TestResponse:
    form = {"csrf_token": csrf(browser.get("/jobs/new")), "document": text, "action": action}
    return browser.post("/jobs/new", data=form)


def test_who_has_no_data_is_led_to_some(house: House) -> None:
    page = signed_in(house).get("/jobs/new")
    assert "First, something to learn from" in page.text
    assert "/samples/digits" in page.text
    assert given(page)["document"] is None


def test_the_text_begins_with_the_network_that_suits_the_newest_data(house: House) -> None:
    house.given()
    page = signed_in(house).get("/jobs/new")
    job = text_of(page)
    assert job == given(page)["document"]
    assert job["dataset"] == "numbers"
    assert job["model"]["layers"][-1] == {"type": "Dense", "units": 2, "activation": "softmax"}
    # As it is read: a layer begins with its type.
    assert '{"type": "Dense", "units": 2, "activation": "softmax"}' in html.unescape(page.text)


def test_a_data_set_and_a_template_can_be_asked_for(house: House) -> None:
    older = house.given()
    house.given(b"a,b\n" + b"".join(b"%d,%f\n" % (n, n / 3) for n in range(60)), name="newer", file="n.csv")
    browser = signed_in(house)
    assert text_of(browser.get("/jobs/new"))["dataset"] == "newer"
    page = browser.get(f"/jobs/new?dataset={older['id']}&template=dense")
    assert text_of(page)["dataset"] == "numbers"
    assert browser.get("/jobs/new?dataset=nothing").status_code == 404


def test_a_job_can_be_trained_again_with_changes(house: House) -> None:
    job = house.submitted(tags={"b": "1", "a": "2"}, name="mine")
    browser = signed_in(house)
    page = browser.get(f"/jobs/new?from={job}")
    assert text_of(page) == SPEC | {"name": "mine", "tags": {"b": "1", "a": "2"}}
    assert f"/jobs/{job}" in page.text
    assert signed_in(house, "bob").get(f"/jobs/new?from={job}").status_code == 404


def test_a_job_whose_data_is_gone_is_still_there_to_be_changed(house: House) -> None:
    job = house.submitted()
    house.ask("POST", f"/v1/jobs/{job}/cancel")
    assert house.ask("DELETE", "/v1/datasets/numbers").status_code == 204
    other = house.given(
        b"a,b\n" + b"".join(b"%d,%d\n" % (n, n % 2) for n in range(60)), name="other", file="n.csv"
    )
    browser = signed_in(house)
    assert text_of(browser.get(f"/jobs/new?from={job}")) == SPEC
    moved = text_of(browser.get(f"/jobs/new?from={job}&dataset={other['id']}"))
    assert moved == SPEC | {"dataset": "other"}


def test_a_job_is_checked_by_its_form(house: House) -> None:
    house.given()
    page = send(signed_in(house), json.dumps(SPEC | {"training": {"epochs": 1}}), "check")
    assert page.status_code == 200
    assert "This can be trained: 6 parameters" in page.text
    assert "With one epoch every row is seen once" in page.text
    assert text_of(page)["training"] == {"epochs": 1}
    assert house.ask("GET", "/v1/jobs").get_json()["data"] == []


def test_what_is_wrong_is_told_with_its_place_and_nothing_typed_is_lost(house: House) -> None:
    house.given()
    browser = signed_in(house)
    for action in ("check", "train"):
        page = send(browser, json.dumps(SPEC | {"model": {"layers": [{"type": "Dense"}]}}), action)
        assert page.status_code == 422
        assert "#/model/layers/0/units" in page.text
    broken = send(browser, '{"dataset": "numbers",', "train")
    assert "is not JSON" in broken.text
    assert "{&#34;dataset&#34;: &#34;numbers&#34;,</textarea>" in broken.text
    assert "A job is a JSON object" in send(browser, "[1]", "check").text


def test_a_job_is_trained_by_its_form(house: House) -> None:
    house.given()
    browser = signed_in(house)
    sent = send(browser, json.dumps(SPEC), "train")
    assert sent.status_code == 303
    job = house.ask("GET", "/v1/jobs").get_json()["data"][0]["id"]
    assert sent.location == f"/jobs/{job}"


def test_names_that_others_chose_are_text(house: House) -> None:
    house.given(HOSTILE, options={"target": "<script>alert(1)</script>"})
    page = signed_in(house).get("/jobs/new")
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert(1)" in page.text
    assert page.text.count("</script>") == page.text.count("<script")
