"""Whatever a file holds, reading it ends in a data set or in a sentence."""

import csv
import io
import json
import os
import zipfile
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from core import errors
from core.datasets import encoding, options, reading, storing
from tests.core.datasets.conftest import Room, npz
from tests.core.datasets.hostile import CHANGES, JSON_LINES, PARQUET, mangled, parquet_of

EXAMPLES = int(os.environ.get("FITTINGROOM_EXAMPLES", "50"))
fuzz = settings(max_examples=EXAMPLES, derandomize=True, deadline=None)

OPTIONS = {
    "target": st.sampled_from(["a", "b", "y", ["a", "b"], ["y", "a"]]),
    "task": st.sampled_from(["classification", "regression", "multilabel", "reconstruction"]),
    "text": st.sampled_from(["a", "b", ["a", "b"], "y"]),
    "vocabulary_size": st.sampled_from([1, 3]),
    "split": st.sampled_from(["b", "split"]),
    "drop": st.sampled_from([["a"], ["b"]]),
    "standardize": st.booleans(),
    "test_split": st.sampled_from([0, 0.2, 0.5, 0.99]),
    "input_shape": st.sampled_from([[1], [2, 1], [4]]),
}
# A few at a time: of many, some never fit.
ASKED = st.lists(
    st.one_of(*[st.tuples(st.just(name), values) for name, values in OPTIONS.items()]), max_size=2
).map(dict)
CELL = st.one_of(
    st.sampled_from(
        ["", "NA", "1", "0", "2.5", "-1e308", "1e308", "1e-320", "inf", "nan", "yes", "no", '"', '""', "a b"]
    ),
    st.text(max_size=3),
)


# What JSON can hold beside texts.
VALUE = CELL | st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats()
NESTED = st.sampled_from([[], [1, "a"], {}, {"b": []}])
LABEL = st.sampled_from(["p", "q", "p;q", 1, 0])
ROWS = st.tuples(
    st.lists(
        st.fixed_dictionaries({"a": VALUE, "y": LABEL}, optional={"b": VALUE, "": VALUE}),
        min_size=1,
        max_size=20,
    ),
    st.lists(st.dictionaries(st.sampled_from(["a", "b", "split"]), VALUE | NESTED, max_size=2), max_size=1),
).map(lambda parts: [*parts[0], *parts[1]])


def column(values: st.SearchStrategy) -> st.SearchStrategy[list]:
    return st.lists(values, min_size=8, max_size=8)


COLUMN = st.one_of(
    column(CELL),
    column(st.floats() | st.none()),
    column(st.booleans()),
    column(st.dates() | st.none()),
    column(st.decimals(-100, 100, places=2)),
    column(st.sampled_from(["train", "test"])),
)
STRANGE = column(st.binary(max_size=2) | st.none()) | column(st.lists(st.integers(0, 3), max_size=2))


@st.composite
def tables(draw: st.DrawFn) -> bytes:
    """A table as a program would write it, perhaps with a line that does not belong."""
    file = io.StringIO()
    writer = csv.writer(
        file, delimiter=draw(st.sampled_from(",,;\t")), lineterminator=draw(st.sampled_from(["\n", "\r\n"]))
    )
    writer.writerow(["a", "b", "y"])
    writer.writerows(draw(st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=20)))
    if draw(st.integers(0, 4)) == 0:
        file.write(draw(st.text(max_size=10)) + "\n")
    codec = draw(st.sampled_from(["utf-8", "utf-8", "utf-8-sig", "latin-1", "utf-16"]))
    return file.getvalue().encode(codec, "replace")


def refused(room: Room, error: errors.InvalidDataError) -> None:
    """A sentence, and an empty folder."""
    assert 10 < len(error.detail) < 1000
    assert "without an answer" not in error.detail
    assert "crashed" not in error.detail
    assert list(room.into.iterdir()) == []


def check(room: Room, content: bytes, name: str, asked: dict) -> None:
    """Either a data set of finite numbers, or a sentence and an empty folder."""
    try:
        data = room.read(content, name, **asked)
    except errors.InvalidDataError as error:
        event("refused")
        refused(room, error)
        return
    event("read")
    assert data.reading.rows == len(data.x_train) + len(data.x_test)
    assert data.reading.splits["train"] > 0
    for array in data.arrays.values():
        assert np.isfinite(array).all()
    several = data.reading.target.get("parts")
    counts = data.reading.class_counts if several else [data.reading.class_counts]
    for at, (target, counted) in enumerate(zip(several or [data.reading.target], counts, strict=True)):
        if target["kind"] == "class":
            train, test = (data.arrays[storing.array_name("y", at, split)] for split in storing.SPLITS)
            assert sum(counted) == len(train)
            assert set(test.tolist()) <= set(train.tolist())
    for x, part in zip(encoding.encode(data.encoding, []), data.encoding.input_parts, strict=True):
        assert x.shape == (0, *part.inputs.shape)


