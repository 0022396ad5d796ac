"""What one sees of a data set: of every format, and never more than a page takes."""

import base64
import gzip
import io
import json
import tracemalloc

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_iris

from core.datasets import column_statistics, finding, preview, shown
from tests.core.datasets import drawing
from tests.core.datasets.conftest import Data, Room
from tests.core.datasets.test_idx_file import idx
from tests.core.datasets.test_idx_file import read as read_idx

ISLANDS = "island,mass,tag,species\n" + "".join(
    f"{['Dream', 'Biscoe', ''][n % 3]},{[n, 'NA'][n == 7]},{n:03},{'ab'[n % 2]}\n" for n in range(40)
)


def shown_of(room: Room, _: Data) -> dict:
    content = (room.into / "preview.json").read_bytes()
    assert len(content) <= preview.MOST_BYTES
    return json.loads(content)


def test_a_table_is_shown_as_it_was_uploaded(room: Room) -> None:
    found = shown_of(room, room.read(ISLANDS))
    assert len(found["rows"]) == 40
    assert found["rows"][:3] == [
        {"island": "Dream", "mass": 0, "tag": "000", "species": "a"},
        {"island": "Biscoe", "mass": 1, "tag": "001", "species": "b"},
        {"island": None, "mass": 2, "tag": "002", "species": "a"},
    ]
    assert found["rows"][7]["mass"] is None
    assert found["thumbnails"] == []


def test_the_columns_of_a_table_have_statistics_of_the_training_rows(room: Room) -> None:
    data = room.read(ISLANDS, seed=3)
    found = shown_of(room, data)
    island, mass, _, species = found["columns"]
    assert found["sampled_rows"] == 32
    assert (island["kind"], island["distinct"], island["count"] + island["missing"]) == ("category", 2, 32)
    assert island["values"][0]["count"] >= island["values"][1]["count"]
    assert mass["count"] + mass["missing"] == 32
    number = data.reading.inputs["columns"][1]
    assert number["name"] == "mass"
    assert mass["mean"] == pytest.approx(number["mean"], rel=1e-4)
    assert mass["std"] == pytest.approx(number["std"], rel=1e-4)
    assert sum(mass["histogram"]["counts"]) == mass["count"]
    assert mass["histogram"]["edges"][0] == mass["min"]
    assert mass["histogram"]["edges"][-1] == mass["max"]
    assert {value["value"]: value["count"] for value in species["values"]} == {"a": 16, "b": 16}


def test_classes_are_counted_in_both_splits(room: Room) -> None:
    assert shown_of(room, room.read(ISLANDS))["class_counts"] == [
        {"class": "a", "train": 16, "test": 4},
        {"class": "b", "train": 16, "test": 4},
    ]


def test_numbers_to_predict_have_no_classes(room: Room) -> None:
    table = "a,y\n" + "".join(f"{n},{n / 7}\n" for n in range(30))
    assert shown_of(room, room.read(table))["class_counts"] == []


def test_rows_without_a_target_are_not_shown(room: Room) -> None:
    found = shown_of(room, room.read("a,y\n1,\n" + "".join(f"{n},{'pq'[n % 2]}\n" for n in range(20))))
    assert found["rows"][0] == {"a": 0, "y": "p"}


@pytest.mark.parametrize("standardize", [False, True])
def test_arrays_are_shown_in_their_own_units(room: Room, standardize: bool) -> None:
    iris = load_iris()
    found = shown_of(room, room.arrays({"standardize": standardize}, x=iris.data, y=iris.target))
    assert np.array([row["x"] for row in found["rows"]]) == pytest.approx(iris.data[:100])
    assert [row["y"] for row in found["rows"]] == [str(label) for label in iris.target[:100]]
    assert [column["name"] for column in found["columns"]] == ["x[0]", "x[1]", "x[2]", "x[3]", "y"]
    assert found["columns"][0]["mean"] == pytest.approx(iris.data[:, 0].mean(), abs=0.1)
    assert found["columns"][4]["values"] == [{"value": label, "count": 40} for label in "012"]


def test_pictures_of_an_array_are_drawn(room: Room) -> None:
    x, y = drawing.noise(30, 64 * 8).reshape(30, 8, 8, 8)[..., 0], np.arange(30) % 3
    data = room.arrays(x=x, y=y)
    found = shown_of(room, data)
    assert len(found["thumbnails"]) == 24
    assert {picture["class"] for picture in found["thumbnails"]} == {"0", "1", "2"}
    for picture in found["thumbnails"]:
        seen = np.asarray(Image.open(io.BytesIO(base64.b64decode(picture["png_base64"]))))
        assert (seen == x[picture["row"]]).all()
        assert picture["class"] == str(y[picture["row"]])
    assert found["rows"][4] == {"x": x[4].tolist(), "y": "1"}
    [pixels, _] = found["columns"]
    assert pixels["count"] == 24 * 64


