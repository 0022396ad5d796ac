"""Columns that say which rows are for the test."""

import pytest

from tests.core.datasets.conftest import Room


def table(*marks: str, name: str = "split") -> str:
    return f"a,{name},y\n" + "".join(f"{n},{mark},{'pq'[n % 2]}\n" for n, mark in enumerate(marks))


@pytest.mark.parametrize("name", ["split", "Split"])
def test_a_column_called_split_is_honoured_and_is_no_input(room: Room, name: str) -> None:
    data = room.read(table("train", "train", "TEST", "train", "test", name=name), standardize=False)
    assert data.x_test[:, 0].tolist() == [2, 4]
    assert data.encoding.inputs.names == ["a"]
    assert data.encoding.inputs.ignored == [name, "y"]
    assert data.reading.warnings == []


def test_the_column_may_be_called_otherwise(room: Room) -> None:
    content = table("train", "train", "test", name="part")
    assert room.read(content, split="part").reading.splits == {"train": 2, "test": 1}
    assert room.read(content).encoding.inputs.names == ["a", "part"]


def test_a_column_called_split_that_says_something_else_is_one_like_any_other(room: Room) -> None:
    assert room.read(table("left", "train", "left", "right")).encoding.inputs.names == ["a", "split"]


def test_a_column_that_is_named_must_say_train_or_test(room: Room) -> None:
    error = room.refuse(table("train", "test", "tset"), split="split")
    assert error.detail == "split: data row 3 has 'tset' in 'split', where train or test is expected"
    assert [fault.pointer for fault in error.faults] == ["#/options/split"]
    assert "there is no column 'spilt'; did you mean" in room.refuse(table("train"), split="spilt").detail
    assert "is an input or the target" in room.refuse(table("train"), split="y", target="y").detail


def test_rows_to_validate_on_are_training_rows_with_a_warning(room: Room) -> None:
    data = room.read(table("train", "val", "test", "validation"))
    assert data.reading.splits == {"train": 3, "test": 1}
    assert data.reading.warnings == ["split: 2 rows to validate on became rows to train on"]


def test_without_a_row_for_the_test_a_share_of_them_is_unless_the_column_is_named(room: Room) -> None:
    content = table(*["train"] * 10)
    assert room.read(content).reading.splits == {"train": 8, "test": 2}
    data = room.read(content, split="split")
    assert data.reading.splits == {"train": 10, "test": 0}
    assert data.reading.warnings == ["split: no row is for the test: there is no test split"]


def test_a_class_seen_only_in_the_test_rows_is_refused(room: Room) -> None:
    assert room.refuse("a,split,y\n1,train,p\n2,train,q\n3,test,r\n").detail == (
        "The test rows have the class 'r' of the target 'y', and no training row has it"
    )


def test_a_label_seen_only_in_the_test_rows_is_refused(room: Room) -> None:
    content = "a,split,y\n1,train,p\n2,train,q;p\n3,test,r\n"
    assert "have the label 'r' of the target 'y'" in room.refuse(content, task="multilabel").detail


def test_without_a_row_to_train_on_the_table_is_refused(room: Room) -> None:
    assert "none is left to train on" in room.refuse(table("test", "test")).detail


def test_rows_without_a_target_take_their_marks_along(room: Room) -> None:
    data = room.read("a,split,y\n1,test,\n2,train,p\n3,train,q\n4,test,p\n", standardize=False)
    assert data.x_test[:, 0].tolist() == [4]
