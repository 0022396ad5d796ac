"""Folders of pictures, as people pack them."""

import zipfile

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_digits, load_sample_images

from core.datasets import encoding
from tests.core.datasets import drawing
from tests.core.datasets.conftest import Data, Room

PIXEL = drawing.saved(drawing.noise(4, 4))


def read(room: Room, members: dict[str, bytes], **options: object) -> Data:
    return room.read(drawing.zipped(members), "pictures.zip", **options)


def refusal(room: Room, members: dict[str, bytes], **options: object) -> str:
    return room.refuse(drawing.zipped(members), "pictures.zip", **options).detail


def test_digits_in_folders_are_read_to_the_last_bit(room: Room) -> None:
    digits = load_digits()
    drawn = (digits.images[:200] * 15).astype(np.uint8)
    members = {
        f"digits/{label}/{index:03}.png": drawing.saved(image)
        for index, (image, label) in enumerate(zip(drawn, digits.target[:200], strict=True))
    }
    data = read(room, members)
    assert data.reading.format == "images"
    assert data.reading.inputs == {
        "shape": [8, 8, 1],
        "dtype": "float32",
        "raw_shape": [8, 8, 1],
        "pictures": True,
    }
    assert data.reading.target == {"kind": "class", "name": "class", "classes": [str(n) for n in range(10)]}
    assert data.reading.splits == {"train": 160, "test": 40}
    assert data.reading.warnings == []
    order = np.argsort(digits.target[:200], kind="stable")
    seen = np.concatenate([data.x_train, data.x_test])[..., 0]
    expected = drawn[order].astype(np.float32) / 255
    assert (np.sort(seen.reshape(200, -1), axis=0) == np.sort(expected.reshape(200, -1), axis=0)).all()
    for x, y in zip(data.x_train, data.y_train, strict=True):
        of_class = drawn[digits.target[:200] == y].astype(np.float32) / 255
        assert (of_class == x[..., 0]).all(axis=(1, 2)).any()


def test_photographs_are_resized_as_asked(room: Room) -> None:
    members = {}
    for name, photograph in zip(("china", "flower"), load_sample_images().images, strict=True):
        for index in range(3):
            cut = photograph[index * 20 :, index * 30 :]
            members[f"{name}/{index}.jpg"] = drawing.saved(cut, "JPEG", quality=90)
    data = read(room, members, image_size=[48, 64], test_split=0)
    assert data.reading.inputs["shape"] == [48, 64, 3]
    assert data.reading.warnings == ["6 pictures of 6: resized to 48 x 64 (height x width)"]
    expected = np.asarray(Image.fromarray(load_sample_images().images[0]).resize((64, 48), Image.BILINEAR))
    assert np.abs(data.x_train[0] - expected / 255).mean() < 0.02


def test_folders_of_train_and_test_are_kept(room: Room) -> None:
    members = drawing.folders(3, 4, above="train/") | drawing.folders(3, 2, above="test/")
    data = read(room, members)
    assert data.reading.splits == {"train": 12, "test": 6}
    assert data.classes == ["a", "b", "c"]
    assert data.y_test.tolist() == [0, 0, 1, 1, 2, 2]


@pytest.mark.parametrize("above", ["pets/", "my/own/pets/"])
def test_a_folder_around_it_all_says_nothing(room: Room, above: str) -> None:
    assert read(room, drawing.folders(2, 5, above=above)).classes == ["a", "b"]


def test_train_and_test_are_found_within_a_folder_in_any_case(room: Room) -> None:
    members = drawing.folders(2, 3, above="set/Training/") | drawing.folders(2, 1, above="set/TESTING/")
    assert read(room, members).reading.splits == {"train": 6, "test": 2}


@pytest.mark.parametrize("name", ["val", "Validation", "dev"])
def test_a_validation_folder_belongs_to_the_training_rows(room: Room, name: str) -> None:
    members = drawing.folders(2, 3, above="train/") | drawing.folders(2, 1, above=f"{name}/")
    data = read(room, members | drawing.folders(2, 2, above="test/"))
    assert data.reading.splits == {"train": 8, "test": 4}
    assert data.reading.warnings == [f"{name.lower()!r}: its pictures were added to the training rows"]


