"""Tables in one file and in two."""

import pytest

from core import errors
from core.datasets import reader, table_files
from core.datasets.options import parse_options
from core.datasets.reading import Upload
from tests.core.datasets.conftest import Data, Room

TRAIN = "a,b,y\n1,u,p\n2,v,q\n6,u,p\n"


def read(room: Room, files: dict[str, str], **options: object) -> Data:
    uploads = []
    for name, content in files.items():
        path = room.uploads / name
        path.write_text(content)
        uploads.append(Upload(name, path))
    return room.load(reader.read(uploads, parse_options(options), room.into, room.limits))


def refusal(room: Room, files: dict[str, str], **options: object) -> errors.InvalidDataError:
    with pytest.raises(errors.InvalidDataError) as caught:
        read(room, files, **options)
    assert list(room.into.iterdir()) == []
    return caught.value


def test_tabs_alone_separate_the_values_of_a_tsv_file(room: Room) -> None:
    data = room.read('a\tb\ty\n1\tu,v\tp\n2\t"w;\tx"\tq\n3\tu,v\tp\n', "a.tsv", test_split=0)
    assert data.reading.format == "tsv"
    assert data.reading.inputs["columns"][1]["values"] == ["u,v", "w;\tx"]
    assert room.refuse("a,b,y\n1,2,p\n", "a.tsv").detail == (
        "There is no column to learn from besides the target"
    )


def test_rows_of_a_second_file_are_the_test_rows(room: Room) -> None:
    data = read(room, {"test.csv": "y,b,a\nq,w,9\n", "train.csv": TRAIN})
    assert data.reading.splits == {"train": 3, "test": 1}
    assert data.encoding.inputs.columns[0].mean == 3
    assert data.x_test[0, 1:].tolist() == [0, 0]
    assert data.y_test.tolist() == [1]


@pytest.mark.parametrize(
    ("name", "split"),
    [
        ("train.csv", "train"),
        ("penguins_test.csv", "test"),
        ("Penguins-TRAIN.csv", "train"),
        ("2024test3.csv", "test"),
        ("contest.csv", None),
        ("train_test.csv", None),
    ],
)
def test_a_name_with_the_word_train_or_test_says_what_a_file_is(name: str, split: str | None) -> None:
    assert table_files.split_of(name) == split


def test_two_files_of_which_neither_says_what_it_is_are_refused(room: Room) -> None:
    assert refusal(room, {"a.csv": TRAIN, "b.csv": TRAIN}).detail == (
        "One file is expected, or two with train and test in their names, and there are 2: 'a.csv', 'b.csv'"
    )


def test_a_column_that_the_test_file_lacks_is_refused_and_one_that_only_it_has_is_not_read(
    room: Room,
) -> None:
    assert "The column 'b'" in refusal(room, {"train.csv": TRAIN, "test.csv": "a,y\n1,p\n"}).detail
    data = read(room, {"train.csv": TRAIN, "test.csv": "a,b,id,y\n1,u,7,p\n"})
    assert data.reading.warnings == ["id: not read, because only the test file has it"]


def test_of_two_files_no_column_can_say_which_rows_are_for_the_test(room: Room) -> None:
    error = refusal(room, {"train.csv": TRAIN, "test.csv": TRAIN}, split="b")
    assert [fault.pointer for fault in error.faults] == ["#/options/split"]


def test_a_class_that_only_the_test_file_has_is_refused(room: Room) -> None:
    assert refusal(room, {"train.csv": TRAIN, "test.csv": "a,b,y\n1,u,r\n"}).detail == (
        "The test rows have the class 'r' of the target 'y', and no training row has it"
    )