@given(
    content=st.binary(max_size=300),
    name=st.sampled_from(["a.csv", "a.tsv", "a.jsonl", "a.parquet", "a.npz"]),
    asked=ASKED,
)
@fuzz
def test_arbitrary_bytes(new_room: Callable[[], Room], content: bytes, name: str, asked: dict) -> None:
    check(new_room(), content, name, asked)


@given(content=tables(), asked=ASKED)
@fuzz
def test_what_looks_like_a_table(new_room: Callable[[], Room], content: bytes, asked: dict) -> None:
    check(new_room(), content, "a.csv", asked)


@given(rows=ROWS, asked=ASKED)
@fuzz
def test_objects_of_whatever_values(new_room: Callable[[], Room], rows: list, asked: dict) -> None:
    content = "".join(json.dumps(row) + "\n" for row in rows)
    check(new_room(), content.encode(), "a.jsonl", asked)


@given(
    columns=st.fixed_dictionaries(
        {"a": COLUMN, "y": column(LABEL.map(str)) | COLUMN},
        optional={"b": COLUMN, "split": COLUMN, "c": STRANGE},
    ),
    asked=ASKED,
)
@fuzz
def test_a_parquet_file_of_whatever_columns(
    new_room: Callable[[], Room], columns: dict[str, list], asked: dict
) -> None:
    check(new_room(), parquet_of(columns), "a.parquet", asked)


def _arrays() -> dict[str, bytes]:
    members = {}
    for name, array in (("x", np.arange(40.0).reshape(10, 4)), ("y", np.arange(10) % 2)):
        file = io.BytesIO()
        np.lib.format.write_array(file, array)
        members[f"{name}.npy"] = file.getvalue()
    return members


def _zipped(members: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


@given(changes=CHANGES, asked=ASKED)
@fuzz
def test_a_mangled_archive(new_room: Callable[[], Room], changes: list, asked: dict) -> None:
    check(new_room(), mangled(_zipped(_arrays()), changes), "a.npz", asked)


@given(changes=CHANGES, asked=ASKED)
@fuzz
def test_mangled_lines_of_json(new_room: Callable[[], Room], changes: list, asked: dict) -> None:
    check(new_room(), mangled(JSON_LINES, changes), "a.jsonl", asked)


@given(changes=CHANGES, asked=ASKED)
@fuzz
def test_a_mangled_parquet_file(new_room: Callable[[], Room], changes: list, asked: dict) -> None:
    check(new_room(), mangled(PARQUET, changes), "a.parquet", asked)


NAMES = (
    "x",
    "y",
    "x_a",
    "x_b",
    "y_a",
    "y_b",
    "x_train",
    "x_a_train",
    "x_b_train",
    "y_train",
    "x_a_test",
    "z",
)


@given(names=st.lists(st.sampled_from(NAMES), unique=True), data=st.data(), asked=ASKED)
@fuzz
def test_arrays_of_whatever_names(
    new_room: Callable[[], Room], names: list[str], data: st.DataObject, asked: dict
) -> None:
    shapes = st.sampled_from([(10,), (10, 2), (10, 2, 2), (9, 2)])
    kinds = st.sampled_from(["u1", "i8", "f8", "?", "U2"])
    arrays = {name: np.ones(data.draw(shapes), data.draw(kinds)) for name in names}
    for array in arrays.values():
        array[::2] = 0
    check(new_room(), npz(**arrays), "a.npz", asked)


# numpy warns of headers that Python 2 wrote, which a mangled one may look like.
@pytest.mark.filterwarnings("ignore:Reading `.npy`")
@given(changes=CHANGES, name=st.sampled_from(["x.npy", "y.npy"]), asked=ASKED)
@fuzz
def test_a_mangled_array_in_a_sound_archive(
    new_room: Callable[[], Room], changes: list, name: str, asked: dict
) -> None:
    members = _arrays()
    # The header and the first numbers: changes of later ones change nothing else.
    members[name] = mangled(members[name][:140], changes) + members[name][140:]
    check(new_room(), _zipped(members), "a.npz", asked)


@given(content=tables() | st.binary(max_size=300), name=st.sampled_from(["a.csv", "a.npz"]))
@settings(max_examples=max(3, EXAMPLES // 20), derandomize=True, deadline=None)
def test_the_same_apart(new_room: Callable[[], Room], content: bytes, name: str) -> None:
    room = new_room()
    try:
        found = reading.read_apart(
            [room.upload(name, content)], options.parse_options(None), room.into, room.limits
        )
    except errors.InvalidDataError as error:
        refused(room, error)
    else:
        room.load(found)
