"""Rows of predictions, held to what reading the same rows from a file gives."""

import csv
import io
import os
import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from core import errors
from core.datasets import cells, encoding, tabular
from core.datasets.array_inputs import ArrayInputs
from core.datasets.table_inputs import CategoryColumn, NumberColumn, TableInputs
from tests.core.datasets.conftest import Room

EXAMPLES = int(os.environ.get("FITTINGROOM_EXAMPLES", "50"))

PENGUINS = """island,bill_length_mm,sex,note,species
Dream,39.5,male,1,Adelie
Dream,,female,1,Gentoo
Biscoe,41.25,male,1,Adelie
Biscoe,50,,1,Gentoo
Torgersen,36.5,female,1,Adelie
Dream,44,male,1,Gentoo
"""


@pytest.fixture
def penguins(room: Room) -> encoding.Encoding:
    return room.read(PENGUINS, test_split=0).encoding


def encoded(learned: encoding.Encoding, rows: object) -> np.ndarray:
    """Encoded rows of a single input."""
    [x] = encoding.encode(learned, rows)
    return x


def refusal(learned: encoding.Encoding, rows: object) -> tuple[str, list[str]]:
    with pytest.raises(errors.InvalidDataError) as caught:
        encoded(learned, rows)
    assert [fault.detail for fault in caught.value.faults] == [caught.value.detail]
    return caught.value.detail, [fault.pointer for fault in caught.value.faults]


# Tables


def test_the_rows_of_a_file_encode_as_the_file_did(room: Room) -> None:
    data = room.read(PENGUINS, test_split=0)
    rows = list(csv.DictReader(io.StringIO(PENGUINS)))
    assert np.array_equal(encoded(data.encoding, rows), data.x_train)
    rows = [[row["island"], row["bill_length_mm"], row["sex"]] for row in rows]
    assert np.array_equal(encoded(data.encoding, rows), data.x_train)
    rows[0][1], rows[1][1], rows[3][2] = 39.5, None, None
    assert np.array_equal(encoded(data.encoding, rows), data.x_train)


def test_missing_and_null_values_are_as_missing_values_were(penguins: encoding.Encoding) -> None:
    full = {"island": "Dream", "bill_length_mm": 39.5, "sex": "male"}
    for name in ("bill_length_mm", "sex"):
        without = {key: value for key, value in full.items() if key != name}
        x = encoded(penguins, [without, without | {name: None}, without | {name: "NA"}])
        assert (x == x[0]).all()
        assert (x[0] != encoded(penguins, [full])[0]).any()


def test_a_category_never_seen_is_none_of_the_known(penguins: encoding.Encoding) -> None:
    x = encoded(penguins, [{"island": "Atlantis", "bill_length_mm": 39.5, "sex": "male"}])
    assert x[0, :3].tolist() == [0, 0, 0]


def test_columns_of_the_file_that_are_no_inputs_are_ignored(penguins: encoding.Encoding) -> None:
    row = {"island": "Dream", "bill_length_mm": 39.5, "sex": "male"}
    ignored = {"note": ["anything"], "species": 3}
    assert np.array_equal(encoded(penguins, [row | ignored]), encoded(penguins, [row]))


def test_a_column_that_never_was_is_refused_with_what_was_meant(penguins: encoding.Encoding) -> None:
    good = {"island": "Dream"}
    detail, pointers = refusal(penguins, [good, good, good, {"bil_length": 3}])
    assert detail == "row 3: there is no column 'bil_length'; did you mean 'bill_length_mm'?"
    assert pointers == ["#/instances/3/bil_length"]


@pytest.mark.parametrize(
    ("row", "sentence", "pointer"),
    [
        (
            {"bill_length_mm": "long"},
            "'bill_length_mm' is 'long' where a number is expected",
            "/bill_length_mm",
        ),
        ({"bill_length_mm": [3]}, "'bill_length_mm' is [3] where a number is expected", "/bill_length_mm"),
        (["Dream", "long", "male"], "'bill_length_mm' is 'long' where a number is expected", "/1"),
        ({"island": {"a": 1}}, "'island' is {\"a\": 1} where a text is expected", "/island"),
        (["Dream"], "1 where 3 values are expected, in the order 'island', 'bill_length_mm', 'sex'", ""),
        (["Dream", 1, "male", 2], "4 where 3 values are expected, in the order", ""),
        (3, "an object by column name or a list is expected, not 3", ""),
        (None, "an object by column name or a list is expected, not null", ""),
        ("Dream", "an object by column name or a list is expected, not 'Dream'", ""),
    ],
)
def test_a_wrong_row_is_refused_with_its_index_and_what_is_wrong(
    penguins: encoding.Encoding, row: object, sentence: str, pointer: str
) -> None:
    detail, pointers = refusal(penguins, [["Dream", 39.5, "male"], row])
    assert detail.startswith(f"row 1: {sentence}")
    assert pointers == [f"#/instances/1{pointer}"]