def test_folders_of_pictures_show_every_class(room: Room) -> None:
    members = drawing.folders(8, 20, size=3)
    found = shown_of(room, room.read(drawing.zipped(members), "a.zip"))
    assert found["rows"][0] == {"file": "a/0.png", "class": "a"}
    assert sorted(picture["class"] for picture in found["thumbnails"]) == sorted("abcdefgh" * 3)
    assert found["class_counts"][7] == {"class": "h", "train": 16, "test": 4}


def test_large_pictures_are_shown_small(room: Room) -> None:
    members = {f"{name}/{at}.png": drawing.saved(drawing.noise(200, 100, 3)) for name in "ab" for at in "01"}
    found = shown_of(room, room.read(drawing.zipped(members), "a.zip"))
    sizes = [
        Image.open(io.BytesIO(base64.b64decode(picture["png_base64"]))).size
        for picture in found["thumbnails"]
    ]
    assert sizes == [(32, 64)] * 4


def test_mnists_own_files_are_drawn(room: Room) -> None:
    images = drawing.noise(10, 28 * 28).reshape(10, 28, 28)
    files = {"i": gzip.compress(idx(images)), "l": gzip.compress(idx(np.arange(10, dtype=np.uint8) % 2))}
    found = shown_of(room, read_idx(room, files))
    assert len(found["thumbnails"]) == 8
    assert found["rows"][0]["labels"] == "0"
    assert found["rows"][0]["x"]["shape"] == [28, 28]
    assert found["rows"][0]["x"]["max"] == images[0].max()


def test_a_preview_of_many_rows_takes_no_more_memory_than_one_of_few(room: Room) -> None:
    count = 300_000
    x, y = np.zeros((count, 1), np.uint8), np.arange(count) % 2
    data = room.arrays(x_train=x, y_train=y, x_test=x[:9], y_test=y[:9])
    test = np.repeat([False, True], [count, 9])
    tracemalloc.start()
    built = preview.build(finding.Found(data.encoding, test, None, []), room.into)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(built["rows"]) == shown.MOST_ROWS
    assert peak < 20 * count


def test_wide_rows_are_summed_up(room: Room) -> None:
    x = np.arange(3000.0).reshape(10, 300)
    found = shown_of(room, room.arrays(x=x, y=np.arange(10) % 2))
    assert found["rows"][1]["x"] == {"shape": [300], "min": 300, "max": 599, "mean": 449.5}
    assert [column["name"] for column in found["columns"]] == ["x", "y"]


@pytest.mark.parametrize(
    ("columns", "cell"), [(300, "x" * 20_000), (3, "x" * 50_000), (300, "ü€😀" * 1000), (900, "1")]
)
def test_no_table_makes_a_preview_too_long(room: Room, columns: int, cell: str) -> None:
    names = ",".join(["y", "z", *(f"{'n' * 100}{at}" for at in range(columns))])
    rows = [",".join(["ab"[n % 2], str(n), *[cell if n % 3 else "1"] * columns]) for n in range(6)]
    room.limit(max_unpacked_bytes=2**30)
    found = shown_of(room, room.read("\n".join([names, *rows])))
    assert len(found["columns"]) <= shown.MOST_COLUMNS
    assert found["rows"][1]["z"] == 1


def test_a_sample_is_the_same_every_time_and_no_more_than_asked() -> None:
    assert shown.sample(5, 10).tolist() == [0, 1, 2, 3, 4]
    some = shown.sample(1000, 10)
    assert (some == shown.sample(1000, 10)).all()
    assert len(set(some.tolist())) == 10


@pytest.mark.parametrize(
    "values",
    [[], [np.nan], [1e308, -1e308], [1e300] * 3, [np.inf, 1], [5e-324, 1e-323], [2.0**53, 2.0**53 + 2]],
)
def test_statistics_of_any_numbers_are_json(values: list[float]) -> None:
    found = column_statistics.numbers("x", np.array(values, np.float64))
    json.dumps(found, allow_nan=False)
    assert found["count"] + found["missing"] == len(values)


def test_statistics_are_those_of_numpy() -> None:
    values = np.random.default_rng(0).normal(size=1000)
    found = column_statistics.numbers("x", values)
    assert found["quantiles"]["0.25"] == pytest.approx(np.quantile(values, 0.25), rel=1e-5)
    assert found["histogram"]["counts"] == np.histogram(values, 10)[0].tolist()
