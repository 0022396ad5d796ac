"""What a table becomes. Inputs are checked by hand on rows that are all trained on, where it matters."""

import numpy as np
import pytest

from tests.core.datasets.conftest import Room

WHOLE = {"test_split": 0}


def table(header: str, *rows: str) -> str:
    return "\n".join([header, *rows, ""])


def column(header: str, *cells: str) -> str:
    """A table of one input column and a target of two classes, the first two cells to tell the classes."""
    return table(f"{header},target", *[f"{cell},{'ab'[at % 2]}" for at, cell in enumerate(cells)])


# Which column is the target


@pytest.mark.parametrize("name", ["target", "label", "class", "y", "Target", "CLASS", "Y"])
def test_a_column_with_a_usual_name_is_the_target(room: Room, name: str) -> None:
    rows = [f"{'pq'[n % 2]},{n},{n * n}" for n in range(10)]
    assert room.read(table(f"{name},a,b", *rows)).reading.target["name"] == name


def test_a_column_called_target_comes_before_one_called_y(room: Room) -> None:
    rows = [f"{'pq'[n % 2]},{n},{'rs'[n % 2]}" for n in range(10)]
    assert room.read(table("y,a,target", *rows)).reading.target["name"] == "target"


def test_without_a_usual_name_the_last_column_is_the_target(room: Room) -> None:
    assert room.read(table("a,b", *[f"{n},{'pq'[n % 2]}" for n in range(10)])).reading.target["name"] == "b"


def test_the_target_is_not_one_of_the_columns_asked_for_as_features_or_dropped(room: Room) -> None:
    rows = [f"{n},{'pq'[n % 2]},{n * n}" for n in range(10)]
    assert room.read(table("a,b,c", *rows), features=["a", "c"]).reading.target["name"] == "b"
    assert room.read(table("a,b,c", *rows), drop=["c"]).reading.target["name"] == "b"


def test_a_target_that_is_not_there_is_refused_with_what_was_meant(room: Room) -> None:
    error = room.refuse(table("sepal,species", "1,a", "2,b"), target="spezies")
    assert error.detail == "target: there is no column 'spezies'; did you mean 'species'?"
    assert [fault.pointer for fault in error.faults] == ["#/options/target"]


def test_every_column_in_the_options_that_is_not_there_is_pointed_at(room: Room) -> None:
    error = room.refuse(table("a,b", "1,x"), target=["b", "no"], features=["a", "c"], drop=["d"])
    assert [fault.pointer for fault in error.faults] == [
        "#/options/target/1",
        "#/options/features/1",
        "#/options/drop/0",
    ]


def test_a_target_is_no_feature_and_not_dropped(room: Room) -> None:
    error = room.refuse(table("a,b", "1,x"), target="b", features=["a", "b"], drop=["b"])
    assert [fault.pointer for fault in error.faults] == ["#/options/features/1", "#/options/drop/0"]


def test_features_are_the_inputs_in_the_order_asked_for(room: Room) -> None:
    rows = [f"{n},{n * n},{n % 4},{'pq'[n % 2]}" for n in range(10)]
    data = room.read(table("a,b,c,y", *rows), features=["c", "a"])
    assert data.encoding.inputs.names == ["c", "a"]
    assert data.encoding.inputs.ignored == ["b", "y"]


def test_dropped_columns_are_no_inputs(room: Room) -> None:
    data = room.read(table("a,b,y", *[f"{n},{n * n},{'pq'[n % 2]}" for n in range(10)]), drop=["a"])
    assert data.encoding.inputs.names == ["b"]


def test_a_table_of_one_column_is_refused(room: Room) -> None:
    assert "no column to learn from" in room.refuse("y\na\nb\na\nb\n").detail


# What the header may be


def test_two_columns_of_one_name_are_refused(room: Room) -> None:
    assert room.refuse(table("a,a,y", "1,2,x")).detail == "Two columns are called 'a'"


