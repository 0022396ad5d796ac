"""Rows of several parts: how tables come to have them, and how a prediction's row is taken apart."""

import json

import numpy as np
import pytest

from core import errors
from core.datasets import encoding, naming
from tests.core.datasets.conftest import Data, Room

ROWS = [
    {"age": n, "sex": "mf"[n // 2 % 2], "Review text": f"good {n}", "title!": "so so", "y": "pq"[n % 2]}
    for n in range(20)
]


@pytest.fixture
def table(room: Room) -> Data:
    content = "".join(json.dumps(row) + "\n" for row in ROWS)
    return room.read(content, "a.jsonl", text=["title!", "Review text"], test_split=0, drop=["sex"])


@pytest.fixture
def arrays(room: Room) -> Data:
    return room.arrays(
        {"test_split": 0},
        x_image=np.arange(160, dtype=np.uint8).reshape(10, 4, 4),
        x_meta=np.arange(20.0).reshape(10, 2),
        y=np.arange(10) % 2,
    )


def refusal(learned: encoding.Encoding, row: object) -> tuple[str, list[str]]:
    with pytest.raises(errors.InvalidDataError) as caught:
        encoding.encode(learned, [row])
    return caught.value.detail, [fault.pointer for fault in caught.value.faults]


def test_a_table_with_texts_has_a_part_for_all_columns_and_one_for_each_text(table: Data) -> None:
    columns, title, review = table.reading.inputs["parts"]
    assert (columns["name"], columns["shape"]) == ("columns", [1])
    assert columns["columns"][0]["name"] == "age"
    assert (title["name"], title["column"], title["shape"]) == ("title", "title!", [2])
    assert (review["name"], review["column"]) == ("Review_text", "Review text")
    assert sorted(table.arrays) == sorted(
        f"{name}_{split}" for name in ("x", "x1", "x2", "y") for split in ("train", "test")
    )


def test_the_rows_of_a_table_encode_as_the_file_did(table: Data) -> None:
    lists = [[row["age"], row["title!"], row["Review text"]] for row in ROWS]
    for rows in (ROWS, lists):
        for at, x in enumerate(encoding.encode(table.encoding, rows)):
            assert np.array_equal(x, table.arrays[f"x{at or ''}_train"])


def test_a_text_that_is_not_given_is_missing_and_a_number_the_mean(table: Data) -> None:
    x, title, _ = encoding.encode(table.encoding, [{}])
    assert x.tolist() == [[0]]
    assert title.tolist() == [[0, 0]]


@pytest.mark.parametrize(
    ("row", "sentence", "pointers"),
    [
        (
            {"tittle": 1},
            "row 0: there is no column 'tittle'; did you mean 'title!'?",
            ["#/instances/0/tittle"],
        ),
        ({"age": "old"}, "row 0: 'age' is 'old' where a number is expected", ["#/instances/0/age"]),
        ({"title!": [1]}, "row 0: 'title!': [1] where a text is expected", ["#/instances/0/title!"]),
        ([1, 2], "row 0: 2 where 3 values are expected, in the order 'age', 'title!', …", ["#/instances/0"]),
        ("a text", "row 0: an object by name or a list is expected, not 'a text'", ["#/instances/0"]),
    ],
)
def test_a_wrong_row_of_a_table_is_refused_with_its_place(
    table: Data, row: object, sentence: str, pointers: list[str]
) -> None:
    detail, found = refusal(table.encoding, row)
    assert detail.startswith(sentence.rstrip("…"))
    assert found == pointers


def test_columns_of_the_file_that_are_no_inputs_are_ignored(table: Data) -> None:
    row = {"age": 3, "sex": "?", "y": [1, 2]}
    assert np.array_equal(
        encoding.encode(table.encoding, [row])[0], encoding.encode(table.encoding, [{"age": 3}])[0]
    )


def test_named_arrays_are_parts(arrays: Data) -> None:
    image, meta = arrays.reading.inputs["parts"]
    assert image == {
        "name": "image",
        "shape": [4, 4, 1],
        "dtype": "float32",
        "raw_shape": [4, 4],
        "pictures": True,
    }
    assert (meta["name"], meta["shape"], meta["pictures"]) == ("meta", [2], False)
    assert np.array_equal(arrays.arrays["x1_train"], np.arange(20.0).reshape(10, 2))


def test_the_rows_of_arrays_encode_as_the_file_did(arrays: Data) -> None:
    image = np.arange(160).reshape(10, 4, 4).tolist()
    meta = np.arange(20.0).reshape(10, 2).tolist()
    for rows in (
        [{"image": one, "meta": other} for one, other in zip(image, meta, strict=True)],
        [[one, other] for one, other in zip(image, meta, strict=True)],
    ):
        x, x1 = encoding.encode(arrays.encoding, rows)
        assert np.array_equal(x, arrays.x_train)
        assert np.array_equal(x1, arrays.arrays["x1_train"])


@pytest.mark.parametrize(
    ("row", "sentence", "pointer"),
    [
        ({"image": [[1] * 4] * 4}, "row 0: 'meta' is missing", "#/instances/0"),
        ({"image": [[1] * 4] * 3 + [[1, 2, 3, 256]], "meta": [1, 2]}, "row 0: 'image': 256 is no", ""),
        (
            {"image": [[1] * 4] * 4, "meta": [1]},
            "row 0: 'meta': shape [1] where [2] is",
            "#/instances/0/meta",
        ),
    ],
)
def test_a_wrong_row_of_arrays_is_refused_with_its_place(
    arrays: Data, row: object, sentence: str, pointer: str
) -> None:
    detail, found = refusal(arrays.encoding, row)
    assert detail.startswith(sentence.replace("is no", "is not a byte"))
    assert found == [pointer or "#/instances/0/image/3/3"]


def test_no_rows_are_empty_arrays(table: Data) -> None:
    assert [x.shape for x in encoding.encode(table.encoding, [])] == [(0, 1), (0, 2), (0, 2)]


def test_an_encoding_of_several_parts_comes_back_as_it_was(table: Data) -> None:
    assert encoding.Encoding.load(table.encoding.dump()) == table.encoding


def test_encodings_of_earlier_versions_are_read() -> None:
    old = {
        "inputs": {
            "kind": "table",
            "columns": [{"kind": "number", "name": "a", "mean": 1.0, "std": 2.0}],
            "ignored": ["y"],
            "standardize": True,
            "shape": [1],
        },
        "target": {"kind": "vector", "name": "u, v", "names": ["u", "v"], "means": [1, 2], "stds": [3, 4]},
    }
    learned = encoding.Encoding.load(json.dumps(old).encode())
    assert [part.name for part in learned.input_parts] == ["input"]
    assert [x.tolist() for x in encoding.encode(learned, [{"a": 5}])] == [[[2]]]
    assert encoding.decode(learned, np.ones((1, 2))).tolist() == [[4, 6]]


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["Review text", "review_text", "columns"], ["Review_text", "review_text_2", "columns_2"]),
        (["1st", "", "größe", "日本"], ["part_1st", "part", "gr_e", "part_2"]),
        (["a" * 80, "a" * 90], ["a" * 63, "a" * 61 + "_2"]),
        (["a.b-c", "$a", "a\n"], ["a.b-c", "a", "a_2"]),
    ],
)
def test_names_of_parts_are_words_and_all_different(names: list[str], words: list[str]) -> None:
    assert naming.identifiers(names, ["columns"]) == words
