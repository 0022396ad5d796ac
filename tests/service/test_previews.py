"""Previews of data sets, as the service sends them."""

import io
from pathlib import Path

import numpy as np

from core.tables import Dataset
from tests.service.houses import House


def preview(house: House, name: str = "numbers", query: str = "", by: str = "ann") -> dict:
    answer = house.ask("GET", f"/v1/datasets/{name}/preview{query}", by=by)
    assert answer.status_code == 200, answer.text
    body: dict = answer.get_json()
    return body


def test_a_preview_has_rows_statistics_and_class_counts(house: House) -> None:
    house.given(options={"target": "label"})
    body = preview(house)
    assert body["object"] == "preview"
    assert len(body["rows"]) == 20
    assert body["rows"][3] == {"a": 3, "b": 2, "label": "odd"}
    assert [column["name"] for column in body["columns"]] == ["a", "b", "label"]
    assert body["class_counts"] == [
        {"class": "even", "train": 16, "test": 4},
        {"class": "odd", "train": 16, "test": 4},
    ]
    assert body["thumbnails"] == []


def test_the_limit_bounds_the_rows(house: House) -> None:
    house.given()
    assert [len(preview(house, query=f"?limit={limit}")["rows"]) for limit in (0, 5, 100)] == [0, 5, 40]


def test_a_row_of_a_preview_is_what_a_prediction_takes(house: House) -> None:
    described = house.given()
    names = [column["name"] for column in described["inputs"]["columns"]]
    assert set(names) < set(preview(house)["rows"][0])


def test_pictures_have_thumbnails(house: House) -> None:
    file = io.BytesIO()
    np.savez(file, x=np.zeros((30, 4, 4), np.uint8), y=np.arange(30) % 3)
    house.given(file.getvalue(), file="pictures.npz", name="pictures")
    body = preview(house, "pictures")
    assert len(body["thumbnails"]) == 24
    assert body["thumbnails"][0].keys() == {"row", "class", "png_base64"}


def test_a_preview_is_asked_for_with_its_tag(house: House) -> None:
    house.given()
    first = house.ask("GET", "/v1/datasets/numbers/preview")
    tag = {"If-None-Match": first.headers["ETag"]}
    assert house.ask("GET", "/v1/datasets/numbers/preview", headers=tag).status_code == 304
    assert house.ask("GET", "/v1/datasets/numbers/preview?limit=1", headers=tag).status_code == 200


def test_a_preview_of_somebody_elses_is_not_there(house: House) -> None:
    described = house.given()
    for name in ("numbers", described["id"]):
        assert house.ask("GET", f"/v1/datasets/{name}/preview", by="bob").status_code == 404
    assert preview(house, described["id"], by="root")["rows"]


def test_a_limit_that_is_none_is_refused(house: House) -> None:
    house.given()
    for query in ("?limit=101", "?limit=-1", "?limit=x", "?rows=3"):
        assert house.ask("GET", f"/v1/datasets/numbers/preview{query}").status_code == 422


def test_an_old_data_set_shows_what_its_description_knows(house: House) -> None:
    described = house.given(options={"target": "label"})
    with house.parts.database.writing() as session:
        old = session.get(Dataset, described["id"])
        assert old is not None
        old.artifacts = {name: sha256 for name, sha256 in old.artifacts.items() if name != "preview"}
    body = preview(house)
    assert body["rows"] == []
    assert body["columns"][0].keys() == {"name", "kind", "mean", "std"}
    assert body["class_counts"] == [
        {"class": "even", "train": 16, "test": None},
        {"class": "odd", "train": 16, "test": None},
    ]


def test_what_several_files_are_for_is_in_their_names(house: House) -> None:
    rows = {
        split: b"a,y\n" + b"".join(b"%d,%d\n" % (n + at, n % 2) for n in range(10 * at))
        for at, split in ((2, "big"), (1, "small"))
    }

    def upload(first: str, second: str) -> tuple[int, dict]:
        files = [(io.BytesIO(rows["big"]), first), (io.BytesIO(rows["small"]), second)]
        answer = house.ask("POST", "/v1/datasets", data={"name": "parts", "file": files})
        return answer.status_code, answer.get_json()

    status, body = upload("train.csv", "test.csv")
    assert (status, body["splits"]) == (201, {"train": 20, "test": 10})
    assert upload("train.csv", "test.csv")[0] == 200
    # The same bytes the other way round are another data set.
    assert upload("test.csv", "train.csv")[0] == 409


def test_the_scratch_folder_is_empty_after_a_refused_archive(house: House) -> None:
    answer = house.upload(b"PK\x05\x06" + b"\0" * 18, file="nothing.zip", name="nothing")
    assert answer.status_code == 422
    assert "There is no picture in the archive" in answer.get_json()["detail"]
    scratch: Path = house.settings.scratch_folder
    assert not scratch.exists() or not list(scratch.iterdir())
