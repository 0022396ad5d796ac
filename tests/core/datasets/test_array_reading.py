import numpy as np
import pytest

from tests.core.datasets.conftest import Room

WHOLE = {"test_split": 0}
X, Y = np.arange(40.0).reshape(10, 4), np.arange(10) % 2
RNG = np.random.default_rng(0)


# What x becomes


def test_floats_become_float32(room: Room) -> None:
    for dtype in ("<f8", ">f8", "f4", "f2", "g"):
        data = room.arrays(WHOLE, x=X.astype(dtype), y=Y)
        assert data.reading.inputs == {
            "shape": [4],
            "dtype": "float32",
            "raw_shape": [4],
            "pictures": False,
            "largest": float(np.abs(X).max()),
        }
        assert (data.x_train == X).all()


def test_unsigned_bytes_of_two_axes_are_pictures(room: Room) -> None:
    x = RNG.integers(0, 256, (10, 5, 6), np.uint8)
    data = room.arrays(WHOLE, x=x, y=Y)
    assert data.reading.inputs == {
        "shape": [5, 6, 1],
        "dtype": "float32",
        "raw_shape": [5, 6],
        "pictures": True,
    }
    assert np.array_equal(data.x_train, (x / 255).astype(np.float32)[..., None])


def test_pictures_with_channels_keep_them(room: Room) -> None:
    data = room.arrays(WHOLE, x=RNG.integers(0, 256, (10, 5, 6, 3), np.uint8), y=Y)
    assert data.reading.inputs["shape"] == [5, 6, 3]
    assert 0.9 < data.x_train.max() <= 1


def test_flat_bytes_given_the_shape_of_a_picture_are_pictures(room: Room) -> None:
    x = RNG.integers(0, 256, (10, 30), np.uint8)
    data = room.arrays(WHOLE | {"input_shape": [5, 6]}, x=x, y=Y)
    assert data.reading.inputs["shape"] == [5, 6, 1]
    assert np.allclose(data.x_train.reshape(10, 30), x / 255)


@pytest.mark.parametrize("dtype", ["i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8"])
def test_flat_whole_numbers_stay_whole(room: Room, dtype: str) -> None:
    data = room.arrays(WHOLE, x=X.astype(dtype), y=Y)
    assert data.x_train.dtype == np.int32
    assert (data.x_train == X).all()
    assert data.reading.inputs["integers"] == [int(X.min()), int(X.max())]


def test_whole_numbers_too_large_for_int32_become_float32_with_a_warning(room: Room) -> None:
    data = room.arrays(WHOLE, x=(X * 2**30).astype(np.int64), y=Y)
    assert data.x_train.dtype == np.float32
    assert data.reading.warnings == ["x: whole numbers too large for int32 became float32"]


@pytest.mark.parametrize("dtype", ["i4", "?", "u2"])
def test_other_whole_numbers_and_booleans_become_float32(room: Room, dtype: str) -> None:
    data = room.arrays(WHOLE, x=X.reshape(10, 2, 2).astype(dtype), y=Y)
    assert data.x_train.dtype == np.float32
    assert (data.x_train == X.reshape(10, 2, 2).astype(dtype)).all()


def test_rows_of_a_single_value_are_lists_of_one(room: Room) -> None:
    data = room.arrays(WHOLE, x=X[:, 0], y=Y)
    assert data.reading.inputs["shape"] == [1]
    assert (data.x_train[:, 0] == X[:, 0]).all()


@pytest.mark.parametrize("dtype", ["f8", "i4", "u1"])
def test_arrays_are_standardised_by_their_training_rows_when_asked(room: Room, dtype: str) -> None:
    x = np.hstack([RNG.integers(0, 200, (50, 3)), np.full((50, 1), 7)]).astype(dtype)
    data = room.arrays({"standardize": True}, x=x, y=np.arange(50) % 2)
    assert data.x_train.dtype == np.float32
    assert np.allclose(data.x_train.mean(axis=0), 0, atol=1e-6)
    assert np.allclose(data.x_train.std(axis=0), [1, 1, 1, 0], atol=1e-6)
    assert not np.allclose(data.x_test[:, :3].mean(axis=0), 0, atol=1e-6)


def test_rows_are_given_the_shape_asked_for(room: Room) -> None:
    assert room.arrays({"input_shape": [2, 2]}, x=X, y=Y).reading.inputs["shape"] == [2, 2]
    error = room.refuse_arrays({"input_shape": [3]}, x=X, y=Y)
    assert [fault.pointer for fault in error.faults] == ["#/options/input_shape"]


