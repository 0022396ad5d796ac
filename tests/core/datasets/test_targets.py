"""Targets of every kind, of tables and of arrays: labels, reconstructions, and several."""

import json

import numpy as np
import pytest

from core import errors
from core.datasets import encoding
from tests.core.datasets.conftest import Data, Room

N = 30
WHOLE = {"test_split": 0}
TAGS = ["x; y", "z", "", "y;x;y"]
X = np.arange(N * 4.0).reshape(N, 4)
BITS = np.array([[n % 2, n % 3 == 0, 1] for n in range(N)], np.uint8)


def tags(room: Room, values: list[str], **options: object) -> Data:
    rows = [{"a": n, "tags": values[n % len(values)]} for n in range(N)]
    return room.read("".join(json.dumps(row) + "\n" for row in rows), "a.jsonl", task="multilabel", **options)


def faults(error: errors.InvalidDataError) -> list[str]:
    return [fault.pointer for fault in error.faults]


# Labels


@pytest.mark.parametrize("mark", [";", "|", ","])
def test_a_column_of_lists_is_a_one_for_every_label_of_a_row(room: Room, mark: str) -> None:
    data = tags(room, [text.replace(";", mark) for text in TAGS], **WHOLE)
    assert data.reading.target == {"kind": "multilabel", "name": "tags", "classes": ["x", "y", "z"]}
    assert data.y_train[:4].tolist() == [[1, 1, 0], [0, 0, 1], [0, 0, 0], [1, 1, 0]]
    assert data.y_train.dtype == np.float32
    assert data.reading.class_counts == data.y_train.sum(axis=0).tolist()


def test_a_comma_within_a_label_separates_nothing_where_semicolons_do(room: Room) -> None:
    assert tags(room, ["York, New;x", "y"]).classes == ["York, New", "x", "y"]


def test_columns_of_zeros_and_ones_are_labels(room: Room) -> None:
    rows = "".join(f"{n},{n % 2},{'' if n == 3 else n % 3 % 2}\n" for n in range(N))
    data = room.read("a,u,v\n" + rows, task="multilabel", target=["u", "v"], **WHOLE)
    assert data.reading.target == {"kind": "multilabel", "name": "u, v", "classes": ["u", "v"]}
    assert data.y_train[:4].tolist() == [[0, 0], [1, 1], [0, 0], [0, 1]]
    assert data.reading.warnings == ["u, v: 1 row without a target value dropped"]


def test_columns_of_true_and_false_are_labels(room: Room) -> None:
    rows = [{"a": n, "u": n % 2 == 0, "v": n % 3 == 0} for n in range(N)]
    content = "".join(json.dumps(row) + "\n" for row in rows)
    data = room.read(content, "a.jsonl", task="multilabel", target=["u", "v"], **WHOLE)
    assert data.y_train[:3].tolist() == [[1, 1], [0, 0], [1, 0]]


def test_another_number_than_zero_and_one_is_refused_with_its_row(room: Room) -> None:
    error = room.refuse("a,u,v\n1,0,1\n2,1,3\n", task="multilabel", target=["u", "v"])
    assert error.detail == "Data row 2: the label 'v' is 3, where 0 or 1 is expected"


def test_a_target_without_a_label_is_refused(room: Room) -> None:
    assert "No row has a label" in room.refuse("a,t\n1,\n2,;\n", task="multilabel").detail
    assert "No row has a label" in room.refuse("a,u,v\n1,0,0\n", task="multilabel", target=["u", "v"]).detail


def test_more_labels_than_the_limit_are_refused(room: Room) -> None:
    room.limit(max_classes=3)
    with pytest.raises(errors.InvalidDataError, match="more than 3 different labels"):
        tags(room, ["a;b", "c;d"])


@pytest.mark.parametrize("seed", range(5))
def test_a_label_of_a_single_row_is_trained_on(room: Room, seed: int) -> None:
    data = tags(room, ["x", *["y"] * (N - 1)], seed=seed)
    assert data.reading.class_counts[0] == 1
    assert data.reading.splits["test"] in {5, 6}


def test_rows_of_zeros_and_ones_in_arrays_are_labels(room: Room) -> None:
    data = room.arrays(WHOLE, x=X, y=BITS)
    assert data.reading.target == {"kind": "multilabel", "name": "y", "classes": ["0", "1", "2"]}
    assert np.array_equal(data.y_train, BITS)
    assert data.reading.class_counts == BITS.sum(axis=0).tolist()
    assert data.y_train.dtype == np.float32


def test_the_task_makes_labels_of_one_hot_rows(room: Room) -> None:
    one_hot = np.eye(3)[np.arange(N) % 3]
    assert room.arrays(x=X, y=one_hot).reading.target["kind"] == "class"
    assert room.arrays({"task": "multilabel"}, x=X, y=one_hot).reading.target["kind"] == "multilabel"
    error = room.refuse_arrays({"task": "multilabel"}, x=X, y=X)
    assert faults(error) == ["#/options/task"]