def test_json_booleans_and_numbers_are_the_categories_that_a_file_wrote(room: Room) -> None:
    content = "flag,mixed,y\nTrue,1,a\nFalse,2,b\nTrue,x,a\nFalse,1,b\nTrue,2,a\nTrue,x,b\n"
    learned = room.read(content, test_split=0).encoding
    written = encoded(learned, [["True", "1"], ["False", "2"]])
    assert np.array_equal(encoded(learned, [[True, 1], [False, 2.0]]), written)
    assert written.sum() == 4


def test_a_number_too_large_is_refused_with_its_row(room: Room) -> None:
    learned = room.read("a,b,y\n1,1,p\n2,4,q\n3,9,p\n", test_split=0, standardize=False).encoding
    for rows in ([[1, 1], [1, 1e39]], [{"a": 1}, {"b": "1e39"}]):
        assert refusal(learned, rows) == ("row 1: 'b' is too large a number", ["#/instances/1/b"])


def test_no_rows_are_no_rows(penguins: encoding.Encoding) -> None:
    assert encoded(penguins, []).shape == (0, 7)


def test_an_array_of_numbers_is_taken_as_rows(room: Room) -> None:
    learned = room.read("a,b,y\n1,1,p\n2,4,q\n3,9,p\n", test_split=0).encoding
    rows = [[1, 4], [2, 9]]
    for dtype in (np.int64, np.float32, object):
        assert np.array_equal(encoded(learned, np.array(rows, dtype)), encoded(learned, rows))


NUMBERS = st.one_of(
    st.integers(-(10**20), 10**20).map(str),
    st.floats(allow_nan=False, allow_infinity=False, width=32).map(repr),
    st.floats(allow_nan=False, allow_infinity=False).map(lambda number: f"{number:.3g}"),
    st.decimals(-1000, 1000, places=2).map(str),
    st.sampled_from(
        ["+1", "1.", ".5", " 7 ", "1e3", "-0", "", "NA", "?", "inf", "-inf", "nan", "NAN", "1e999", "٣"]
    ),
)
TEXTS = st.one_of(
    st.sampled_from(["red", "green", "blue", "", "NA", "missing", "True", "1", "\xa0red ", "1_0", "0x1"]),
    st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=4),
)


@given(st.lists(st.one_of(NUMBERS, TEXTS), max_size=20))
@settings(max_examples=EXAMPLES * 4, derandomize=True, deadline=None)
def test_the_fast_reading_of_a_column_equals_that_of_its_cells(values: list[str]) -> None:
    import pyarrow as pa  # as the reader does: not for those who only encode

    column = pa.array(values, pa.string())
    slow = [cells.number(value) for value in values]
    fast = tabular.numbers(column)
    assert (fast is None) == (None in slow)
    if fast is not None:
        assert np.array_equal(fast, np.array(slow, np.float64), equal_nan=True)
    different, places = tabular.texts(column)
    assert [different[place] for place in places] == [cells.text(value) for value in values]


@given(st.lists(st.tuples(NUMBERS, TEXTS, NUMBERS | TEXTS, st.sampled_from("pq")), min_size=2, max_size=30))
@settings(max_examples=EXAMPLES, derandomize=True, deadline=None)
def test_encoding_the_rows_of_any_file_gives_what_reading_it_gave(
    new_room: Callable[[], Room], rows: list[tuple[str, ...]]
) -> None:
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerows(
        [("n", "t", "m", "y"), *rows, ("1", "red", "a", "p"), ("2", "red", "b", "q"), ("3", "blue", "a", "p")]
    )
    room = new_room()
    try:
        data = room.read(file.getvalue(), test_split=0.3)
    except errors.InvalidDataError:
        event("refused")
        return
    event("read")
    found = list(csv.DictReader(io.StringIO(file.getvalue(), newline="")))
    x = encoded(data.encoding, found)
    # By target, to know what went where is not needed: as sets of rows they are the same.
    both = np.concatenate([data.x_train, data.x_test])
    assert np.array_equal(x[np.lexsort(x.T)], both[np.lexsort(both.T)])
    assert np.isfinite(both).all()