@pytest.mark.parametrize("dtype", ["c8", "U3", "S3", "M8[s]", "m8[s]", "V4"])
def test_rows_that_are_no_numbers_are_refused(room: Room, dtype: str) -> None:
    assert "where numbers are expected" in room.refuse_arrays(x=np.zeros((10, 4), dtype), y=Y).detail


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_values_that_are_not_finite_are_refused_with_their_place(room: Room, bad: float) -> None:
    x = X.copy()
    x[3, 1] = x[3, 2] = x[7, 0] = bad
    detail = room.refuse_arrays(x=x, y=Y).detail
    assert detail == "x: 2 rows have values that are not finite (NaN or infinity), the first is x[3]"
    y = X[:, 0].copy()
    y[6] = bad
    detail = room.refuse_arrays(x=X, y=y).detail
    assert detail == "y: 1 row has values that are not finite (NaN or infinity), the first is y[6]"


def test_test_rows_that_are_not_finite_are_refused_with_their_place(room: Room) -> None:
    detail = room.refuse_arrays(x_train=X, y_train=Y, x_test=np.full((2, 4), np.nan), y_test=Y[:2]).detail
    assert (
        detail == "x_test: 2 rows have values that are not finite (NaN or infinity), the first is x_test[0]"
    )


def test_numbers_that_float32_cannot_hold_are_refused(room: Room) -> None:
    x = X.copy()
    x[4, 0] = 1e39
    assert (
        room.refuse_arrays(x=x, y=Y).detail == "x: 1 row has numbers too large for float32, the first is x[4]"
    )


def test_arrays_of_different_lengths_are_refused(room: Room) -> None:
    assert room.refuse_arrays(x=X, y=Y[:9]).detail == "x has 10 rows, and y has 9"
    error = room.refuse_arrays(x_train=X, y_train=Y, x_test=X[:1], y_test=Y)
    assert error.detail == "x_test has 1 row, and y_test has 10"


@pytest.mark.parametrize("option", ["target", "features", "drop"])
def test_options_that_name_columns_are_refused(room: Room, option: str) -> None:
    error = room.refuse_arrays({option: ["a"]}, x=X, y=Y)
    assert [fault.pointer for fault in error.faults] == [f"#/options/{option}"]


# What y becomes


def test_whole_numbers_are_classes_in_numerical_order(room: Room) -> None:
    for dtype in ("i8", "u1", ">i2"):
        data = room.arrays(WHOLE, x=X, y=np.array([10, 9, 100, 9, 10, 9, 9, 9, 9, 9], dtype))
        assert data.classes == ["9", "10", "100"]
        assert data.y_train.tolist() == [1, 0, 2, 0, 1, 0, 0, 0, 0, 0]
        assert data.reading.class_counts == [7, 2, 1]


def test_negative_and_very_large_numbers_are_classes_too(room: Room) -> None:
    assert room.arrays(x=X, y=np.where(Y, -1, 1)).classes == ["-1", "1"]
    assert room.arrays(x=X, y=np.where(Y, 2**64 - 1, 0).astype(np.uint64)).classes == ["0", str(2**64 - 1)]


@pytest.mark.parametrize("dtype", ["U9", "S9"])
def test_texts_are_classes_in_alphabetical_order(room: Room, dtype: str) -> None:
    data = room.arrays(WHOLE, x=X, y=np.array(["b", "a", "long one", "b", *"aaaaaa"], dtype))
    assert data.classes == ["a", "b", "long one"]
    assert data.y_train[:4].tolist() == [1, 0, 2, 1]


def test_booleans_are_classes(room: Room) -> None:
    assert room.arrays(x=X, y=Y.astype(bool)).classes == ["False", "True"]


def test_one_hot_rows_are_classes_with_a_warning(room: Room) -> None:
    for dtype in ("f4", "i8", "?"):
        data = room.arrays(WHOLE, x=X, y=np.eye(3)[np.arange(10) % 3].astype(dtype))
        assert data.classes == ["0", "1", "2"]
        assert data.y_train.tolist() == [0, 1, 2, 0, 1, 2, 0, 1, 2, 0]
        assert data.reading.warnings == ["y: read as one-hot classes"]


def test_one_hot_rows_are_a_vector_when_asked(room: Room) -> None:
    data = room.arrays({"task": "regression"}, x=X, y=np.eye(2)[Y])
    told = {"kind": "vector", "name": "y", "names": ["y[0]", "y[1]"], "width": 2}
    assert told.items() <= data.reading.target.items()
    assert len(data.reading.target["means"]) == len(data.reading.target["stds"]) == 2


def test_floats_are_numbers_standardised_by_training_rows(room: Room) -> None:
    y = RNG.normal(50, 9, 10)
    for shape in ((10,), (10, 1)):
        data = room.arrays(WHOLE, x=X, y=y.reshape(shape))
        target = data.encoding.target
        assert data.reading.target == {"kind": "number", "name": "y", "mean": target.mean, "std": target.std}
        assert data.y_train.shape == (10,)
        assert np.allclose(data.y_train * target.std + target.mean, y)
        assert np.isclose(data.y_train.std(), 1, atol=1e-6)


