"""What the server writes of models."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from markupsafe import escape

from core.tables import ModelVersion
from service.pages import evaluations, figures, models, scores, trying
from tests.service.houses import House
from tests.service.networks import add_version, keep
from tests.service.test_sessions import csrf, signed_in

WEIGHTS = [[1.0, 0.0], [0.0, 1.0]]
HOSTILE = "<img src=x onerror=alert(1)>\u202e"
NO_PREVIEW: dict[str, Any] = {"rows": [], "columns": [], "thumbnails": []}


def send(browser: FlaskClient, path: str, **form: str) -> Any:  # noqa: ANN401 - an answer, or a page that follows
    return browser.post(path, data=form | {"csrf_token": csrf(browser.get("/models"))})


def evaluated(house: House, outputs: dict[str, Any]) -> None:
    """Gives the only version there is an evaluation."""
    file = Path(house.settings.home) / "evaluation.json"
    file.write_text(json.dumps({"rows": 8, "outputs": outputs}))
    with house.parts.database.writing() as session:
        version = session.scalars(sa.select(ModelVersion)).one()
        version.artifacts = version.artifacts | {"evaluation": keep(house.parts.artifacts, file)}


def classes(*names: str) -> dict[str, Any]:
    scored = [{"class": name, "precision": 0.5, "recall": 0.25, "f1": 0.3333, "support": 4} for name in names]
    mistake = {"row": 3, "actual": names[0], "predicted": names[1], "probability": 0.91}
    return {
        "target": names[0],
        "kind": "class",
        "accuracy": 0.5,
        "classes": scored,
        "confusion_matrix": [
            [4 if at == row else 1 for at in range(len(names))] for row in range(len(names))
        ],
        "calibration": {
            "bins": [{"from": 0.9, "to": 1.0, "count": 8, "confidence": 0.95, "accuracy": 0.5}],
            "expected_calibration_error": 0.1,
        },
        "mistakes": [mistake | {"probability_of_actual": 0.02, "given": {names[0]: names[1], "b": 2.5}}],
    }


def test_who_has_no_models_is_told_how_one_comes_to_be(house: House) -> None:
    assert "every job that succeeds makes a version" in signed_in(house).get("/models").text


def test_the_list_tells_the_latest_version_and_leads_on(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models, "LIMIT", 1)
    for name in ("first", "second", "second"):
        add_version(house, WEIGHTS, name=name)
    browser = signed_in(house)
    page = browser.get("/models").text
    assert "second" in page
    assert "Version 2" in page
    assert "90%" in page
    assert "first" not in page
    older = re.search(r'href="(/models\?after=mdl_\w+)"', page)
    assert older
    page = browser.get(older[1]).text
    assert "first" in page
    assert "second" not in page


def test_a_label_is_put_and_moved_without_a_script(house: House) -> None:
    add_version(house, WEIGHTS)
    add_version(house, WEIGHTS)
    browser = signed_in(house)
    for version in ("1", "2"):
        led = send(browser, "/models/numbers/labels", label="stable", version=version)
        assert (led.status_code, led.location) == (303, "/models/numbers")
        assert house.ask("GET", "/v1/models/numbers").get_json()["labels"] == {"stable": int(version)}
    page = browser.get("/models/numbers").text
    assert page.count('<option value="2" selected>') == 1
    for wrong in ({"label": "7", "version": "1"}, {"label": "x", "version": "9"}):
        assert send(browser, "/models/numbers/labels", **wrong).status_code == 422
    assert send(browser, "/models/numbers/labels", label="x", version="one").status_code == 400


def test_a_version_is_deleted_without_a_script_unless_a_label_is_on_it(house: House) -> None:
    add_version(house, WEIGHTS)
    browser = signed_in(house)
    send(browser, "/models/numbers/labels", label="stable", version="1")
    assert "Delete version 1" not in browser.get("/models/numbers/versions/1").text
    refused = send(browser, "/models/numbers/versions/1/delete")
    assert refused.status_code == 409
    assert "labelled stable" in refused.text
    add_version(house, WEIGHTS)
    send(browser, "/models/numbers/labels", label="stable", version="2")
    assert send(browser, "/models/numbers/versions/1/delete").status_code == 303
    assert browser.get("/models/numbers/versions/1").status_code == 404


def test_nothing_is_changed_without_the_token_of_a_page(house: House) -> None:
    add_version(house, WEIGHTS)
    browser = signed_in(house)
    for path in ("/labels", "/versions/1/delete", "/versions/1"):
        assert browser.post(f"/models/numbers{path}", data={"label": "x", "version": "1"}).status_code == 403
    assert browser.get("/models/numbers/versions/1").status_code == 200


def test_rows_are_asked_for_without_a_script(house: House) -> None:
    add_version(house, WEIGHTS)
    browser = signed_in(house)
    page = browser.get("/models/numbers/versions/1")
    found = re.search(r'<textarea id="rows"[^>]*>\n(.*?)</textarea>', page.text, re.DOTALL)
    assert found
    rows = found[1].replace("&#34;", '"')
    assert json.loads(rows) == [{"a": 0, "b": 0}]
    page = send(browser, "/models/numbers/versions/1", rows=rows)
    assert page.status_code == 200
    assert re.findall(r'<li><span class="named">(\w+)</span> ([\d.]+%)', page.text)


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ("{", "is not JSON"),
        ("{}", "list of 1 to 20 rows"),
        ("[]", "list of 1 to 20 rows"),
        ('[{"c": 1}]', "there is no column"),
        (json.dumps([[1, 2]] * 21), "list of 1 to 20 rows"),
    ],
)
def test_what_is_wrong_with_rows_is_told_beside_them(house: House, rows: str, sentence: str) -> None:
    add_version(house, WEIGHTS)
    page = send(signed_in(house), "/models/numbers/versions/1", rows=rows)
    assert page.status_code == 422
    [told] = re.findall(r'<p id="rows-wrong"[^>]*>(.*?)</p>', page.text)
    assert sentence in told
    assert str(escape(rows)) in page.text


def test_a_version_tells_its_evaluation_and_names_are_texts(house: House) -> None:
    add_version(house, WEIGHTS)
    evaluated(house, {"dense": classes(HOSTILE, "even")})
    page = signed_in(house).get("/models/numbers/versions/1").text
    assert "<img src=x" not in page
    assert page.count(str(escape(HOSTILE))) >= 6
    for told in ("Its surest mistakes", "91%", "2.5", "Class by class", "0.3333"):
        assert told in page
    assert page.count('class="right"') == 2
    assert page.count('class="mistaken"') == 2
    assert re.search(r'<circle cx="224.0" cy="100.0"', page)


def test_of_very_many_classes_what_is_mistaken_most_is_told(house: House) -> None:
    add_version(house, WEIGHTS)
    evaluated(house, {"dense": classes(*(f"class-{place}" for place in range(evaluations.MOST_CLASSES + 1)))})
    page = signed_in(house).get("/models/numbers/versions/1").text
    assert 'class="confusion"' not in page
    assert "What is mistaken most often" in page


def test_numbers_pictures_and_labels_have_an_evaluation_of_their_own(house: House) -> None:
    add_version(house, WEIGHTS)
    quantiles = {"0": -3.5, "0.5": 0.25, "1": 4.5}
    number = {"kind": "number", "target": "price", "mae": 1.5, "rmse": 2.5, "r2": 0.75}
    evaluated(
        house,
        {
            "a": number | {"residual_quantiles": quantiles},
            "b": {"kind": "vector", "target": "xy", "mae": 1, "rmse": 2, "r2": 0.5}
            | {"numbers": [number | {"name": "y[0]", "residual_quantiles": quantiles}]},
            "c": {
                "kind": "reconstruction",
                "target": "t",
                "mae": 1,
                "rmse": 2,
                "row_rmse_quantiles": quantiles,
            }
            | {"worst": [{"row": 317, "rmse": 52.375, "picture": {"b64": "AA=="}, "mae": 34}]},
            "d": {"kind": "multilabel", "target": "tags"}
            | {"labels": [{"label": "rock", "precision": 0.125, "recall": 1, "f1": 0.2, "support": 7}]},
        },
    )
    page = signed_in(house).get("/models/numbers/versions/1").text
    for told in ("price", "-3.5", "y[0]", "Off by 52.38", "data:image/png;base64,AA==", "rock", "12.5%"):
        assert told in page, told


def test_a_version_whose_data_set_is_gone_is_still_there(house: House) -> None:
    add_version(house, WEIGHTS)
    house.ask("DELETE", f"/v1/jobs/{house.ask('GET', '/v1/jobs').get_json()['data'][0]['id']}")
    assert house.ask("DELETE", "/v1/datasets/numbers").status_code == 204
    page = signed_in(house).get("/models/numbers/versions/1").text
    assert "(deleted)" in page
    assert '"dataset": null' in page


def test_an_old_version_that_does_not_tell_its_outputs_can_be_tried(house: House) -> None:
    add_version(house, WEIGHTS)
    with house.parts.database.writing() as session:
        session.scalars(sa.select(ModelVersion)).one().outputs = None
    page = send(signed_in(house), "/models/numbers/versions/1", rows="[[1, 2]]")
    assert page.status_code == 200
    assert re.search(r"<code>\[.*\]</code>", page.text)


def test_somebody_elses_model_has_no_page(house: House) -> None:
    add_version(house, WEIGHTS)
    model = house.ask("GET", "/v1/models/numbers").get_json()["id"]
    browser = signed_in(house, "bob")
    for path in ("", "/versions/1"):
        assert browser.get(f"/models/{model}{path}").status_code == 404
    assert "numbers" not in browser.get("/models").text
    assert send(browser, f"/models/{model}/labels", label="x", version="1").status_code == 404
    assert signed_in(house, "root").get(f"/models/{model}").status_code == 200


@pytest.mark.parametrize(
    ("inputs", "preview", "row"),
    [
        (
            {
                "columns": [
                    {"name": "a", "kind": "number", "mean": 0.123456},
                    {"name": "b", "kind": "category", "values": ["x"]},
                ]
            },
            {},
            {"a": 0.1235, "b": "x"},
        ),
        ({"column": "review", "vocabulary_size": 9, "shape": [4]}, {"rows": [{"review": "good"}]}, "good"),
        ({"shape": [2, 2]}, {"rows": [{"x": [[1, 2], [3, 4]]}]}, [[1, 2], [3, 4]]),
        ({"shape": [2], "raw_shape": [2]}, {"rows": [{"x": {"shape": [2]}}]}, [0, 0]),
        ({"shape": [10_000]}, {}, []),
        (
            {"shape": [8, 8, 3], "pictures": True},
            {"thumbnails": [{"png_base64": "AA=="}]},
            {"b64": "AA=="},
        ),
        (
            {
                "parts": [
                    {"name": "n", "shape": [1], "pictures": False},
                    {"name": "t", "column": "c", "vocabulary_size": 3},
                ]
            },
            {"rows": [{"n": [5], "c": "text", "y": 1}]},
            {"n": [5], "c": "text"},
        ),
    ],
)
def test_there_is_a_row_to_begin_with(inputs: dict[str, Any], preview: dict[str, Any], row: object) -> None:
    assert trying.example({"inputs": inputs}, NO_PREVIEW | preview) == row


def test_each_output_is_asked_for_what_it_tells() -> None:
    kinds = ["class", "multilabel", "number", "vector", "reconstruction"]
    targets = [{"kind": kind, "name": kind, "column": f"of {kind}"} for kind in kinds]
    outputs = [
        {"name": f"o-{kind}", "target": kind, "shape": [1], "scores": "softmax" if at < 2 else None}
        for at, kind in enumerate(kinds)
    ]
    asked = trying.questions({"target": {"parts": targets}, "outputs": outputs})
    assert [one["verb"] for one in asked] == ["classify", "classify", "regress", "predict", "predict"]
    assert [one["called"] for one in asked] == [f"of {kind}" for kind in kinds]


def test_a_score_is_told_in_a_sentence(house: House) -> None:
    number = {"kind": "number", "name": "price"}
    version = {
        "target": {"parts": [number, {"kind": "class", "name": "kind"}]},
        "outputs": [{"name": "dense_1", "target": "price"}, {"name": "dense_2", "target": "kind"}],
        "test": {"dense_1_mean_absolute_error": 0.5, "dense_2_accuracy": 0.91234, "x_unheard_of_2": None},
    }
    with house.app.test_request_context():
        told = scores.told(version)
        assert scores.best({"loss": 1.0}) == ("loss", "1")
        assert scores.best({}) is None
    assert [one["shown"] for one in told] == ["0.5", "91.2%", "\N{EN DASH}"]
    assert "spread" in told[0]["aside"]
    assert not told[1]["aside"]
    assert "Keras" in told[2]["sentence"]


def test_figures_are_written_as_the_reader_writes_them(house: House) -> None:
    with house.app.test_request_context():
        assert [figures.number(one) for one in (1234.567, 0, 1.5e-7, 2e12)] == [
            "1,235",
            "0",
            "1.5e-07",
            "2e+12",
        ]
        assert figures.size(237_470) == "237 kB"
        assert figures.cell("x" * 1000).endswith("…")
        assert figures.shape([8, 8]) == "8 \N{MULTIPLICATION SIGN} 8"
    with house.app.test_request_context(headers={"Accept-Language": "fr"}):
        assert figures.percent(0.934) == "93,4\N{NO-BREAK SPACE}%"
        assert figures.number(0.5) == "0,5"
