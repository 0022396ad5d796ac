from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.datasets.array_inputs import ArrayInputs
from core.datasets.encoding import ClassTarget, Encoding, Inputs
from core.datasets.several_inputs import NamedInputs, OneInputs, SeveralInputs
from core.datasets.table_inputs import CategoryColumn, NumberColumn, TableInputs, encode_rows
from core.datasets.text_inputs import TextInputs, numbers_of
from worker.evaluation import given

TARGET = ClassTarget(name="kind", classes=["a", "b"])
TABLE = TableInputs(
    columns=[
        NumberColumn(name="<b>age</b>", mean=40, std=10),
        CategoryColumn(name="island", values=["Biscoe", "Dream"]),
    ],
    ignored=[],
    standardize=True,
    shape=[3],
)
TEXT = TextInputs(words=["good", "bad"], length=4)


def array(*shape: int, pictures: bool = False) -> ArrayInputs:
    return ArrayInputs(raw_shape=list(shape), shape=list(shape), dtype="float32", pictures=pictures)


def several(**parts: OneInputs) -> SeveralInputs:
    return SeveralInputs(parts=[NamedInputs(name=name, inputs=inputs) for name, inputs in parts.items()])


def told(inputs: Inputs, *x: NDArray[Any], row: int = 0) -> Any:  # noqa: ANN401 - JSON, or nothing
    found: dict[str, Any] = {"dense": {"kind": "class", "mistakes": [{"row": row}]}}
    given.add(found, x, Encoding(inputs=inputs, target=TARGET))
    return found["dense"]["mistakes"][0].get("given")


def test_a_row_of_a_table_is_told_in_its_own_units() -> None:
    x = encode_rows(TABLE, [[35.5, "Dream"], [None, "Torgersen"]])
    assert told(TABLE, x) == {"<b>age</b>": 35.5, "island": "Dream"}
    assert told(TABLE, x, row=1) == {"<b>age</b>": 40.0, "island": None}


def test_of_several_parts_each_is_told_that_can_be_read() -> None:
    inputs = several(
        row=TABLE, words=TEXT, vector=array(2), drawn=array(2, 2, pictures=True), wide=array(100)
    )
    x = (
        encode_rows(TABLE, [[35.5, "Dream"]]),
        numbers_of(TEXT, ["Good, or BAD"]),
        np.array([[1, 2.5]], np.float32),
        np.zeros((1, 2, 2), np.float32),
        np.zeros((1, 100), np.float32),
    )
    assert told(inputs, *x) == {
        "<b>age</b>": 35.5,
        "island": "Dream",
        "words": "good … bad",
        "vector[0]": 1.0,
        "vector[1]": 2.5,
    }


def test_nothing_is_told_of_a_picture() -> None:
    assert told(array(2, 2, pictures=True), np.zeros((1, 2, 2), np.float32)) is None


def test_of_a_wide_row_the_first_cells_are_told_and_of_long_texts_the_beginning() -> None:
    columns = [CategoryColumn(name=f"c{place}", values=["x" * 10_000]) for place in range(100)]
    wide = TableInputs(columns=list(columns), ignored=[], standardize=True, shape=[100])
    found = told(wide, np.ones((1, 100), np.float32))
    assert len(found) == given.MOST_CELLS
    assert len(found["c0"]) == given.LONGEST
