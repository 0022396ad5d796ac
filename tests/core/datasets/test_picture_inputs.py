"""Pictures in a prediction: as numbers, or as the bytes of a file."""

import base64

import numpy as np
import pytest

from core import errors
from core.datasets import encoding, picture_inputs
from core.datasets.array_inputs import ArrayInputs
from core.datasets.picture_inputs import PictureInputs
from tests.core.datasets import drawing

INPUTS = PictureInputs(height=6, width=8, channels=3, shape=[6, 8, 3])
GREYS = ArrayInputs(raw_shape=[6, 8], shape=[6, 8, 1], dtype="float32", pictures=True)
PICTURE = drawing.noise(6, 8, 3)


def b64(content: bytes) -> dict[str, str]:
    return {"b64": base64.b64encode(content).decode()}


def refusal(rows: list, inputs: PictureInputs | ArrayInputs = INPUTS) -> errors.InvalidDataError:
    with pytest.raises(errors.InvalidDataError) as caught:
        picture_inputs.encode_rows(inputs, rows)
    return caught.value


def test_a_file_and_its_numbers_are_one_row() -> None:
    rows = [b64(drawing.saved(PICTURE)), PICTURE.tolist(), PICTURE]
    encoded = picture_inputs.encode_rows(INPUTS, rows)
    assert encoded.dtype == np.float32
    assert (encoded == PICTURE.astype(np.float32) / 255).all()


def test_a_file_of_any_size_is_resized() -> None:
    large = np.repeat(np.repeat(PICTURE, 4, axis=0), 4, axis=1)
    encoded = picture_inputs.encode_rows(INPUTS, [b64(drawing.saved(large))])
    assert encoded.shape == (1, 6, 8, 3)
    assert np.abs(encoded[0] * 255 - PICTURE).mean() < 40


def test_pictures_of_an_array_may_come_as_files_too() -> None:
    grey = drawing.noise(6, 8)
    encoded = picture_inputs.encode_rows(GREYS, [b64(drawing.saved(grey)), grey.tolist()])
    assert (encoded[..., 0] == grey.astype(np.float32) / 255).all()


def test_rows_of_another_shape_keep_it_when_pictures_are_flattened() -> None:
    flat = PictureInputs(height=6, width=8, channels=3, shape=[144])
    rows = [b64(drawing.saved(PICTURE)), PICTURE.tolist(), PICTURE.reshape(-1).tolist()]
    assert (picture_inputs.encode_rows(flat, rows) == PICTURE.reshape(-1).astype(np.float32) / 255).all()


def test_no_rows_are_no_rows() -> None:
    assert picture_inputs.encode_rows(INPUTS, []).shape == (0, 6, 8, 3)


@pytest.mark.parametrize(
    ("row", "pointer", "sentence"),
    [
        (b64(b"<svg/>"), "#/instances/1/b64", "row 1: it is an SVG drawing"),
        (b64(drawing.saved(PICTURE)[:50]), "#/instances/1/b64", "row 1: it is a PNG that is damaged"),
        (b64(drawing.png(50_000, 50_000)), "#/instances/1/b64", "row 1: it is a PNG of more than 25,000,000"),
        ({"b64": "?"}, "#/instances/1/b64", "row 1: what stands under b64 is not base64"),
        ({"b64": "é"}, "#/instances/1/b64", "row 1: what stands under b64 is not base64"),
        ({"b64": 3}, "#/instances/1/b64", 'row 1: a picture is {"b64": "…"} or a nested list of numbers'),
        ({}, "#/instances/1", "row 1: a picture is"),
        ({"b64": "", "more": 1}, "#/instances/1/b64", "row 1: a picture is"),
        ("aGVsbG8=", "#/instances/1", "row 1: "),
        ([[1]], "#/instances/1", "row 1: shape [1, 1] where [6, 8, 3] is expected"),
        ((PICTURE + 1000.0).tolist(), "#/instances/1/0/0/0", "is not a byte (0 to 255) of a picture"),
    ],
)
def test_what_is_no_picture_is_refused_with_its_place(row: object, pointer: str, sentence: str) -> None:
    error = refusal([b64(drawing.saved(PICTURE)), row])
    assert [fault.pointer for fault in error.faults] == [pointer]
    assert sentence in error.detail


def test_an_array_that_is_no_picture_takes_no_files() -> None:
    numbers = ArrayInputs(raw_shape=[4], shape=[4], dtype="float32", pictures=False)
    assert "where numbers of shape [4] are expected" in refusal([b64(drawing.saved(PICTURE))], numbers).detail


def test_many_large_pictures_in_small_files_are_refused_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture_inputs, "MOST_TOGETHER", 10_000)
    large = b64(drawing.saved(np.zeros((40, 100), np.uint8)))
    detail = refusal([large] * 3, PictureInputs(height=1, width=1, channels=1, shape=[1, 1, 1])).detail
    assert detail == "row 2: the pictures up to this one have more than 10,000 pixels together (max_pixels)"


def test_the_encoding_comes_back_as_it_was() -> None:
    whole = encoding.Encoding(inputs=INPUTS, target=encoding.ClassTarget(name="class", classes=["a", "b"]))
    assert encoding.Encoding.load(whole.dump()) == whole
    [encoded] = encoding.encode(whole, [b64(drawing.saved(PICTURE))])
    assert encoded.shape == (1, 6, 8, 3)