def test_a_label_that_only_test_rows_of_arrays_have_is_refused(room: Room) -> None:
    y = BITS.copy()
    y[:20, 1] = 0
    error = room.refuse_arrays(x_train=X[:20], y_train=y[:20], x_test=X[20:], y_test=y[20:])
    assert error.detail == "The test rows have the label '1' of y_train, and no training row has it"


def test_a_label_of_a_single_row_of_an_array_is_trained_on(room: Room) -> None:
    y = np.zeros((N, 3), int)
    y[:, 0], y[7, 1:] = 1, 1
    for seed in range(4):
        assert room.arrays({"seed": seed}, x=X, y=y).reading.class_counts[1:] == [1, 1]


# Reconstruction


def test_a_table_to_reconstruct_needs_no_target_and_writes_none(room: Room) -> None:
    rows = "".join(f"{n},{'uv'[n % 2]},{n * n}\n" for n in range(N))
    data = room.read("a,b,y\n" + rows, task="reconstruction")
    assert data.reading.target == {"kind": "reconstruction", "shape": [4]}
    assert data.encoding.inputs.names == ["a", "b", "y"]
    assert set(data.arrays) == {"x_train", "x_test"}
    assert data.reading.class_counts == []


def test_a_reconstruction_is_answered_in_the_units_of_the_file(room: Room) -> None:
    rows = [[float(n), "uv"[n % 2], n * n / 4] for n in range(N)]
    content = "a,b,c\n" + "".join(f"{a},{b},{c}\n" for a, b, c in rows)
    data = room.read(content, task="reconstruction", input_shape=[2, 2], **WHOLE)
    decoded = encoding.decode(data.encoding, data.x_train)
    assert decoded.dtype == np.float32
    expected = [[a, b == "u", b == "v", c] for a, b, c in rows]
    assert np.allclose(decoded.reshape(N, 4), expected, atol=1e-4)


@pytest.mark.parametrize(
    ("x", "options"),
    [
        (np.arange(N * 16, dtype=np.int64).astype(np.uint8).reshape(N, 4, 4), {}),
        (X, {}),
        (X, {"standardize": True}),
        (X.astype(int), {}),
    ],
)
def test_arrays_are_reconstructed_in_the_units_of_the_file(room: Room, x: np.ndarray, options: dict) -> None:
    data = room.arrays(WHOLE | {"task": "reconstruction"} | options, x=x)
    assert data.x_train.dtype == np.float32
    assert data.reading.target == {"kind": "reconstruction", "shape": data.reading.inputs["shape"]}
    assert np.allclose(encoding.decode(data.encoding, data.x_train).reshape(x.shape), x, atol=1e-3)


def test_arrays_to_reconstruct_may_be_in_two_splits_and_have_a_target_that_is_not_read(room: Room) -> None:
    data = room.arrays({"task": "reconstruction"}, x_train=X, x_test=X[:5], y_train=X)
    assert data.reading.splits == {"train": N, "test": 5}
    assert data.reading.warnings == ["y_train: not read"]


def test_options_that_do_not_fit_a_reconstruction_are_pointed_at(room: Room) -> None:
    asked = {"task": "reconstruction"}
    assert faults(room.refuse("a,y\n1,2\n3,4\n", target="y", **asked)) == ["#/options/target"]
    assert faults(room.refuse_arrays(asked, x_a=X, x_b=X)) == ["#/options/task"]


# Several


def test_columns_that_are_not_all_numbers_are_targets_of_their_own(room: Room) -> None:
    rows = "".join(f"{n},{'pqr'[n % 3]},{n / 3},{n % 2}\n" for n in range(N))
    data = room.read("a,the kind,price,flag\n" + rows, target=["the kind", "price", "flag"], **WHOLE)
    price = data.encoding.target_parts[1].target
    scaling = {"mean": price.mean, "std": price.std}
    assert data.reading.target == {
        "parts": [
            {"name": "the_kind", "kind": "class", "classes": ["p", "q", "r"], "column": "the kind"},
            {"name": "price", "kind": "number", "column": "price", **scaling},
            {"name": "flag", "kind": "class", "classes": ["0", "1"], "column": "flag"},
        ]
    }
    assert data.reading.class_counts == [[10, 10, 10], [], [15, 15]]
    assert data.y_train[:4].tolist() == [0, 1, 2, 0]
    assert np.allclose(
        encoding.decode(data.encoding, data.arrays["y1_train"], 1), np.arange(N) / 3, atol=1e-5
    )
    assert encoding.decode(data.encoding, data.y_train, 0) is data.y_train
    assert encoding.Encoding.load(data.encoding.dump()) == data.encoding


