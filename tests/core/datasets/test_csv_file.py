import codecs

import pytest

from tests.core.datasets.conftest import Room

ROWS = "a,b,y\n" + "".join(f"{n},{n % 7},{'yes' if n % 2 else 'no'}\n" for n in range(20))


def test_a_plain_file_is_read(room: Room) -> None:
    data = room.read(ROWS)
    assert (data.reading.format, data.reading.rows, data.reading.warnings) == ("csv", 20, [])
    assert data.reading.inputs["shape"] == [2]
    assert data.classes == ["no", "yes"]


@pytest.mark.parametrize(
    "content",
    [
        ROWS.replace("\n", "\r\n"),
        ROWS.replace("\n", "\r"),
        ROWS.rstrip("\n"),
        ROWS.replace("\n", "\n\n"),
        "\n\n" + ROWS,
        ROWS.replace(",", ", "),
        ROWS.replace(",", ";"),
        ROWS.replace(",", "\t"),
        ROWS.replace("yes", '"yes"').replace("a,b", '"a","b"'),
        codecs.BOM_UTF8 + ROWS.encode(),
        codecs.BOM_UTF8 + ROWS.replace("a,", '"a",').encode(),
        ROWS.encode("utf-16"),
        codecs.BOM_UTF16_BE + ROWS.encode("utf-16-be"),
        ROWS.encode("utf-32"),
    ],
    ids=[
        "CRLF",
        "CR",
        "no-last-newline",
        "empty-lines",
        "leading-lines",
        "blanks",
        "semicolon",
        "tab",
        "quotes",
        "BOM",
        "BOM-and-quote",
        "UTF-16",
        "UTF-16-BE",
        "UTF-32",
    ],
)
def test_the_same_table_written_otherwise_is_the_same_data_set(room: Room, content: bytes | str) -> None:
    expected = room.read(ROWS)
    expected = expected._replace(arrays={name: array.copy() for name, array in expected.arrays.items()})
    data = room.read(content)
    assert data.encoding == expected.encoding
    assert data.reading == expected.reading
    assert (data.x_train == expected.x_train).all()
    assert (data.x_test == expected.x_test).all()


def test_a_quoted_value_may_have_delimiters_quotes_and_lines(room: Room) -> None:
    # Values that hold line ends, commas and quotes.
    cells = ['"one,\ntwo"', '"a ""quoted"" one"', "plain"] * 8
    data = room.read("t,y\n" + "".join(f"{cell},{n % 2}\n" for n, cell in enumerate(cells)))
    assert data.reading.inputs["columns"][0]["values"] == ['a "quoted" one', "one,\ntwo", "plain"]


def test_utf_8_is_read_as_what_it_is(room: Room) -> None:
    data = room.read(ROWS.replace("yes", "ja ✓").replace("a,", "größe,"))
    assert data.classes == ["ja ✓", "no"]
    assert data.encoding.inputs.names == ["größe", "b"]
    assert data.reading.warnings == []


def test_bytes_that_are_not_utf_8_are_latin_1_with_a_warning(room: Room) -> None:
    data = room.read(ROWS.replace("yes", "é").encode("latin-1"))
    assert data.classes == ["no", "é"]
    assert data.reading.warnings == ["The file is not UTF-8 and was read as Latin-1"]


def test_latin_1_far_into_the_file_is_found(room: Room) -> None:
    data = room.read((ROWS * 1).encode() + b"1,2,yes\n" * 300_000 + b"1,2,\xe9\n" * 2)
    assert data.classes == ["no", "yes", "é"]


def test_a_thousand_columns_are_fine(room: Room) -> None:
    names = [f"c{n}" for n in range(1000)]
    rows = "".join(
        ",".join(str((row * 7 + n) % 13) for n in range(1000)) + f",{row % 2}\n" for row in range(30)
    )
    data = room.read(",".join(names) + ",y\n" + rows)
    assert data.reading.inputs["shape"] == [1000]


