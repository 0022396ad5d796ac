"""Pictures from the upload to the prediction, over HTTP."""

import base64
import gzip
import io

import numpy as np
import pytest

from tests.core.datasets import drawing
from tests.core.datasets.test_idx_file import idx
from tests.service.houses import House
from tests.service.networks import add_version

FOLDERS = drawing.zipped(drawing.folders(2, 10, size=4, above="pets/"))
# Of the sixteen pixels of a picture, the first and the last.
CORNERS = np.eye(16)[:, [0, 15]]
SEEN = drawing.noise(4, 4, seed=9)


def b64(content: bytes) -> dict[str, str]:
    return {"b64": base64.b64encode(content).decode()}


def predict(house: House, rows: list) -> tuple[int, dict]:
    answer = house.ask("POST", "/v1/models/pets:predict", json={"instances": rows})
    return answer.status_code, answer.get_json()


@pytest.fixture
def pets(house: House) -> House:
    upload = {"content": FOLDERS, "file": "pets.zip", "name": "pets"}
    add_version(house, CORNERS, name="pets", upload=upload)
    return house


def test_an_archive_of_pictures_is_uploaded_and_previewed(house: House) -> None:
    answer = house.upload(FOLDERS, file="pets.zip", name="pets", options={"test_split": 0.5})
    body = answer.get_json()
    assert answer.status_code == 201
    assert body["format"] == "images"
    assert body["inputs"]["shape"] == [4, 4, 1]
    assert body["splits"] == {"train": 10, "test": 10}
    preview = house.ask("GET", "/v1/datasets/pets/preview").get_json()
    assert len(preview["thumbnails"]) == 10
    assert preview["rows"][0] == {"file": "pets/a/0.png", "class": "a"}


def test_a_prediction_takes_a_picture_as_numbers_or_as_a_file(pets: House) -> None:
    status, answer = predict(pets, [b64(drawing.saved(SEEN)), SEEN.tolist(), SEEN[..., None].tolist()])
    assert status == 200
    expected = [SEEN[0, 0] / 255, SEEN[3, 3] / 255]
    assert np.array(answer["predictions"]) == pytest.approx(np.array([expected] * 3), abs=1e-6)


def test_a_photograph_is_resized_and_loses_its_colours(pets: House) -> None:
    grey = np.full((300, 200, 3), 128, np.uint8)
    status, answer = predict(pets, [b64(drawing.saved(grey, "JPEG"))])
    assert status == 200
    assert answer["predictions"][0] == pytest.approx([128 / 255] * 2, abs=0.02)


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (b64(drawing.png(50_000, 50_000)), "row 1: it is a PNG of more than 25,000,000 pixels"),
        (b64(b"<svg/>"), "row 1: it is an SVG drawing"),
        ({"b64": "?"}, "row 1: what stands under b64 is not base64"),
        ({"file": "a"}, "row 1: a picture is"),
    ],
)
def test_a_row_that_is_no_picture_is_told(pets: House, row: dict, told: str) -> None:
    status, answer = predict(pets, [SEEN.tolist(), row])
    assert status == 400
    assert answer["error"].startswith(told)


def test_mnists_four_files_are_one_upload(house: House) -> None:
    images, labels = drawing.noise(10, 16).reshape(10, 4, 4), np.arange(10, dtype=np.uint8) % 2
    files = {
        "train-images-idx3-ubyte.gz": images,
        "train-labels-idx1-ubyte.gz": labels,
        "t10k-images-idx3-ubyte.gz": images[:4],
        "t10k-labels-idx1-ubyte.gz": labels[:4],
    }
    parts = [(io.BytesIO(gzip.compress(idx(array))), name) for name, array in files.items()]
    body = house.ask("POST", "/v1/datasets", data={"name": "mnist", "file": parts}).get_json()
    assert body["format"] == "idx"
    assert body["splits"] == {"train": 10, "test": 4}
