from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fittingroom import arrays
from fittingroom.errors import InputError

X, Y = np.arange(12.0).reshape(6, 2), np.arange(6)


def written(path: Path, given: object, test: object = None, *names: list[str]) -> dict[str, Any]:
    splits = [arrays.split(pair, *names) for pair in (given, test) if pair is not None]
    arrays.write(splits[0], splits[1] if len(splits) > 1 else None, path)
    with np.load(path) as found:
        return dict(found)


def test_one_input_and_one_target_are_x_and_y_for_training(tmp_path: Path) -> None:
    found = written(tmp_path / "a.npz", (X, Y))
    assert list(found) == ["x_train", "y_train"]
    assert np.array_equal(found["x_train"], X)
    assert list(written(tmp_path / "a.npz", (X, Y), (X, Y))) == ["x_train", "x_test", "y_train", "y_test"]


@pytest.mark.parametrize("given", [{"the left": X, "right_test": X}, [X, X]])
def test_several_inputs_go_by_their_names_or_by_those_of_the_model(tmp_path: Path, given: object) -> None:
    names = ["the left", "right_test"]
    found = written(tmp_path / "a.npz", (given, [Y, Y]), None, names)
    assert list(found) == ["x_the_left_train", "x_right_test_train", "y_part_1_train", "y_part_2_train"]


def test_a_list_of_rows_is_one_array(tmp_path: Path) -> None:
    assert written(tmp_path / "a.npz", ([[1, 2], [3, 4]], [0, 1]))["x_train"].shape == (2, 2)


@pytest.mark.parametrize("y", [None, X])
def test_what_is_to_be_put_out_again_is_written_once(tmp_path: Path, y: object) -> None:
    assert list(written(tmp_path / "a.npz", (X, y))) == ["x_train"]


def test_the_same_arrays_have_the_same_name_and_others_another() -> None:
    def mark(x: object, test: object = None, **options: object) -> str:
        return arrays.mark(
            arrays.split((x, Y)), arrays.split((test, Y)) if test is not None else None, options
        )

    assert mark(X) == mark(X.copy()) == mark(np.asfortranarray(X)) == mark({"": X})
    marks = [
        mark(X),
        mark(X + 1),
        mark(X.view(np.int64)),
        mark(X.reshape(6, 1, 2)),
        mark({"a": X}),
        mark({"a": X, "b": X + 1}),
        mark({"b": X + 1, "a": X}),
        mark(X, X),
        mark(X, seed=1),
        mark(np.array(["a", "bc", "", "d", "e", "f"])),
    ]
    assert len(set(marks)) == len(marks)
    assert mark(X, seed=1, header=True) == mark(X, header=True, seed=1)


def test_python_objects_have_no_name() -> None:
    with pytest.raises(InputError, match="x_train holds Python objects"):
        arrays.mark(arrays.split((np.array([{}, {}], object), [0, 1])), None, {})


@pytest.mark.parametrize(
    ("given", "names"),
    [({"a b": X, "a_b": X}, []), ({10: X, "10": X}, []), ([X, X], ["a b", "a/b"])],
)
def test_names_that_the_service_could_not_tell_apart_are_refused(given: object, names: list[str]) -> None:
    with pytest.raises(InputError, match="to the service"):
        arrays.split((given, Y), names)


@pytest.mark.parametrize(("x", "y"), [(X, Y[:5]), (X[:0], Y[:0]), ({}, Y), (X, 3), ([X, X[:3]], Y)])
def test_arrays_of_other_lengths_are_refused(x: object, y: object) -> None:
    with pytest.raises(InputError, match="as many rows"):
        arrays.split((x, y))


def test_pickles_are_never_written(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="allow_pickle"):
        written(tmp_path / "a.npz", (np.array([{}, {}], object), [0, 1]))


def test_bytes_become_numbers_where_keras_would_see_numbers() -> None:
    pictures = np.full((2, 3, 3), 200, np.uint8)
    found = arrays.numbers(arrays.split(([pictures, np.eye(2, dtype=np.uint8)], [0, 1]))).x
    assert [(one.dtype.name, one.max()) for one in found.values()] == [("float32", 200), ("uint8", 1)]


@pytest.mark.parametrize(
    ("given", "rows"),
    [
        (X[:2], [[0, 1], [2, 3]]),
        ({"the a": X[:1], "b": Y[:1]}, [{"the_a": [0, 1], "b": 0}]),
        ([X[:1], Y[:1]], [[[0, 1], 0]]),
        ([{"a": 1}], [{"a": 1}]),
        (["a text"], ["a text"]),
        ([[1, 2]], [[1, 2]]),
    ],
)
def test_rows_to_predict_may_be_arrays_as_they_were_to_fit(given: object, rows: list[Any]) -> None:
    assert arrays.rows_of(given) == rows


def test_many_rows_are_asked_for_in_parts() -> None:
    rows = [{"a": [[0] * 100] * 10, "b": 1}] * 500
    parts = list(arrays.in_parts(rows))
    assert [row for part in parts for row in part] == rows
    assert [len(part) for part in parts] == [199, 199, 102]
    assert list(arrays.in_parts([])) == []