def test_more_columns_than_the_limit_are_refused_with_the_limit(room: Room) -> None:
    room.limit(max_columns=4)
    error = room.refuse("a,b,c,d,y\n1,2,3,4,5\n")
    assert error.detail == "It has 5 columns, and at most 4 are taken (max_columns)"


def test_an_empty_file_is_refused(room: Room) -> None:
    assert "is an empty file" in room.refuse("").detail


@pytest.mark.parametrize("content", ["\n\n\n", "  \n", "\ufeff"])
def test_a_file_of_nothing_but_empty_lines_is_refused(room: Room, content: bytes | str) -> None:
    assert "nothing but empty lines" in room.refuse(content).detail


@pytest.mark.parametrize("content", ["a,b,y\n", "a,b,y", "a,b,y\n\n\n"])
def test_a_file_without_rows_is_refused(room: Room, content: bytes | str) -> None:
    assert "no rows" in room.refuse(content).detail


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("1,2", "Line 26 has 2 values where the first has 3: '1,2'"),
        ("1,2,3,4", "Line 26 has 4 values where the first has 3: '1,2,3,4'"),
        ("1", "Line 26 has 1 value where the first has 3: '1'"),
    ],
)
def test_a_ragged_row_is_refused_with_its_line(room: Room, row: str, sentence: str) -> None:
    # Empty lines and quoted line ends count: the sentence means the line in an editor.
    assert room.refuse(ROWS + '\n\n1,"2\n3",yes\n' + row + "\n1,2,no\n").detail == sentence


def test_a_quote_that_is_never_closed_is_refused_with_its_line(room: Room) -> None:
    error = room.refuse(ROWS + '1,2,"yes\n' + "1,2,no\n" * 5)
    assert error.detail == "The row that begins on line 22 has a quote that is never closed"


def test_a_quote_within_a_value_is_only_a_character(room: Room) -> None:
    data = room.read(ROWS.replace("yes", '5" wide'))
    assert data.classes == ['5" wide', "no"]


def test_text_after_a_closing_quote_is_refused_with_its_line(room: Room) -> None:
    assert room.refuse(ROWS + '1,"2"3,yes\n').detail.startswith("Line 22 is not CSV")


def test_a_value_that_is_too_long_is_refused(room: Room) -> None:
    error = room.refuse(ROWS + '1,2,"' + "x\n" * 5 * 2**20 + '"\n')
    assert error.detail.startswith("The row that begins on line 22 has a value of more than 8 million")


def test_a_line_that_is_too_long_is_refused(room: Room) -> None:
    assert room.refuse("a," * 5 * 2**20).detail == "Line 1 is longer than 8 million characters"


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"PK\x03\x04" + b"x" * 50, "a zip archive"),
        (b"\x1f\x8b\x08" + b"x" * 50, "a gzip archive"),
        (b"\x89PNG\r\n\x1a\n", "a PNG picture"),
        (b"PAR1abc", "a Parquet table"),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_refused(
    room: Room, content: bytes | str, found: str
) -> None:
    assert (
        room.refuse(content, "my table.csv").detail
        == f"'my table.csv' is not what its name says: it is {found}"
    )


def test_a_binary_file_is_refused(room: Room) -> None:
    assert "It is not a CSV: it has zero bytes" in room.refuse(ROWS.encode() + b"\x00\x01").detail


def test_a_file_that_is_cut_off_within_a_character_of_utf_16_is_refused(room: Room) -> None:
    assert "begins as UTF-16 does, and is not" in room.refuse(ROWS.encode("utf-16")[:-1]).detail


def test_an_unknown_ending_is_refused(room: Room) -> None:
    detail = room.refuse(ROWS, "table.xlsx").detail
    assert detail.startswith("'table.xlsx' is in no format that is read: .csv, .tsv, .parquet, .jsonl, ")


def test_the_ending_is_read_in_any_case(room: Room) -> None:
    assert room.read(ROWS, "TABLE.CSV").reading.format == "csv"
