"""MNIST's own format: two files or four, packed or not, and heads that lie."""

import gzip
import struct
from collections.abc import Mapping

import numpy as np
import pytest

from core import errors
from core.datasets import reader, storing
from core.datasets.options import parse_options
from core.datasets.reading import Upload
from tests.core.datasets import drawing
from tests.core.datasets.conftest import Data, Room

CODES = {"u1": 0x08, "i1": 0x09, "i2": 0x0B, "i4": 0x0C, "f4": 0x0D, "f8": 0x0E}
IMAGES, LABELS = drawing.noise(10, 28 * 28).reshape(10, 28, 28), np.arange(10, dtype=np.uint8) % 3


def idx(array: np.ndarray) -> bytes:
    kind = array.dtype.str[1:]
    head = bytes([0, 0, CODES[kind], array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
    return head + array.astype(f">{kind}").tobytes()


def head(*shape: int, code: int = 0x08) -> bytes:
    return bytes([0, 0, code, len(shape)]) + struct.pack(f">{len(shape)}I", *shape)


def uploads(room: Room, files: Mapping[str, bytes]) -> list[Upload]:
    found = []
    for at, (name, content) in enumerate(files.items()):
        path = room.uploads / f"file-{at}"
        path.write_bytes(content)
        found.append(Upload(name, path))
    return found


def read(room: Room, files: Mapping[str, bytes], **options: object) -> Data:
    return room.load(reader.read(uploads(room, files), parse_options(options), room.into, room.limits))


def refusal(room: Room, files: Mapping[str, bytes], **options: object) -> str:
    with pytest.raises(errors.InvalidDataError) as caught:
        read(room, files, **options)
    assert list(room.into.iterdir()) == []
    return caught.value.detail


def of_images(room: Room, content: bytes) -> str:
    """The refusal of a file of images beside sound labels."""
    return refusal(room, {"images": content, "labels": idx(LABELS)})


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_four_files_keep_their_test_rows(room: Room, pack: object) -> None:
    files = {
        "train-images-idx3-ubyte.gz": idx(IMAGES),
        "train-labels-idx1-ubyte.gz": idx(LABELS),
        "t10k-images-idx3-ubyte.gz": idx(IMAGES[:4] // 2),
        "t10k-labels-idx1-ubyte.gz": idx(LABELS[:4]),
    }
    data = read(room, {name: pack(content) for name, content in files.items()})
    assert data.reading.format == "idx"
    assert data.reading.inputs["shape"] == [28, 28, 1]
    assert data.reading.inputs["pictures"]
    assert data.reading.target == {"kind": "class", "name": "labels", "classes": ["0", "1", "2"]}
    assert (data.x_train[..., 0] == IMAGES.astype(np.float32) / 255).all()
    assert (data.x_test[..., 0] == (IMAGES[:4] // 2).astype(np.float32) / 255).all()
    assert (data.y_train == LABELS).all()
    assert (data.y_test == LABELS[:4]).all()


@pytest.mark.parametrize(
    "names", [("images", "labels"), ("b", "a"), ("labels.idx1", "images.idx3"), ("x", "x")]
)
def test_two_files_are_told_apart_by_their_axes(room: Room, names: tuple[str, str]) -> None:
    files = [Upload(names[0], room.uploads / "0"), Upload(names[1], room.uploads / "1")]
    files[0].path.write_bytes(gzip.compress(idx(IMAGES)))
    files[1].path.write_bytes(idx(LABELS))
    for given in (files, files[::-1]):
        found = reader.read(given, parse_options({}), room.into, room.limits)
        assert found.splits == {"train": 8, "test": 2}
        assert found.inputs["shape"] == [28, 28, 1]


@pytest.mark.parametrize("kind", list(CODES))
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_every_type_is_read_with_the_most_significant_byte_first(room: Room, kind: str, pack: object) -> None:
    x = np.random.default_rng(0).integers(-100, 100, (10, 4)).astype(kind)
    y = np.linspace(-1, 1, 10) if kind.startswith("f") else (np.arange(10) % 2 + 3)
    data = read(room, {"x": pack(idx(x)), "y": pack(idx(y.astype(kind)))}, test_split=0)
    assert (data.x_train == x.astype(data.x_train.dtype)).all()
    if kind.startswith("f"):
        assert data.reading.target["kind"] == "number"
    else:
        assert data.classes == ["3", "4"]


def test_more_or_fewer_labels_than_images_are_refused(room: Room) -> None:
    files = {"a": idx(IMAGES), "b": idx(LABELS[:9])}
    assert refusal(room, files) == "images has 10 rows, and labels has 9"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (idx(IMAGES)[:-1], "which takes 7,840 bytes, and there are 7,839"),
        (idx(IMAGES) + b"\0", "which takes 7,840 bytes, and there are more"),
        (idx(IMAGES) + b"\0" * 10**6, "which takes 7,840 bytes, and there are more"),
        (head(10, 28, 28), "which takes 7,840 bytes, and there are 0"),
        (
            head(2**32 - 1, 28, 28),
            "which takes 3,367,254,359,280 bytes, and at most 67,108,864 are taken in all",
        ),
        (head(*[2**32 - 1] * 8), "max_row_bytes"),
        (head(2**31, 2**31, 2**2), "max_row_bytes"),
        (head(0, 28, 28), "has the shape [0, 28, 28], with nothing in it"),
        (head(10, 0), "has the shape [10, 0], with nothing in it"),
        (head(10, 28, 28)[:13], "is cut off in the middle of its head"),
        (head(10, 28, 28)[:4], "is cut off in the middle of its head"),
        (head(60_000, 4000), "max_unpacked_bytes"),
    ],
)
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_head_that_lies_is_refused(room: Room, content: bytes, sentence: str, pack: object) -> None:
    detail = of_images(room, pack(content))
    assert sentence in detail
    assert "'images' " in detail


def test_a_packed_file_that_is_damaged_or_cut_off_is_refused(room: Room) -> None:
    packed = gzip.compress(idx(IMAGES))
    assert of_images(room, packed[:-20]).startswith("'images' is damaged or cut off")
    assert of_images(room, packed[:-8] + b"\0" * 8).startswith("'images' is damaged or cut off")
    middle = len(packed) // 2
    assert of_images(room, packed[:middle] + b"\xff" * 50 + packed[middle + 50 :]).startswith("'images' ")


def test_a_bomb_is_unpacked_no_further_than_its_head_says(room: Room) -> None:
    bomb = gzip.compress(head(10, 4) + b"\0" * (30 * 2**20), 1)
    room.limit(max_unpacked_bytes=2**20)
    assert "takes 40 bytes, and there are more" in of_images(room, bomb)


def test_all_files_together_unpack_to_no_more_than_the_limit(room: Room) -> None:
    room.limit(max_unpacked_bytes=8000)
    assert "max_unpacked_bytes" in refusal(room, {"a": idx(IMAGES), "b": idx(np.zeros(500, np.uint8))})


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ({"a": idx(IMAGES)}, "Images and labels are expected, one IDX file of each"),
        (
            {"a": idx(IMAGES), "b": idx(IMAGES)},
            "Here is 'a' of shape [10, 28, 28], 'b' of shape [10, 28, 28]",
        ),
        ({"a": idx(LABELS), "b": idx(LABELS)}, "labels have one axis"),
        ({"a": idx(IMAGES), "b": idx(LABELS), "c": idx(LABELS)}, "Images and labels are expected"),
        (
            dict(zip("abcd", [idx(IMAGES), idx(LABELS)] * 2, strict=True)),
            "with t10k or test in their names; here 0 are",
        ),
        (
            {"train-a": idx(IMAGES), "test-b": idx(IMAGES), "train-c": idx(LABELS), "test-d": idx(IMAGES)},
            "'test-b' of shape",
        ),
        ({f"{at}": idx(LABELS) for at in range(5)}, "At most 4 files are expected, and there are 5"),
        ({"a": idx(IMAGES), "b.csv": b"a,y\n1,2\n"}, "'b.csv' is in another format than 'a'"),
        ({"a": idx(IMAGES), "b": b""}, "'b' is an empty file"),
    ],
)
def test_files_that_do_not_belong_together_are_refused(
    room: Room, files: dict[str, bytes], sentence: str
) -> None:
    assert sentence in refusal(room, files)


def test_images_to_reconstruct_need_no_labels(room: Room) -> None:
    for files in (
        {"images": idx(IMAGES)},
        {"images": idx(IMAGES), "labels": idx(LABELS)},
        {"train": idx(IMAGES), "test": idx(IMAGES[:2])},
    ):
        data = read(room, files, task="reconstruction")
        assert data.reading.target == {"kind": "reconstruction", "shape": [28, 28, 1]}
        assert sorted(data.arrays) == ["x_test", "x_train"]
        assert data.reading.splits["test"] == 2
        storing.sweep(room.into)
    assert "Images and labels are expected" in refusal(room, {"a": idx(LABELS)}, task="reconstruction")


def test_columns_cannot_be_named(room: Room) -> None:
    assert "no columns to name" in refusal(room, {"a": idx(IMAGES), "b": idx(LABELS)}, target="y")