def test_columns_without_a_name_are_dropped_with_a_warning(room: Room) -> None:
    data = room.read(table(",a,,y", *[f"{n},{n * n},,{'pq'[n % 2]}" for n in range(10)]))
    assert data.encoding.inputs.names == ["a"]
    assert data.reading.warnings == [
        "Column 1 has no name and was dropped",
        "Column 3 has no name and was dropped",
    ]


def test_a_first_line_of_numbers_is_doubted(room: Room) -> None:
    data = room.read(table("1,2,0", *[f"{n},{n * n},{n % 2}" for n in range(20)]))
    assert "all of them are numbers" in data.reading.warnings[0]


# What the target is


def test_texts_are_classes_in_alphabetical_order(room: Room) -> None:
    data = room.read(table("a,y", "1,b", "2,c", "3,a", "4,b"), **WHOLE)
    assert data.classes == ["a", "b", "c"]
    assert data.y_train.tolist() == [1, 2, 0, 1]
    assert data.y_train.dtype == np.int64
    assert data.reading.class_counts == [1, 2, 1]


def test_few_whole_numbers_are_classes_in_numerical_order(room: Room) -> None:
    data = room.read(table("a,y", *[f"{n},{(10, 9, 100)[n % 3]}" for n in range(30)]), **WHOLE)
    assert data.classes == ["9", "10", "100"]
    assert data.y_train[:3].tolist() == [1, 0, 2]


def test_the_same_class_written_as_different_numbers_is_one(room: Room) -> None:
    assert room.read(table("a,y", "1,1", "2,1.0", "3,2", "4, 02")).classes == ["1", "2"]


def test_booleans_are_classes(room: Room) -> None:
    assert room.read(table("a,y", "1,True", "2,False", "3,True", "4,False")).classes == ["False", "True"]


def test_two_whole_numbers_are_classes_however_few_the_rows(room: Room) -> None:
    assert room.read(table("a,y", "1,0", "2,1", "3,0")).classes == ["0", "1"]


def test_many_whole_numbers_and_fractions_are_numbers(room: Room) -> None:
    for values in ([*range(21)] * 10, [0, 1, 2] * 4, [0.5, 1.5] * 20):
        data = room.read(table("a,y", *[f"{n * n},{value}" for n, value in enumerate(values)]))
        assert {"kind": "number", "name": "y"}.items() <= data.reading.target.items()
        assert data.reading.class_counts == []


def test_the_task_decides_what_a_target_is(room: Room) -> None:
    content = table("a,y", *[f"{n * n},{n % 3}" for n in range(30)])
    assert room.read(content, task="regression").reading.target["kind"] == "number"
    content = table("a,y", *[f"{n * n},{n % 3 + 0.5}" for n in range(30)])
    assert room.read(content, task="classification").classes == ["0.5", "1.5", "2.5"]


def test_numbers_are_standardised_by_their_training_rows(room: Room) -> None:
    values = np.random.default_rng(0).normal(50, 9, 100).round(3)
    data = room.read(table("a,y", *[f"{n},{value}" for n, value in enumerate(values)]))
    target = data.encoding.target
    trained = data.y_train * target.std + target.mean
    assert data.y_train.shape == (80,)
    assert data.y_train.dtype == np.float32
    assert np.isclose([data.y_train.mean(), data.y_train.std()], [0, 1], atol=1e-5).all()
    assert np.isclose(target.mean, trained.mean())
    assert data.reading.target == {"kind": "number", "name": "y", "mean": target.mean, "std": target.std}
    both = np.sort(np.concatenate([trained, data.y_test * target.std + target.mean]))
    assert np.allclose(both, np.sort(values), atol=1e-4)


