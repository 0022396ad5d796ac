from pathlib import Path

import numpy as np
import pytest

from fittingroom import rows
from fittingroom.errors import InputError


def written(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_a_table_becomes_objects_with_numbers_where_a_column_is_all_numbers(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", "island,mass,code\nDream,3.5,7\n,4,x\n")
    assert rows.to_predict(path) == [
        {"island": "Dream", "mass": 3.5, "code": "7"},
        {"island": None, "mass": 4, "code": "x"},
    ]


def test_a_table_may_have_quotes_tabs_and_a_byte_order_mark(tmp_path: Path) -> None:
    assert rows.to_predict(written(tmp_path, "a.csv", '\ufeffa,b\r\n"x,\n1",2\r\n')) == [
        {"a": "x,\n1", "b": 2}
    ]
    assert rows.to_predict(written(tmp_path, "a.tsv", "a\tb\n1\t\n")) == [{"a": 1, "b": None}]


@pytest.mark.parametrize("cell", ["nan", "inf", "1_000", "1e999", "0x10"])
def test_what_is_no_number_in_json_stays_text(tmp_path: Path, cell: str) -> None:
    assert rows.to_predict(written(tmp_path, "a.csv", f"a\n{cell}\n")) == [{"a": cell}]


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("a.json", "[[1, 2]]", [[1, 2]]),
        ("a.json", '{"instances": [{"a": 1}]}', [{"a": 1}]),
        ("a.jsonl", '{"a": 1}\n\n[2]\n', [{"a": 1}, [2]]),
    ],
)
def test_json_may_be_a_list_instances_or_a_line_each(
    tmp_path: Path, name: str, content: str, found: object
) -> None:
    assert rows.to_predict(written(tmp_path, name, content)) == found


def test_arrays_are_read_from_x(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", x=np.zeros((2, 1), np.uint8), y=np.zeros(2))
    assert rows.to_predict(tmp_path / "a.npz") == [[0], [0]]


def test_several_arrays_are_objects_by_name_and_rows_for_the_test_go_first(tmp_path: Path) -> None:
    path, x = tmp_path / "a.npz", np.arange(2)
    np.savez(path, x_left=x, x_right=x + 5, y=x)
    assert rows.to_predict(path) == [{"left": 0, "right": 5}, {"left": 1, "right": 6}]
    np.savez(path, x_left_train=x, x_left_test=x + 3, y_train=x)
    assert rows.to_predict(path) == [{"left": 3}, {"left": 4}]
    np.savez(path, x_train=x, x_test=x + 7)
    assert rows.to_predict(path) == [7, 8]
    np.savez(path, x_left=x, x_right=x[:1])
    with pytest.raises(InputError, match="different numbers of rows"):
        rows.to_predict(path)
    np.savez(path, y=x)
    with pytest.raises(InputError, match='no array "x", only y'):
        rows.to_predict(path)


def test_pickles_are_never_read(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", x=np.array([{"a": 1}], dtype=object))
    with pytest.raises(InputError, match="plain arrays"):
        rows.to_predict(tmp_path / "a.npz")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.json", '{"a": 1,\n  "b" 2}', "line 2, column 7"),
        ("a.json", "[NaN]", "NaN is not JSON"),
        ("a.json", "[" * 100_000, "a.json"),
        ("a.json", '{"a": 1}', '"instances"'),
        ("a.json", b"\xff", "UTF-8"),
        ("a.jsonl", "1\n{", "a.jsonl, line 2"),
        ("a.csv", "", "no header row"),
        ("a.csv", "a,b\n1\n", "row 2 has 1 cells"),
        ("a.npz", b"PK\x03\x04nothing", "plain arrays"),
        ("a.npz", b"", "plain arrays"),
        ("absent.json", None, "No such file"),
        ("absent.npz", None, "No such file"),
    ],
)
def test_a_bad_file_is_told_with_its_name_and_the_place(
    tmp_path: Path, name: str, content: str | bytes | None, message: str
) -> None:
    path = tmp_path / name if content is None else written(tmp_path, name, content)
    with pytest.raises(InputError, match=message) as caught:
        rows.to_predict(path)
    assert str(path) in str(caught.value)
