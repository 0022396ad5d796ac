from pathlib import Path

import numpy as np
import pytest

from core.courses import exercises as given
from fittingroom import exercises
from fittingroom import samples as written
from service import exercise_data
from service.views import samples
from tests.service.houses import House


@pytest.mark.parametrize("name", written.NAMES)
def test_a_sample_is_what_scikit_learn_has(tmp_path: Path, name: str) -> None:
    path, options = written.write(name, tmp_path)
    ours = samples.SAMPLES[name]
    assert (ours.file, ours.options) == (path.name, options)
    if path.suffix == ".csv":
        assert ours.path.read_bytes() == path.read_bytes()
        return
    # How well zlib packs depends on its version.
    with np.load(path) as theirs, np.load(ours.path) as arrays:
        assert {key: arrays[key].dtype for key in arrays} == {key: theirs[key].dtype for key in theirs}
        assert all(np.array_equal(arrays[key], theirs[key]) for key in theirs)


def test_they_are_listed_with_what_one_has_of_them(house: House) -> None:
    listed = house.ask("GET", "/v1/samples").get_json()["data"]
    assert [one["name"] for one in listed] == list(written.NAMES)
    assert {one["dataset"] for one in listed} == {None}
    made = house.ask("POST", "/v1/samples/iris").get_json()
    having = {one["name"]: one["dataset"] for one in house.ask("GET", "/v1/samples").get_json()["data"]}
    assert having["iris"] == made["id"]
    assert having["wine"] is None
    assert {one["dataset"] for one in house.ask("GET", "/v1/samples", by="bob").get_json()["data"]} == {None}


def test_a_sample_is_what_its_upload_would_be_and_has_the_rows_that_are_told(house: House) -> None:
    for sample in samples.SAMPLES.values():
        made = house.ask("POST", f"/v1/samples/{sample.name}")
        assert made.status_code == 201
        assert made.headers["Location"] == f"/v1/datasets/{made.get_json()['id']}"
        assert (made.get_json()["rows"], made.get_json()["warnings"]) == (sample.rows, [])
    again = house.upload(
        samples.SAMPLES["iris"].path.read_bytes(), name="iris", file="iris.csv", options={"target": "target"}
    )
    assert again.status_code == 200
    assert house.ask("POST", "/v1/samples/iris").status_code == 200
    assert len(house.ask("GET", "/v1/datasets").get_json()["data"]) == len(samples.SAMPLES)


def test_a_name_that_is_taken_by_something_else_stays_taken(house: House) -> None:
    house.given(name="digits")
    answer = house.ask("POST", "/v1/samples/digits")
    assert answer.status_code == 409
    assert "digits" in answer.get_json()["detail"]
    listed = house.ask("GET", "/v1/samples").get_json()["data"]
    assert [one["dataset"] for one in listed if one["name"] == "digits"] == [None]


def test_what_exercises_need_is_what_the_command_line_makes_of_it(tmp_path: Path, house: House) -> None:
    assert {one.dataset for one in given.listed()} == {
        "breast_cancer",
        "diabetes",
        "digits",
        *exercise_data.MADE,
    }
    (tmp_path / "ours").mkdir()
    for name in exercises.OF_DIGITS:
        path, options = exercises.write(name, tmp_path)
        asked, form = exercise_data.order(name, tmp_path / "ours")
        assert asked == options
        with np.load(path) as theirs, np.load(form.files[0].path) as ours:
            assert {key: ours[key].dtype for key in ours} == {key: theirs[key].dtype for key in theirs}
            assert all(np.array_equal(ours[key], theirs[key]) for key in theirs)
    assert house.ask("POST", "/v1/samples/digits-lines").status_code == 201
    assert house.ask("POST", "/v1/samples/digits-lines").status_code == 200


def test_an_unknown_sample_is_told_with_those_there_are(house: House) -> None:
    answer = house.ask("POST", "/v1/samples/mnist")
    assert answer.status_code == 404
    assert "digits, iris, wine" in answer.get_json()["detail"]


def test_their_sources_are_named(house: House) -> None:
    readme = (samples.FOLDER / "README.md").read_text()
    there = {path.name for path in samples.FOLDER.iterdir()} - {"README.md"}
    assert there == {sample.file for sample in samples.SAMPLES.values()}
    assert [name for name in there if f"`{name}`" not in readme] == []