@pytest.mark.parametrize("name", ["val", "dev"])
def test_a_validation_folder_alone_is_a_folder_like_any_other(room: Room, name: str) -> None:
    data = read(room, drawing.folders(2, 5, above=f"{name}/"))
    assert data.classes == ["a", "b"]
    assert data.reading.splits == {"train": 8, "test": 2}


def test_a_train_folder_alone_leaves_the_test_to_chance(room: Room) -> None:
    assert read(room, drawing.folders(2, 5, above="train/")).reading.splits == {"train": 8, "test": 2}


def test_classes_that_are_numbers_are_in_their_order(room: Room) -> None:
    members = {f"{number}/{index}.png": PIXEL for number in (10, 9, 2) for index in range(2)}
    assert read(room, members).classes == ["2", "9", "10"]


def test_pictures_to_reconstruct_need_no_folders(room: Room) -> None:
    members = {f"{index}.png": drawing.saved(drawing.noise(4, 4, seed=index)) for index in range(10)}
    data = read(room, members, task="reconstruction")
    assert data.reading.target == {"kind": "reconstruction", "shape": [4, 4, 1]}
    assert sorted(data.arrays) == ["x_test", "x_train"]
    assert data.reading.splits == {"train": 8, "test": 2}
    decoded = encoding.decode(data.encoding, data.x_train[:1])
    assert decoded == pytest.approx(np.round(decoded))


def test_more_classes_than_are_taken_are_refused(room: Room) -> None:
    room.limit(max_classes=2)
    assert "There are 3 folders of classes, and at most 2 are taken" in refusal(room, drawing.folders(3))


def test_what_systems_leave_behind_is_not_seen(room: Room) -> None:
    clutter = ["__MACOSX/a/._0.png", "a/.DS_Store", "b/Thumbs.db", ".git/HEAD", "desktop.ini"]
    data = read(room, drawing.folders() | dict.fromkeys(clutter, b"?"))
    assert data.reading.rows == 10
    assert data.reading.warnings == []


def test_other_files_are_named_in_a_warning(room: Room) -> None:
    data = read(room, drawing.folders() | {"README.txt": b"", "a/notes.md": b""})
    assert data.reading.warnings == [
        "2 files in the archive: not read, for no picture: 'README.txt', 'a/notes.md'"
    ]


def test_the_commonest_size_is_everyones(room: Room) -> None:
    members = drawing.folders(2, 4, size=6) | {"a/odd.png": drawing.saved(drawing.noise(9, 3))}
    data = read(room, members)
    assert data.reading.inputs["shape"] == [6, 6, 1]
    assert data.reading.warnings == ["1 picture of 9: resized to 6 x 6 (height x width)"]


def test_one_picture_with_colours_gives_all_three_channels(room: Room) -> None:
    members = drawing.folders() | {"a/colour.png": drawing.saved(drawing.noise(4, 4, 3))}
    assert read(room, members).reading.inputs["shape"] == [4, 4, 3]


@pytest.mark.parametrize("channels", [1, 3])
def test_channels_can_be_asked_for(room: Room, channels: int) -> None:
    members = drawing.folders() | {"a/colour.png": drawing.saved(drawing.noise(4, 4, 3))}
    assert read(room, members, channels=channels).reading.inputs["shape"] == [4, 4, channels]


def test_a_row_can_be_given_another_shape(room: Room) -> None:
    data = read(room, drawing.folders(), input_shape=[16])
    assert data.x_train.shape[1:] == (16,)
    assert encoding.encode(data.encoding, [drawing.noise(4, 4, 1).tolist()])[0].shape == (1, 16)