def test_several_floats_are_a_vector(room: Room) -> None:
    y = RNG.normal(50, 9, (10, 3))
    data = room.arrays(WHOLE, x=X, y=y)
    target = data.encoding.target
    assert np.allclose(data.y_train * target.stds + target.means, y)


def test_the_task_decides_what_a_target_is(room: Room) -> None:
    assert room.arrays({"task": "regression"}, x=X, y=Y).reading.target["kind"] == "number"
    assert room.arrays({"task": "classification"}, x=X, y=Y.astype(float)).classes == ["0", "1"]


@pytest.mark.parametrize(
    ("task", "y"),
    [
        ("classification", X[:, 0] + 0.5),
        ("classification", X),
        ("regression", np.array(list("ababababab"))),
    ],
)
def test_a_target_that_the_task_does_not_fit_is_refused(room: Room, task: str, y: np.ndarray) -> None:
    error = room.refuse_arrays({"task": task}, x=X, y=y)
    assert [fault.pointer for fault in error.faults] == ["#/options/task"]


@pytest.mark.parametrize(
    ("y", "sentence"),
    [
        (Y.reshape(10, 1, 1), "y has rows of shape [1, 1], where a value or a vector is expected"),
        (np.zeros((10, 3)), "No row has a label in y"),
        (np.array([["a", "b"]] * 10), "y has several texts in a row"),
        (Y * 1j, "y is of the type complex128, where numbers or texts are expected"),
        (np.zeros(10, "M8[s]"), "y is of the type datetime64[s], where numbers or texts are expected"),
        (np.zeros(10, int), "The target y is '0' in every row: with one class there is nothing to learn"),
        (np.eye(2)[np.zeros(10, int)], "The target y is '0' in every row"),
    ],
)
def test_a_target_that_cannot_be_learned_is_refused(room: Room, y: np.ndarray, sentence: str) -> None:
    assert sentence in room.refuse_arrays(x=X, y=y).detail


def test_more_classes_than_the_limit_are_refused(room: Room) -> None:
    room.limit(max_classes=9)
    assert "more than 9 different values" in room.refuse_arrays(x=X, y=np.arange(10)).detail


# Which rows are for the test


def test_test_rows_of_the_file_are_kept_as_they_are(room: Room) -> None:
    x = RNG.normal(size=(14, 4)).astype(np.float32)
    y = np.arange(14) % 2
    data = room.arrays(x_train=x[:10], y_train=y[:10], x_test=x[10:], y_test=y[10:])
    assert data.reading.splits == {"train": 10, "test": 4}
    assert data.reading.target["name"] == "y"
    for found, expected in ((data.x_train, x[:10]), (data.x_test, x[10:]), (data.y_test, y[10:])):
        assert (found == expected).all()


def test_without_test_rows_a_share_is_kept(room: Room) -> None:
    assert room.arrays(x_train=X, y_train=Y).reading.splits == {"train": 8, "test": 2}


def test_a_class_that_only_test_rows_have_is_refused(room: Room) -> None:
    error = room.refuse_arrays(x_train=X, y_train=Y, x_test=X[:2], y_test=Y[:2] + 1)
    assert error.detail == "The test rows have the class '2', and no training row has it"


def test_standardising_learns_from_training_rows_alone(room: Room) -> None:
    data = room.arrays({"standardize": True}, x_train=X, y_train=Y, x_test=X + 1000, y_test=Y)
    assert np.allclose(data.encoding.inputs.means, X.mean(axis=0))
    y = X[:, 0] + 0.5
    data = room.arrays(x_train=X, y_train=y, x_test=X, y_test=y + 1000)
    assert np.isclose(data.encoding.target.mean, y.mean())


@pytest.mark.parametrize(
    ("x_test", "sentence"),
    [
        (X[:, :3], "x_test has rows of shape [3], and x_train of [4]"),
        (X.astype(int), "x_test is of the type int64, and x_train of float64"),
    ],
)
def test_test_rows_unlike_the_training_rows_are_refused(
    room: Room, x_test: np.ndarray, sentence: str
) -> None:
    assert room.refuse_arrays(x_train=X, y_train=Y, x_test=x_test, y_test=Y).detail == sentence


def test_targets_unlike_those_of_the_training_rows_are_refused(room: Room) -> None:
    error = room.refuse_arrays(x_train=X, y_train=Y, x_test=X, y_test=Y.astype(str))
    assert error.detail == "y_test is of the type <U21, and y_train of int64"
