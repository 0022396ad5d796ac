from pathlib import Path

import pytest

from tests.fittingroom.commands import run
from tests.fittingroom.rooms import Room


def test_an_upload_names_its_target_and_options(room: Room, tmp_path: Path) -> None:
    (tmp_path / "iris.csv").write_text("a,b\n1,2\n")
    room.answer("POST", "/v1/datasets", {"id": "ds_1", "name": "iris", "warnings": ["[b] was dropped"]}, 201)
    result = run("datasets", "add", tmp_path / "iris.csv", "--target", "a", "--options", '{"seed": 1}')
    assert result.exit_code == 0
    assert "warning: [b] was dropped" in result.stdout
    assert b'{"seed": 1, "target": "a"}' in room.asked[0].body
    run("datasets", "add", tmp_path / "iris.csv", "--target", "a", "--target", "b")
    assert b'{"target": ["a", "b"]}' in room.asked[1].body


def test_options_may_be_given_one_by_one_and_go_before_those_in_json(room: Room, tmp_path: Path) -> None:
    (tmp_path / "said.jsonl").write_text('{"said": "a", "y": 1}\n')
    room.answer(
        "POST", "/v1/datasets", {"id": "ds_1", "target": {"parts": [{"name": "u"}, {"name": "v"}]}}, 201
    )
    words = ["--text", "said", "--task", "multilabel", "--options", '{"seed": 1, "channels": 3}']
    single = ["--option", "seed=2", "--option", "image_size=[8, 9]", "--option", "split=part=1"]
    result = run("datasets", "add", tmp_path / "said.jsonl", *words, *single)
    assert "u, v" in result.stdout
    for told in ('"seed": 2', '"channels": 3', '"image_size": [8, 9]', '"split": "part=1"', '"text": "said"'):
        assert told.encode() in room.asked[0].body
    assert b'"task": "multilabel"' in room.asked[0].body


def test_several_files_are_one_data_set(room: Room, tmp_path: Path) -> None:
    for name in ("images.gz", "labels.gz"):
        (tmp_path / name).write_bytes(name.encode())
    room.answer("POST", "/v1/datasets", {"id": "ds_1"}, 201)
    run("datasets", "add", tmp_path / "images.gz", tmp_path / "labels.gz", "--name", "mnist")
    assert room.asked[0].body.count(b'name="file"') == 2


def test_a_sample_is_uploaded_under_its_name(room: Room) -> None:
    room.answer("POST", "/v1/datasets", {"id": "ds_1", "name": "iris"}, 201)
    assert run("samples", "add", "iris").exit_code == 0
    assert b'name="name"\r\n\r\niris\r\n' in room.asked[0].body


def test_a_sample_that_there_is_not_is_a_mistake_of_usage(room: Room) -> None:
    result = run("samples", "add", "titanic")
    assert result.exit_code == 2
    assert "breast_cancer" in result.stderr
    assert room.asked == []


def test_an_option_that_is_no_pair_is_one_message(tmp_path: Path) -> None:
    result = run("datasets", "add", tmp_path, "--option", "seed")
    assert result.exit_code == 1
    assert result.stderr.startswith("fittingroom: --option seed: key=value is wanted")


@pytest.mark.parametrize("options", ["{", "[]"])
def test_options_that_are_no_json_object_are_one_message(tmp_path: Path, options: str) -> None:
    result = run("datasets", "add", tmp_path, "--options", options)
    assert result.exit_code == 1
    assert result.stderr.startswith("fittingroom: --options: ")