def test_several_columns_are_a_vector(room: Room) -> None:
    data = room.read(table("a,u,v", *[f"{n * n},{n},{n / 4}" for n in range(10)]), target=["u", "v"], **WHOLE)
    told = {"kind": "vector", "name": "u, v", "names": ["u", "v"], "width": 2}
    assert told.items() <= data.reading.target.items()
    assert np.allclose(data.reading.target["means"], [4.5, 4.5 / 4])
    assert data.y_train.shape == (10, 2)
    assert np.allclose(data.y_train.mean(axis=0), 0, atol=1e-6)


def test_text_where_a_number_is_the_target_is_refused_with_its_row(room: Room) -> None:
    error = room.refuse(table("a,y", "1,2", "2,", "3,about 7"), task="regression")
    assert error.detail == "Data row 3: the target 'y' is 'about 7' where a number is expected"


def test_one_class_is_refused(room: Room) -> None:
    assert "is 'x' in every row: with one class" in room.refuse(table("a,y", "1,x", "2,x", "3,")).detail


def test_a_target_without_any_value_is_refused(room: Room) -> None:
    assert "No row has a value in the target 'y'" in room.refuse(table("a,y", "1,", "2,NA")).detail


def test_more_classes_than_the_limit_are_refused(room: Room) -> None:
    room.limit(max_classes=3)
    content = table("a,y", *[f"{n},{'abcd'[n % 4]}" for n in range(20)])
    assert "more than 3 different values" in room.refuse(content).detail
    room.limit(max_classes=4)
    assert room.read(content).classes == list("abcd")


def test_rows_without_a_target_are_dropped_with_a_warning(room: Room) -> None:
    rows = [f"{n},{('p', 'q', 'NA')[n % 3]}" for n in range(30)]
    data = room.read(table("a,y", *rows), standardize=False, **WHOLE)
    assert data.reading.rows == 20
    assert data.reading.warnings == ["y: 10 rows without a target value dropped"]
    assert data.x_train[:4, 0].tolist() == [0, 1, 3, 4]
    assert data.y_train[:4].tolist() == [0, 1, 0, 1]


def test_a_target_of_one_number_is_doubted_and_learned_nothing_from(room: Room) -> None:
    data = room.read(table("a,y", "1,0.5", "2,0.5", "3,0.5"))
    assert data.reading.warnings[0] == "y: the target is the same in every training row"
    assert (data.y_train == 0).all()


# What the inputs become


def test_numbers_are_standardised(room: Room) -> None:
    data = room.read(column("a", "1", "2", "3", "6"), **WHOLE)
    expected = (np.array([1, 2, 3, 6]) - 3) / np.std([1, 2, 3, 6])
    assert np.allclose(data.x_train[:, 0], expected)
    assert data.reading.inputs["columns"] == [
        {"kind": "number", "name": "a", "mean": 3.0, "std": float(np.std([1, 2, 3, 6])), "width": 1}
    ]


def test_numbers_may_be_left_as_they_are(room: Room) -> None:
    data = room.read(column("a", "1", "", "3", "5"), standardize=False, **WHOLE)
    assert data.x_train[:, 0].tolist() == [1, 3, 3, 5]


def test_numbers_are_read_as_they_are_usually_written(room: Room) -> None:
    data = room.read(
        column("a", "1", "+2", " 3 ", "4.", ".5", "-6e1", "7E+1", "-0"), standardize=False, **WHOLE
    )
    assert data.x_train[:, 0].tolist() == [1, 2, 3, 4, 0.5, -60, 70, 0]


def test_what_is_learned_is_learned_from_training_rows_alone(room: Room) -> None:
    rng = np.random.default_rng(3)
    rows = [f"{rng.normal():.4f},{'pqrs'[rng.integers(4)]},{'ab'[n % 2]}" for n in range(50)]
    data = room.read(table("n,c,y", *rows), seed=5)
    again = room.read(table("n,c,y", *[rows[at] for at in _trained(room, rows, 5)]), **WHOLE)
    assert again.encoding == data.encoding