def test_several_columns_may_all_be_classes(room: Room) -> None:
    rows = "".join(f"{n},{n % 3},{n % 2}\n" for n in range(N))
    assert room.read("a,u,v\n" + rows, target=["u", "v"]).reading.target["kind"] == "vector"
    parts = room.read("a,u,v\n" + rows, target=["u", "v"], task="classification").reading.target["parts"]
    assert [part["kind"] for part in parts] == ["class", "class"]


def test_every_class_of_every_target_is_trained_on(room: Room) -> None:
    rows = "".join(f"{n},{'pq'[n % 2]},{'rare' if n == 7 else 'often'}\n" for n in range(N))
    for seed in range(5):
        data = room.read("a,u,v\n" + rows, target=["u", "v"], seed=seed)
        assert data.reading.class_counts[1][1] == 1


def test_rows_without_one_of_the_targets_are_dropped(room: Room) -> None:
    data = room.read("a,u,v\n1,p,\n2,q,x\n3,,y\n4,p,y\n", target=["u", "v"], standardize=False, **WHOLE)
    assert data.reading.warnings == ["u, v: 2 rows without a target value dropped"]
    assert data.x_train[:, 0].tolist() == [2, 4]


def test_classes_of_rows_that_were_dropped_are_no_classes(room: Room) -> None:
    rows = "".join(f"{n},{'pqr'[n % 3]},{'' if n % 3 == 1 else 'xy'[n % 2]}\n" for n in range(N))
    data = room.read("a,u,v\n" + rows, target=["u", "v"], **WHOLE)
    assert data.reading.target["parts"][0]["classes"] == ["p", "r"]
    assert data.reading.class_counts == [[10, 10], [10, 10]]
    assert data.y_train.tolist() == [0, 1] * 10


def test_one_class_in_the_rows_that_have_all_targets_is_refused(room: Room) -> None:
    rows = "".join(f"{n},{'pq'[n % 2]},{'xy'[n // 2 % 2] if n % 2 else ''}\n" for n in range(N))
    error = room.refuse("a,u,v\n" + rows, target=["u", "v"])
    assert error.detail == "The target 'u' is 'q' in every row: with one class there is nothing to learn"


def test_labels_of_dropped_rows_alone_are_refused(room: Room) -> None:
    error = room.refuse("a,u,v\n1,1,\n2,0,0\n3,0,0\n", task="multilabel", target=["u", "v"])
    assert error.detail == "No row has a label in the target 'u', 'v'"


def test_named_arrays_are_targets_of_their_own(room: Room) -> None:
    data = room.arrays(WHOLE, x=X, y_kind=np.arange(N) % 3, y_place=X[:, :2], y_tags=BITS)
    assert [(part["name"], part["kind"]) for part in data.reading.target["parts"]] == [
        ("kind", "class"),
        ("place", "vector"),
        ("tags", "multilabel"),
    ]
    assert data.reading.class_counts == [[10, 10, 10], [], BITS.sum(axis=0).tolist()]
    assert np.array_equal(data.arrays["y2_train"], BITS)


def test_named_arrays_may_be_in_two_splits(room: Room) -> None:
    splits = {"train": slice(0, 20), "test": slice(20, N)}
    both = {f"x_{name}_{split}": X[rows] for name in "ab" for split, rows in splits.items()}
    y = {f"y_{split}": np.arange(N)[rows] % 2 for split, rows in splits.items()}
    data = room.arrays(**both, **y)
    assert data.reading.splits == {"train": 20, "test": 10}
    assert [part["name"] for part in data.reading.inputs["parts"]] == ["a", "b"]
    assert np.array_equal(data.arrays["x1_test"], X[20:])


@pytest.mark.parametrize(
    ("arrays", "sentence"),
    [
        ({"x_a": X, "x_b": X[:9], "y": X}, "x_a has 30 rows, and x_b has 9"),
        ({"x_a": X, "x_b_train": X, "y": X}, "It has 'x_a', 'x_b_train', 'y', where x and y"),
        ({"x_a": X, "x_b": X}, "where x and y"),
        ({"x_a_train": X, "x_a_test": X, "y_train": X}, "where x and y"),
    ],
)
def test_arrays_that_do_not_belong_together_are_refused(room: Room, arrays: dict, sentence: str) -> None:
    assert sentence in room.refuse_arrays(**arrays).detail


def test_options_about_columns_or_a_single_shape_do_not_fit_several_arrays(room: Room) -> None:
    asked = {"input_shape": [4], "text": "a", "split": "b", "image_size": [2, 2], "vocabulary_size": 3}
    error = room.refuse_arrays(asked, x_a=X, x_b=X, y=X)
    assert sorted(faults(error)) == sorted(f"#/options/{name}" for name in asked)
