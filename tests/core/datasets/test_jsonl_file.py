import json

import pytest

from tests.core.datasets.conftest import Room

ROWS = [{"a": n / 4, "t": "uv"[n % 2], "y": "pq"[n % 2]} for n in range(20)]


def lines(rows: list[object]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


@pytest.mark.parametrize("name", ["a.jsonl", "a.ndjson", "A.JSONL"])
def test_a_file_of_objects_is_the_data_set_that_its_csv_file_is(room: Room, name: str) -> None:
    expected = room.read("a,t,y\n" + "".join(f"{row['a']},{row['t']},{row['y']}\n" for row in ROWS)).encoding
    data = room.read(lines(ROWS), name)
    assert data.encoding == expected
    assert data.reading.format == "jsonl"


def test_the_order_of_keys_blank_lines_and_byte_order_marks_mean_nothing(room: Room) -> None:
    expected = room.read(lines(ROWS), "a.jsonl").encoding
    mixed = [ROWS[0], *(dict(reversed(row.items())) for row in ROWS[1:])]
    assert room.read("\ufeff\n" + lines(mixed).replace("\n", "\r\n\n"), "a.jsonl").encoding == expected


def test_null_and_a_key_that_is_not_there_are_missing(room: Room) -> None:
    rows = [ROWS[0], {"t": "u", "y": "p"}, {"a": None, "t": "v", "y": "q"}, {**ROWS[3], "late": 7}, ROWS[4]]
    data = room.read(lines(rows), "a.jsonl")
    assert "a: 2 missing values became the mean" in data.reading.warnings
    assert "late: dropped, because it is 7 in every row" in data.reading.warnings


def test_numbers_are_read_as_they_are_written(room: Room) -> None:
    text = "".join(f'{{"a":{n},"y":"{y}"}}\n' for n, y in [("1e2", "p"), ("-0.5", "q"), ("9" * 5000, "p")])
    data = room.read(text, "a.jsonl", standardize=False, test_split=0)
    assert data.reading.warnings == ["a: 1 missing or infinite value became the mean"]
    assert data.x_train[:2, 0].tolist() == [100, -0.5]


def test_booleans_and_texts_are_categories(room: Room) -> None:
    rows = [{"b": n % 2 == 0, "y": "pq"[n % 2]} for n in range(4)]
    assert room.read(lines(rows), "a.jsonl").reading.inputs["columns"][0]["values"] == ["false", "true"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[1, 2]", "Line 2 is no object: '[1, 2]'; a row is an object by column name"),
        ("3", "Line 2 is no object: '3'; a row is an object by column name"),
        ('{"a": 1', "Line 2 is not JSON: Expecting ',' delimiter at character 9; a row is"),
        ('{"a": 1} {"a": 2}', "Line 2 is not JSON: Extra data at character 10; a row is an object on a line"),
        ('{"a": 1, "a": 2}', "Line 2 has 'a' twice"),
        (
            '{"a": {"b": 1}}',
            "Line 2: column 'a' holds an object, where a text, a number, true, false or null",
        ),
        ('{"a": [1]}', "Line 2: column 'a' holds a list, where a text, a number, true, false or null is"),
        ('{"a": ' + "[" * 100_000, "Line 2 is nested too deep"),
        ('{"a": ' + '{"b":' * 100_000, "Line 2 is nested too deep"),
    ],
)
def test_a_line_that_is_no_row_is_refused_with_its_number(room: Room, text: str, sentence: str) -> None:
    assert room.refuse(lines(ROWS[:1]) + text + "\n" + lines(ROWS[1:]), "a.jsonl").detail.startswith(sentence)


def test_a_column_of_lists_can_be_dropped(room: Room) -> None:
    rows = [row | {"more": [1, {"b": 2}]} for row in ROWS]
    assert "options.drop leaves the column out" in room.refuse(lines(rows), "a.jsonl").detail
    assert room.read(lines(rows), "a.jsonl", drop=["more"]).encoding.inputs.names == ["a", "t"]


def test_a_file_that_is_cut_off_is_refused(room: Room) -> None:
    assert "Line 20 is not JSON" in room.refuse(lines(ROWS)[:-10], "a.jsonl").detail


def test_what_is_no_text_is_refused(room: Room) -> None:
    assert "It is not a JSON Lines file" in room.refuse(b'{"a":1}\n\x00', "a.jsonl").detail


@pytest.mark.parametrize("text", ["{}\n{}\n", "\n \n"])
def test_a_file_without_values_is_refused(room: Room, text: str) -> None:
    assert room.refuse(text, "a.jsonl").detail == "The file has no row with a value"


def test_more_columns_than_the_limit_are_refused_with_the_line(room: Room) -> None:
    room.limit(max_columns=3)
    assert room.refuse(lines([*ROWS, {"b": 1}]), "a.jsonl").detail == (
        "With line 21 it has 4 columns, and at most 3 are taken (max_columns)"
    )