def test_every_format_that_is_taken_may_stand_beside_another(room: Room) -> None:
    image = Image.fromarray(drawing.noise(6, 6, 3))
    members = {
        f"{name}/{form}.{form.lower()}": drawing.saved(image, form)
        for name in "ab"
        for form in ("PNG", "JPEG", "GIF", "BMP", "WEBP")
    }
    assert read(room, members).reading.rows == 10


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a/x.png", PIXEL[:40], "'a/x.png': it is a PNG that is damaged or cut off"),
        ("a/x.png", PIXEL[:-26], "'a/x.png': it is a PNG that is damaged or cut off"),
        ("a/x.png", b"<svg/>", "'a/x.png': it is an SVG drawing, and PNG, JPEG, GIF, BMP and WebP are taken"),
        ("a/x.svg", b"<svg/>", "PNG, JPEG, GIF, BMP and WebP are taken, and not 'a/x.svg'"),
        ("a/x.tiff", b"II*\0", "PNG, JPEG, GIF, BMP and WebP are taken, and not 'a/x.tiff'"),
        ("a/x.jpg", b"", "'a/x.jpg': it is empty, and PNG, JPEG, GIF, BMP and WebP are taken"),
        (
            "a/x.png",
            drawing.png(50_000, 50_000),
            "'a/x.png': it is a PNG of more than 25,000,000 pixels (max_pixels)",
        ),
        ("x.png", PIXEL, "'x.png' lies in no folder of a class: the folder of a picture is its class"),
        ("../x.png", PIXEL, "'../x.png' in the archive is not taken: its name leads out of the archive"),
        ("more.zip", b"PK", "'more.zip' in the archive is an archive itself, and those are not opened"),
    ],
)
def test_what_does_not_belong_is_refused_by_name(
    room: Room, name: str, content: bytes, sentence: str
) -> None:
    assert refusal(room, drawing.folders() | {name: content}) == sentence
    assert not list(room.into.parent.glob("**/x.png"))


def test_a_picture_whose_data_was_changed_is_refused(room: Room) -> None:
    whole = bytearray(drawing.zipped(drawing.folders(), zipfile.ZIP_STORED))
    whole[bytes(whole).index(b"IDAT") + 6] ^= 1
    detail = room.refuse(bytes(whole), "a.zip").detail
    assert detail.startswith("'a/0.png' is damaged: ")


@pytest.mark.parametrize(
    ("members", "sentence"),
    [
        ({}, "There is no picture in the archive"),
        ({"a/b.txt": b""}, "There is no picture in the archive"),
        ({"0.png": PIXEL, "1.png": PIXEL}, "lies in no folder of a class"),
        (drawing.folders(1), "is 'a' in every row"),
        (
            drawing.folders(2, above="train/") | drawing.folders(3, above="test/"),
            "The test rows have the class 'c', and no training row has it",
        ),
        (drawing.folders(2, above="test/") | drawing.folders(2, above="more/"), None),
    ],
)
def test_folders_that_make_no_classes_are_refused(
    room: Room, members: dict[str, bytes], sentence: str | None
) -> None:
    if sentence is None:
        assert read(room, members).classes == ["more", "test"]
    else:
        assert sentence in refusal(room, members)


@pytest.mark.parametrize(
    ("options", "pointer"),
    [
        ({"target": "a"}, "#/options/target"),
        ({"task": "regression"}, "#/options/task"),
        ({"standardize": True}, "#/options/standardize"),
        ({"input_shape": [5]}, "#/options/input_shape"),
    ],
)
def test_options_that_say_nothing_about_pictures_are_refused(
    room: Room, options: dict[str, object], pointer: str
) -> None:
    error = room.refuse(drawing.zipped(drawing.folders()), "a.zip", **options)
    assert [fault.pointer for fault in error.faults] == [pointer]


def test_pictures_that_would_become_too_large_are_refused_with_a_way_out(room: Room) -> None:
    room.limit(max_unpacked_bytes=10_000)
    error = room.refuse(drawing.zipped(drawing.folders()), "a.zip", image_size=[100, 100])
    assert "It would unpack to 400,000 bytes" in error.detail
    assert "options.image_size" in error.detail