@given(
    rows=st.lists(
        st.lists(
            st.one_of(st.integers(-(2**70), 2**70), st.floats(width=32), st.booleans()),
            min_size=3,
            max_size=3,
        ),
        min_size=1,
        max_size=8,
    ),
    standardize=st.booleans(),
)
@settings(max_examples=EXAMPLES, derandomize=True, deadline=None)
def test_rows_of_numbers_alone_encode_as_they_do_one_by_one(rows: list, standardize: bool) -> None:
    columns = [NumberColumn(name=name, mean=0.1, std=3) for name in "abc"]
    learned = TableInputs(columns=columns, ignored=[], standardize=standardize, shape=[3])
    whole = encoding.Encoding(inputs=learned, target=encoding.ClassTarget(name="y", classes=["p", "q"]))
    objects = [dict(zip("abc", row, strict=True)) for row in rows]
    assert np.array_equal(encoded(whole, rows), encoded(whole, objects))


# Arrays


@pytest.fixture
def pictures(room: Room) -> encoding.Encoding:
    return room.arrays(
        x=np.arange(1000, dtype=np.uint16).astype(np.uint8).reshape(10, 10, 10), y=np.arange(10) % 2
    ).encoding


def array(raw: list[int], **learned: object) -> encoding.Encoding:
    inputs = ArrayInputs(**{"raw_shape": raw, "shape": raw, "dtype": "float32", "pictures": False} | learned)
    return encoding.Encoding(inputs=inputs, target=encoding.ClassTarget(name="y", classes=["p", "q"]))


@pytest.mark.parametrize(
    "options", [{}, {"standardize": True}, {"input_shape": [25]}, {"input_shape": [5, 5, 1]}]
)
@pytest.mark.parametrize("dtype", ["u1", "i4", "i8", "f4", "f8", "?"])
@pytest.mark.parametrize("shape", [(25,), (5, 5), (5, 5, 1)])
def test_the_rows_of_a_file_of_arrays_encode_as_the_file_did(
    room: Room, shape: tuple[int, ...], dtype: str, options: dict[str, object]
) -> None:
    x = (np.random.default_rng(0).normal(size=(20, *shape)) * 100).astype(dtype)
    data = room.arrays(options | {"test_split": 0}, x=x, y=np.arange(20) % 2)
    for rows in (x, x.tolist()):
        x_again = encoded(data.encoding, rows)
        assert x_again.dtype == data.x_train.dtype
        assert np.array_equal(x_again, data.x_train)


def test_pictures_may_have_or_lack_the_axis_of_their_channel(pictures: encoding.Encoding) -> None:
    rows = np.full((3, 10, 10), 51)
    with_axis = encoded(pictures, rows[..., None].tolist())
    assert np.array_equal(encoded(pictures, rows.tolist()), with_axis)
    assert np.array_equal(encoded(pictures, [rows[0].tolist(), rows[0][..., None].tolist()]), with_axis[:2])
    assert with_axis.shape == (3, 10, 10, 1)
    assert with_axis.dtype == np.float32
    assert (with_axis == np.float32(0.2)).all()


@pytest.mark.parametrize("value", [-1, 256, float("nan")])
def test_what_is_no_byte_of_a_picture_is_refused_with_its_place(
    pictures: encoding.Encoding, value: float
) -> None:
    rows = np.zeros((2, 10, 10)).tolist()
    rows[1][2][3] = value
    detail, pointers = refusal(pictures, rows)
    assert "is not a byte (0 to 255) of a picture" in detail
    assert pointers == ["#/instances/1/2/3"]


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ([1.0] * 7, "shape [7] where [4] is expected"),
        ([[1.0] * 4], "shape [1, 4] where [4] is expected"),
        (1.0, "shape [] where [4] is expected"),
        ([1, 2, [3], 4], "lists of different lengths"),
        ([1, 2, "3", 4], "'3' where numbers of shape [4] are expected"),
        ([1, 2, None, 4], "null where numbers of shape [4] are expected"),
        ([1, 2, 10**400, 4], "1000000000"),
        ({"a": 1}, '{"a": 1} where numbers of shape [4] are expected'),
        (None, "null where numbers of shape [4] are expected"),
        ("four", "'four' where numbers of shape [4] are expected"),
    ],
)
def test_a_wrong_row_of_an_array_is_refused_with_its_index(row: object, sentence: str) -> None:
    detail, pointers = refusal(array([4]), [[1, 2, 3, 4], [5, 6, 7, 8], row])
    assert detail.startswith(f"row 2: {sentence}")
    assert pointers == ["#/instances/2"]


