import datetime as dt
import decimal
import io
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from core import errors
from core.datasets import options, parquet_file, reading, tabular
from tests.core.datasets.conftest import LIMITS, Room

N = 20
TABLE = pa.table({"a": np.arange(N) / 7, "b": ["u", "v"] * 10, "y": ["p", "q"] * 10})


def written(table: pa.Table, **how: object) -> bytes:
    file = io.BytesIO()
    parquet.write_table(table, file, **how)
    return file.getvalue()


def with_column(values: object) -> bytes:
    return written(TABLE.append_column("c", values if isinstance(values, pa.Array) else pa.array(values)))


def test_a_parquet_file_is_the_data_set_that_its_csv_file_is(room: Room) -> None:
    as_csv = "a,b,y\n" + "".join(f"{n / 7!r},{'uv'[n % 2]},{'pq'[n % 2]}\n" for n in range(N))
    expected = room.read(as_csv)
    x = expected.x_train.copy()
    data = room.read(written(TABLE), "table.parquet")
    assert data.encoding == expected.encoding
    assert np.array_equal(data.x_train, x)
    assert data.reading.format == "parquet"


@pytest.mark.parametrize("kind", [pa.float64(), pa.float32(), pa.float16(), pa.int64(), pa.uint64()])
def test_every_number_comes_out_to_its_last_bit(tmp_path: Path, kind: pa.DataType) -> None:
    numpy_kind = kind.to_pandas_dtype()
    numbers = {
        "f": st.floats(width=np.dtype(numpy_kind).itemsize * 8, allow_nan=False),
        "i": st.integers(-(2**63), 2**63 - 1),
        "u": st.integers(0, 2**64 - 1),
    }[np.dtype(numpy_kind).kind]

    @given(values=st.lists(numbers, min_size=1, max_size=50))
    @settings(max_examples=20, derandomize=True, deadline=None)
    def check(values: list) -> None:
        array = np.array(values, numpy_kind)
        path = tmp_path / "a.parquet"
        path.write_bytes(written(pa.table({"a": array})))
        table = parquet_file.open_table(path, tmp_path / "spooled", LIMITS, drop=frozenset())
        found = np.concatenate([tabular.numbers(chunk) for (chunk,) in table.batches([0])])
        assert np.array_equal(found, array.astype(np.float64))

    check()


@pytest.mark.parametrize(
    ("values", "kind", "seen"),
    [
        ([decimal.Decimal(n) / 100 for n in range(N)], "number", None),
        ([dt.timedelta(n) for n in range(N)], "number", None),
        ([dt.date(2020, 1, 1 + n % 2) for n in range(N)], "category", "2020-01-02"),
        ([dt.time(1 + n % 2) for n in range(N)], "category", "02:00:00.000000"),
        (
            pa.array([n % 2 * 10**6 for n in range(N)]).cast(pa.timestamp("us")),
            "category",
            "1970-01-01 00:00:01.000000",
        ),
        (
            pa.array([n % 2 * 10**6 for n in range(N)]).cast(pa.timestamp("us", "Europe/Berlin")),
            "category",
            "1970-01-01 00:00:01.000000Z",
        ),
        ([n % 2 == 0 for n in range(N)], "category", "true"),
        (pa.array(["no", "yes"] * 10).dictionary_encode(), "category", "yes"),
        (pa.array(["no", "yes"] * 10, pa.large_string()), "category", "yes"),
    ],
)
def test_other_types_are_read_as_a_csv_file_would_have_them(
    room: Room, values: object, kind: str, seen: str | None
) -> None:
    column = room.read(with_column(values), "a.parquet").reading.inputs["columns"][2]
    assert column["kind"] == kind
    assert column.get("values", [None])[-1] == seen


def test_null_is_missing(room: Room) -> None:
    data = room.read(with_column([1.5, None, 2.5, 3.5] * 5), "a.parquet")
    assert data.reading.warnings == ["c: 5 missing values became the mean"]
    assert "it has no values" in room.read(with_column(pa.nulls(N)), "a.parquet").reading.warnings[0]


@pytest.mark.parametrize(
    ("values", "held"),
    [
        ([[1, 2]] * N, "lists or objects (list<element: int64>)"),
        ([{"u": 1}] * N, "lists or objects (struct<u: int64>)"),
        ([b"\x00"] * N, "bytes (binary)"),
    ],
)
def test_a_column_of_what_no_cell_can_hold_is_refused_by_name_unless_it_is_dropped(
    room: Room, values: object, held: str
) -> None:
    content = with_column(values)
    assert room.refuse(content, "a.parquet").detail == (
        f"Column 'c' holds {held}, where texts, numbers, booleans or dates are expected; "
        "options.drop leaves the column out"
    )
    assert room.read(content, "a.parquet", drop=["c"]).encoding.inputs.names == ["a", "b"]


def test_a_truncated_file_is_refused(room: Room) -> None:
    content = written(TABLE)
    for length in (4, 100, len(content) // 2, len(content) - 1):
        assert room.refuse(content[:length], "a.parquet").detail.startswith("It is not a Parquet file, or is")


def test_more_columns_or_rows_than_the_limits_are_refused(room: Room) -> None:
    room.limit(max_columns=2)
    assert "has 3 columns" in room.refuse(written(TABLE), "a.parquet").detail
    room.limit(max_columns=5, max_unpacked_bytes=2**20)
    empty = pa.table({"a": pa.nulls(2**20), "y": pa.nulls(2**20)})
    assert "(max_unpacked_bytes)" in room.refuse(written(empty), "a.parquet").detail


def varint(number: int) -> bytes:
    """A number as Parquet's description of itself has it."""
    number, out = number * 2, b""
    while number > 127:
        out += bytes([number & 127 | 128])
        number >>= 7
    return out + bytes([number])


@pytest.mark.parametrize("told", [20_000, 1_000_000])
def test_a_file_that_lies_about_its_rows_is_refused(room: Room, told: int) -> None:
    content = written(pa.table({"a": np.arange(12_345), "y": np.arange(12_345) % 2}))
    begin = len(content) - 8 - int.from_bytes(content[-8:-4], "little")
    lying = content[:begin] + content[begin:].replace(varint(12_345), varint(told))
    assert room.refuse(lying, "a.parquet").detail == (
        f"It is damaged: it says that it has {told:,} rows, and has 12,345"
    )


def test_a_small_file_of_large_texts_cannot_fill_the_memory(room: Room) -> None:
    # A megabyte, once in the file and in every row.
    room.limit(memory_bytes=400 * 2**20)
    text = pa.DictionaryArray.from_arrays(pa.array(np.zeros(100_000, np.int32)), pa.array(["x" * 2**20]))
    content = written(pa.table({"t": text, "y": np.arange(100_000) % 2}))
    assert len(content) < 2**20
    with pytest.raises(errors.InvalidDataError, match="more memory than the limit"):
        reading.read_apart(
            [room.upload("a.parquet", content)], options.parse_options(None), room.into, room.limits
        )
    assert list(room.into.iterdir()) == []