def _trained(room: Room, rows: list[str], seed: int) -> list[int]:
    """Which rows of a table are trained on, told by a column of their numbers."""
    content = table("at,n,c,y", *[f"{at},{row}" for at, row in enumerate(rows)])
    data = room.read(content, features=["at"], target="y", seed=seed, standardize=False)
    return [int(at) for at in data.x_train[:, 0]]


def test_rows_keep_the_order_of_the_file(room: Room) -> None:
    data = room.read(column("a", *map(str, range(100))), standardize=False)
    assert (np.diff(data.x_train[:, 0]) > 0).all()
    assert (np.diff(data.x_test[:, 0]) > 0).all()


def test_a_missing_number_is_the_mean_with_a_warning(room: Room) -> None:
    cells = ["1", "", "NA", "N/A", "NaN", "nan", "null", "None", "?", "3"]
    data = room.read(column("a", *cells), **WHOLE)
    assert data.reading.warnings == ["a: 8 missing values became the mean"]
    assert data.x_train[:, 0].tolist() == [-1, *[0] * 8, 1]


@pytest.mark.parametrize("cell", ["inf", "-inf", "Infinity", "1e999"])
def test_an_infinite_number_counts_as_missing_with_a_warning(room: Room, cell: str) -> None:
    data = room.read(column("a", "1", cell, "3", "2"), **WHOLE)
    assert data.reading.warnings == ["a: 1 missing or infinite value became the mean"]
    assert data.x_train[1, 0] == 0


def test_a_text_among_numbers_makes_a_category_even_in_the_last_row(room: Room) -> None:
    data = room.read(column("a", *["1", "2"] * 6, "two", "two"), **WHOLE)
    assert data.reading.inputs["columns"] == [
        {"kind": "category", "name": "a", "values": ["1", "2", "two"], "width": 3}
    ]


@pytest.mark.parametrize("cell", ["1_000", "nan(1)", "0x10", "1,5", "1 2"])
def test_what_only_a_programming_language_calls_a_number_is_a_text(room: Room, cell: str) -> None:
    data = room.read(column("a", "1", f'"{cell}"', "1", f'"{cell}"'), **WHOLE)
    assert data.reading.inputs["columns"][0]["values"] == sorted(["1", cell])


def test_categories_are_one_hot(room: Room) -> None:
    data = room.read(column("a", "red", "blue", "red", "blue", " red "), **WHOLE)
    assert data.reading.inputs["columns"] == [
        {"kind": "category", "name": "a", "values": ["blue", "red"], "width": 2}
    ]
    assert data.x_train.tolist() == [[0, 1], [1, 0], [0, 1], [1, 0], [0, 1]]


def test_a_missing_category_is_a_category_of_its_own(room: Room) -> None:
    data = room.read(column("sex", "m", "", "f", "m", "NA", "f"), **WHOLE)
    assert data.reading.inputs["columns"][0]["values"] == ["f", "m", "missing"]
    assert data.x_train[1].tolist() == [0, 0, 1]
    assert data.reading.warnings == ['sex: 2 missing values became the category "missing"']


def test_a_category_that_only_test_rows_have_is_none_of_the_known(room: Room) -> None:
    rows = [f"{'pq'[n % 2]},{'ab'[n % 2]}" for n in range(40)]
    for at in _held(room, rows):
        rows[at] = f"{'other' if at % 2 else ''},{'ab'[at % 2]}"
    data = room.read(table("c,y", *rows))
    assert data.reading.inputs["columns"][0]["values"] == ["p", "q"]
    assert (data.x_test == 0).all()
    assert data.reading.warnings == ["c: 4 missing values, none in training rows, became no category"]


def _held(room: Room, rows: list[str]) -> list[int]:
    return sorted(set(range(len(rows))) - set(_trained(room, [f"0,{row}" for row in rows], 0)))


