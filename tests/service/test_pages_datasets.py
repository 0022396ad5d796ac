"""What the server writes about data sets, and a form that is sent without JavaScript."""

import html
import io
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flask import request
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from core.errors import ForbiddenError
from service import uploads
from service.pages import understanding, uploading
from service.views import samples
from tests.service.houses import CSV, House
from tests.service.test_sessions import csrf, signed_in

MARKUP = "<img src=x onerror=alert(1)>"
TURNED = "\N{RIGHT-TO-LEFT OVERRIDE}gnp.exe"


@pytest.fixture
def browser(house: House) -> FlaskClient:
    return signed_in(house)


def words(answer: TestResponse) -> str:
    """The text of a page, as one reads it."""
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.text)))


def send(
    browser: FlaskClient, fields: Mapping[str, str], *files: tuple[bytes, str], token: str | None = None
) -> TestResponse:
    given = csrf(browser.get("/datasets/new")) if token is None else token
    form: dict[str, Any] = {"csrf_token": given, **fields}
    form["file"] = [(io.BytesIO(content), name) for content, name in files]
    return browser.post("/datasets", data=form, content_type="multipart/form-data")


def test_a_list_tells_what_each_is_and_leads_to_it(house: House, browser: FlaskClient) -> None:
    assert "There is none yet." in words(browser.get("/datasets"))
    made = house.given()
    page = browser.get("/datasets")
    assert f'href="/datasets/{made["id"]}"' in page.text
    assert "numbers Table one of 2 classes 40" in words(page)