def test_lists_as_deep_as_json_can_nest_them_are_refused() -> None:
    row: list = []
    for _ in range(500):
        row = [row]
    assert refusal(array([4]), [[1, 2, 3, 4], row])[0].startswith("row 1: ")


def test_whole_numbers_are_expected_where_there_were_whole_numbers() -> None:
    learned = array([2], dtype="int32")
    assert encoded(learned, [[1, 2.0]]).tolist() == [[1, 2]]
    assert refusal(learned, [[1, 2], [1, 2.5]]) == ("row 1: 2.5 is not an int32", ["#/instances/1/1"])
    assert refusal(learned, [[1, 2**31]])[0] == f"row 0: {2**31} is not an int32"


def test_numbers_that_float32_cannot_hold_are_refused() -> None:
    assert refusal(array([2]), [[1, float("inf")]])[0] == "row 0: inf is not a finite number"
    assert refusal(array([2]), [[1, 1e39]])[0] == "row 0: 1e+39 is too large a number"
    assert refusal(array([2], means=[0, 0], stds=[1, 1e-30]), [[1, 1e20]])[1] == ["#/instances/0/1"]


def test_a_batch_of_pictures_is_encoded_in_a_few_times_what_numpy_takes() -> None:
    learned = array([28, 28], shape=[28, 28, 1], pictures=True)
    rows = np.random.default_rng(0).integers(0, 256, (500, 28, 28)).tolist()
    taken = {}
    for name, encode in (("numpy", np.asarray), ("ours", lambda batch: encoded(learned, batch))):
        times = []
        for _ in range(5):
            begun = time.perf_counter()
            encode(rows)
            times.append(time.perf_counter() - begun)
        taken[name] = min(times)
    assert taken["ours"] < 3 * taken["numpy"] + 0.01


# Targets


def test_numbers_are_answered_in_their_own_units(room: Room) -> None:
    values = np.random.default_rng(0).normal(50, 9, 30).round(2)
    data = room.read("a,y\n" + "".join(f"{n},{value}\n" for n, value in enumerate(values)), test_split=0)
    for outputs in (data.y_train, data.y_train[:, None]):
        decoded = encoding.decode(data.encoding, outputs)
        assert decoded.shape == outputs.shape
        assert decoded.dtype == np.float32
        assert np.allclose(decoded.ravel(), values, atol=1e-4)


def test_vectors_are_answered_in_their_own_units(room: Room) -> None:
    y = np.random.default_rng(0).normal([1, 50], [3, 9], (10, 2))
    data = room.arrays({"test_split": 0}, x=np.arange(10.0), y=y)
    assert np.allclose(encoding.decode(data.encoding, data.y_train), y, atol=1e-4)


def test_scores_of_classes_are_left_as_they_are(penguins: encoding.Encoding) -> None:
    scores = np.random.default_rng(0).random((4, 2))
    assert encoding.decode(penguins, scores) is scores


# As a document


def test_an_encoding_comes_back_to_the_last_bit(penguins: encoding.Encoding) -> None:
    assert encoding.Encoding.load(penguins.dump()) == penguins
    column = penguins.inputs.columns[1]
    again = encoding.Encoding.load(penguins.dump()).inputs.columns[1]
    assert (again.mean.hex(), again.std.hex()) == (column.mean.hex(), column.std.hex())


@pytest.mark.parametrize("document", [b"", b"{}", b"\xff", b'{"inputs":{"kind":"video"},"target":{}}'])
def test_what_is_no_encoding_is_refused(document: bytes) -> None:
    with pytest.raises(errors.InvalidDataError):
        encoding.Encoding.load(document)


def test_a_value_called_missing_is_the_category_of_missing_values() -> None:
    column = CategoryColumn(name="a", values=["missing", "other"])
    assert (column.code([]), column.code(["missing"]), column.code(["new"])) == (0, 0, -1)


@pytest.mark.parametrize(
    "modules",
    [
        "core.datasets, core.datasets.encoding, core.datasets.reading, core.datasets.options",
        "core.datasets.reader, core.datasets.array_reading, core.datasets.picture_reading",
    ],
)
def test_neither_encoding_nor_reading_arrays_and_pictures_imports_pyarrow(modules: str) -> None:
    program = (
        f"import sys, {modules}\n"
        "print([name for name in ('pyarrow', 'flask', 'tensorflow') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True)
    assert done.stdout.strip() == "[]"