@pytest.mark.parametrize(
    ("cells", "warning"),
    [
        (["7"] * 10, "a: dropped, because it is 7 in every row"),
        (["7", "", "7.0", "7"], "a: dropped, because it is 7 in every row"),
        ([""] * 10, "a: dropped, because it has no values"),
        (["x"] * 10, "a: dropped, because it is 'x' in every row"),
        (["x", "y", "z", "u", ""], "a: dropped, because every row has another text"),
    ],
)
def test_a_column_that_teaches_nothing_is_dropped_with_a_warning(
    room: Room, cells: list[str], warning: str
) -> None:
    rows = [f"{cell},{n * n},{'pq'[n % 2]}" for n, cell in enumerate(cells)]
    data = room.read(table("a,b,y", *rows), **WHOLE)
    assert data.encoding.inputs.names == ["b"]
    assert data.encoding.inputs.ignored == ["y", "a"]
    assert data.reading.warnings == [warning]


def test_a_column_of_too_many_categories_is_dropped_with_a_warning(room: Room) -> None:
    room.limit(max_categories=3)
    rows = [f"{'stuv'[n % 4]},{n * n},{'pq'[n % 2]}" for n in range(20)]
    data = room.read(table("a,b,y", *rows), **WHOLE)
    assert data.encoding.inputs.names == ["b"]
    assert "more than 3 different texts" in data.reading.warnings[0]


def test_without_a_column_left_the_table_is_refused_with_the_reasons(room: Room) -> None:
    error = room.refuse(column("a", "7", "7", "7"))
    assert error.detail == "No column is left to learn from: a: dropped, because it is 7 in every row"


def test_too_wide_a_row_is_refused_with_the_limit(room: Room) -> None:
    room.limit(max_width=3)
    error = room.refuse(column("a", *"pqrspqrs"), **WHOLE)
    assert "would become 4 numbers, and at most 3 are taken (max_width)" in error.detail


def test_arrays_larger_than_an_upload_may_unpack_to_are_refused(room: Room) -> None:
    room.limit(max_unpacked_bytes=100)
    assert (
        "at most 100 are taken (max_unpacked_bytes)" in room.refuse(column("a", *map(str, range(50)))).detail
    )


def test_a_number_too_large_for_the_arithmetic_is_refused(room: Room) -> None:
    assert "numbers too large" in room.refuse(column("a", "1e308", "-1e308", "1e308", "0"), **WHOLE).detail
    assert "numbers too large" in room.refuse(column("a", "1e39", "1", "2"), standardize=False).detail


def test_rows_are_given_the_shape_asked_for(room: Room) -> None:
    rows = [",".join(str((n * k) % 11) for k in range(1, 7)) + f",{'pq'[n % 2]}" for n in range(20)]
    content = table("a,b,c,d,e,f,y", *rows)
    flat = room.read(content).x_train.copy()
    data = room.read(content, input_shape=[2, 3, 1])
    assert data.reading.inputs["shape"] == [2, 3, 1]
    assert (data.x_train.reshape(len(flat), 6) == flat).all()
    error = room.refuse(content, input_shape=[2, 4])
    assert error.detail == "input_shape: [2, 4] has 8 numbers, and a row has 6"
    assert [fault.pointer for fault in error.faults] == ["#/options/input_shape"]


def test_too_few_rows_for_a_test_are_told(room: Room) -> None:
    data = room.read(column("a", "1", "2", "3"))
    assert data.reading.splits == {"train": 3, "test": 0}
    assert "there is no test split" in data.reading.warnings[0]


def test_warnings_are_bounded(room: Room) -> None:
    names = ",".join(f"c{n}" for n in range(300))
    rows = [",".join("7" * 300) + f",{n},{'pq'[n % 2]}" for n in range(10)]
    data = room.read(f"{names},a,y\n" + "\n".join(rows))
    assert len(data.reading.warnings) == 101
    assert data.reading.warnings[-1] == "and 200 more warnings"