def test_a_long_list_has_parts(house: House, browser: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.pages.datasets.LIMIT", 1)
    old = house.given(name="old")
    new = house.given(name="new")
    assert f"/datasets?after={new['id']}" in browser.get("/datasets").text
    page = browser.get(f"/datasets?after={new['id']}").text
    assert f"/datasets/{old['id']}" in page
    assert "after=" not in page.replace("next=", "").split("<footer")[0]


def test_a_page_tells_what_was_understood_and_warned_of_and_what_is_in_it(
    house: House, browser: FlaskClient
) -> None:
    content = (
        CSV.replace(b"a,b,label", b"a,b,same,label").replace(b",odd", b",1,odd").replace(b",even", b",1,even")
    )
    made = house.given(content, options={"target": "label"})
    assert made["warnings"]
    page = browser.get(f"/datasets/{made['id']}")
    told = words(page)
    assert "A row is 2 columns of a table" in told
    assert "label : one of 2 classes" in told
    assert "To train 32 For the test 8" in told
    assert all(warning in told for warning in made["warnings"])
    assert "even 16 4" in told
    assert "Mean 3.094, spread 1.721" in told or "Mean" in told
    assert f'href="/jobs/new?dataset={made["id"]}"' in page.text
    assert 'rect class="train" width="' in page.text
    assert '"target": "label"' in told


def test_a_page_shows_a_few_rows_and_more_when_they_are_asked_for(house: House, browser: FlaskClient) -> None:
    made = house.given()
    few, more = (browser.get(f"/datasets/{made['id']}{query}") for query in ("", "?rows=more"))
    assert few.text.count('<td class="number"><span') == 2 * 10
    assert more.text.count('<td class="number"><span') == 2 * 40


def test_pictures_are_shown(house: House, browser: FlaskClient) -> None:
    sample = samples.SAMPLES["digits"]
    made = house.given(sample.path.read_bytes(), name="digits", file="digits.npz")
    page = browser.get(f"/datasets/{made['id']}")
    assert "a picture of 8 \N{MULTIPLICATION SIGN} 8 pixels, in shades of grey" in words(page)
    assert page.text.count("data:image/png;base64,") == 24
    assert "8 \N{MULTIPLICATION SIGN} 8 numbers, from 0 to 255" in words(page)


def test_several_inputs_and_targets_are_told_each(house: House, browser: FlaskClient) -> None:
    file = io.BytesIO()
    np.savez(
        file,
        x_photo=np.zeros((20, 4, 4, 3), np.uint8),
        x_steps=np.arange(60).reshape(20, 3) % 7,
        x_more=np.ones((20, 2)) * np.arange(20)[:, None],
        y_kind=np.arange(20) % 2,
        y_price=np.arange(20) * 1.5,
    )
    made = house.given(file.getvalue(), name="several", file="several.npz")
    told = words(browser.get(f"/datasets/{made['id']}"))
    assert "photo : a picture of 4 \N{MULTIPLICATION SIGN} 4 pixels, in colours" in told
    assert "steps : a sequence of 3 whole numbers, from 0 to 6" in told
    assert "more : 2 numbers" in told
    assert "kind : one of 2 classes" in told
    assert "price : a number" in told
    assert "several Several inputs Several targets 20" in words(browser.get("/datasets"))


@pytest.mark.parametrize(
    ("inputs", "target", "told"),
    [
        (
            {"shape": [4], "dtype": "int32", "column": "text", "vocabulary_size": 39, "integers": [0, 40]},
            {"kind": "multilabel", "classes": ["calm"]},
            ["Texts", "a text of up to 4 words, of 39 words that are known", "any of 1 label"],
        ),
        (
            {"shape": [3], "dtype": "float32", "columns": [{"name": "a"}]},
            {"kind": "vector", "names": ["b", "c"]},
            ["Table", "1 column of a table", "2 numbers"],
        ),
        (
            {"shape": [8, 8, 1], "dtype": "float32", "column": "photo", "raw_shape": [8, 8]},
            {"kind": "reconstruction", "shape": [8, 8, 1]},
            [
                "Pictures",
                "a picture of 8 \N{MULTIPLICATION SIGN} 8 pixels, in shades of grey",
                "the row itself",
            ],
        ),
        (
            {"shape": [12, 2], "dtype": "float32", "raw_shape": [12, 2], "pictures": False},
            {"kind": "number"},
            ["Numbers", "12 \N{MULTIPLICATION SIGN} 2 numbers", "a number"],
        ),
    ],
)
def test_each_kind_of_data_has_its_words(
    house: House, inputs: dict[str, Any], target: dict[str, Any], told: list[str]
) -> None:
    described = {"inputs": inputs, "target": target}
    with house.app.test_request_context():
        said = [understanding.kind(described), understanding.rows_of(inputs), understanding.aim(described)]
    assert said == told


def test_a_page_tells_what_was_made_with_it(house: House, browser: FlaskClient) -> None:
    job = house.submitted(name="first")
    made = house.given()
    assert f'href="/jobs/{job}"' in browser.get(f"/datasets/{made['id']}").text


def test_one_that_a_job_needs_is_not_deleted_and_the_job_is_named(house: House, browser: FlaskClient) -> None:
    job = house.submitted(name="busy")
    made = house.given()
    token = {"csrf_token": csrf(browser.get("/datasets"))}
    answer = browser.post(f"/datasets/{made['id']}/delete", data=token)
    assert answer.status_code == 409
    assert "It was not deleted" in words(answer)
    assert f'href="/jobs/{job}"' in answer.text.split('role="alert"')[1].split("</div>")[0]
    house.ask("POST", f"/v1/jobs/{job}/cancel")
    gone = browser.post(f"/datasets/{made['id']}/delete", data=token)
    assert (gone.status_code, gone.location) == (303, "/datasets")
    assert browser.get(f"/datasets/{made['id']}").status_code == 404


def test_what_belongs_to_somebody_else_is_not_there(house: House, browser: FlaskClient) -> None:
    made = house.given(by="bob")
    assert browser.get(f"/datasets/{made['id']}").status_code == 404
    token = {"csrf_token": csrf(browser.get("/datasets"))}
    assert browser.post(f"/datasets/{made['id']}/delete", data=token).status_code == 404


def test_a_data_set_whose_preview_is_lost_is_shown_without(house: House, browser: FlaskClient) -> None:
    made = house.given()
    for kept in house.parts.artifacts.root.glob("??/*"):
        kept.unlink()
    page = browser.get(f"/datasets/{made['id']}")
    assert page.status_code == 200
    assert "its preview is lost" in words(page)


def test_a_form_makes_a_data_set_as_the_api_does(house: House, browser: FlaskClient) -> None:
    answer = send(browser, {"name": "", "target": "label", "test_split": "25"}, (CSV, "My Numbers (1).csv"))
    assert answer.status_code == 303
    assert answer.location
    made = house.ask("GET", f"/v1{answer.location}").get_json()
    assert made["name"] == "my-numbers-1"
    assert made["options"] == {"target": "label", "test_split": 0.25}
    again = house.upload(name="my-numbers-1", options=made["options"])
    assert again.status_code == 200
    assert not list(house.settings.scratch_folder.iterdir())


def test_a_form_of_several_files_makes_one(house: House, browser: FlaskClient) -> None:
    answer = send(browser, {"name": "parts"}, (CSV, "train.csv"), (CSV, "test.csv"))
    assert answer.status_code == 303
    assert house.ask("GET", f"/v1{answer.location}").get_json()["splits"] == {"train": 40, "test": 40}


@pytest.mark.parametrize(
    ("fields", "place", "status"),
    [
        ({"name": "No Name"}, "name", 422),
        ({"test_split": "120"}, "test_split", 422),
        ({"seed": "x"}, "seed", 422),
        ({"text": "none\nsuch"}, "text", 422),
        ({"name": "numbers"}, "name", 409),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(
    house: House, browser: FlaskClient, fields: dict[str, str], place: str, status: int
) -> None:
    house.given()
    answer = send(browser, {"name": "other", "drop": "b", **fields}, (CSV, "a.csv"))
    assert answer.status_code == status
    told = re.search(rf'id="w-{place}"(.*?)</p>', answer.text, re.DOTALL)
    assert told
    assert "hidden" not in told[1]
    assert len(words_of(told[1])) > 10
    assert re.search(rf'id="f-{place}"[^>]* aria-invalid="true"', answer.text)
    assert html.escape(fields.get(place, "")) in answer.text
    assert not list(house.settings.scratch_folder.iterdir())


def words_of(markup: str) -> str:
    return re.sub(r"<[^>]*>", "", markup.partition(">")[2]).strip()


def test_a_file_that_is_none_or_was_not_chosen_is_told_at_the_files(browser: FlaskClient) -> None:
    for files in ([], [(b"", "")], [(b"no archive", "a.npz")]):
        answer = send(browser, {"name": "a"}, *files)
        assert answer.status_code == 422
        assert "That did not work." in words(answer)


def test_a_form_of_somebody_else_is_refused_before_its_files_are_taken(
    house: House, browser: FlaskClient, tmp_path: Path
) -> None:
    for token in ("", "0" * 64):
        assert send(browser, {"name": "a"}, (CSV, "a.csv"), token=token).status_code == 403
    late = {"file": (io.BytesIO(CSV), "a.csv"), "csrf_token": csrf(browser.get("/datasets"))}
    assert browser.post("/datasets", data={"csrf_token": "0"}).status_code == 415
    assert house.ask("GET", "/v1/datasets").get_json()["data"] == []

    def refuse(_fields: Mapping[str, str]) -> None:
        raise ForbiddenError("no")

    with house.app.test_request_context(method="POST", data=late), pytest.raises(ForbiddenError):
        uploads.receive(request, tmp_path, most_bytes=9999, fields=frozenset({"csrf_token"}), check=refuse)
    assert not list(tmp_path.glob("file-*"))


def test_a_form_without_a_token_and_files_is_refused(browser: FlaskClient) -> None:
    answer = browser.post("/datasets", data={"name": "a"}, content_type="multipart/form-data")
    assert answer.status_code == 403


def test_a_sample_is_added_by_a_press(house: House, browser: FlaskClient) -> None:
    page = browser.get("/datasets/new")
    assert all(html.escape(sample.description) in page.text for sample in samples.SAMPLES.values())
    token = {"csrf_token": csrf(page)}
    answer = browser.post("/samples/iris", data=token)
    assert answer.status_code == 303
    assert house.ask("GET", f"/v1{answer.location}").get_json()["name"] == "iris"
    assert f'href="{answer.location}"' in browser.get("/datasets/new").text
    assert browser.post("/samples/iris", data=token | {"first": "1"}).location == "/"
    assert browser.post("/samples/none", data=token).status_code == 404


def test_hostile_names_are_text_and_are_cut_off(house: House, browser: FlaskClient) -> None:
    long = "x" * 2**20
    rows = "".join(f"{n},{n % 5},{MARKUP if n % 2 else TURNED},{long if n == 3 else n}\n" for n in range(40))
    content = f'"{MARKUP}","{TURNED}",label,"{long[:60000]}"\n{rows}'.encode()
    made = house.given(content, options={"target": "label"})
    page = browser.get(f"/datasets/{made['id']}")
    assert page.status_code == 200
    assert "<img src=x" not in page.text
    assert html.escape(MARKUP) in page.text
    assert len(page.text) < 2**18
    # Whatever holds a mark that turns the text around is in an element that keeps it to itself.
    for found in re.finditer("\N{RIGHT-TO-LEFT OVERRIDE}", page.text):
        before = page.text[: found.start()]
        assert (
            before.rindex("<") == before.rindex('<span class="named"')
            or "named" in before[before.rindex("<") :]
        )


def test_folders_of_pictures_with_hostile_names_are_shown(house: House, browser: FlaskClient) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for n in range(20):
            picture = io.BytesIO()
            Image.fromarray(np.full((4, 4), n, np.uint8)).save(picture, "PNG")
            archive.writestr(f"{'<b>cats' if n % 2 else 'dogs'}/{n}.png", picture.getvalue())
    made = house.given(packed.getvalue(), name="pets", file="pets.zip")
    page = browser.get(f"/datasets/{made['id']}")
    assert "<b>cats" not in page.text
    assert page.text.count("&lt;b&gt;cats") > 10


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("penguins.csv", "penguins"),
        ("train-images-idx3-ubyte.gz", "train-images-idx3-ubyte"),
        ("data.tar.gz", "data"),
        ("/tmp/../Ä b.CSV", "b"),
        ("C:\\data\\My Numbers (1).csv", "my-numbers-1"),
        ("...", "data"),
        ("x" * 100 + ".csv", "x" * 63),
    ],
)
def test_a_name_is_suggested_from_the_files(file: str, name: str) -> None:
    assert uploading.suggest(file) == name


def test_fields_become_the_options_that_the_api_takes() -> None:
    said = uploading.options(
        {
            "target": " price ",
            "further_targets": "district\r\n\r\nkind",
            "task": "",
            "test_split": "12.5",
            "text": "a, b\nc",
            "sequence_length": "7",
            "image_size": "64 \N{MULTIPLICATION SIGN} 32",
            "input_shape": "28, 28, 1",
            "channels": "3",
            "standardize": "no",
            "seed": "many",
            "csrf_token": "0",
        }
    )
    assert said == {
        "target": ["price", "district", "kind"],
        "test_split": 0.125,
        "text": ["a, b", "c"],
        "sequence_length": 7,
        "image_size": [64, 32],
        "input_shape": [28, 28, 1],
        "channels": 3,
        "standardize": False,
        "seed": "many",
    }
