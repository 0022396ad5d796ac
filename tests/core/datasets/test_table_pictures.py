"""Tables in an archive, beside the pictures that a column of theirs names."""

import base64

import numpy as np
import pytest

from core import errors
from core.datasets import encoding
from tests.core.datasets import drawing
from tests.core.datasets.conftest import Data, Room

N = 12
PIXEL = drawing.saved(drawing.noise(6, 4, 3))


def members(header: str = "photo,age,y", *, folder: str = "set/") -> dict[str, bytes]:
    rows = "".join(f"pics/{n}.png,{n},{'pq'[n % 2]}\n" for n in range(N))
    pictures = {f"{folder}pics/{n}.png": PIXEL for n in range(N)}
    return {f"{folder}table.csv": (f"{header}\n" + rows).encode(), **pictures}


def read(room: Room, files: dict[str, bytes], **options: object) -> Data:
    return room.read(drawing.zipped(files), "set.zip", **options)


@pytest.mark.parametrize("folder", ["set/", ""])
def test_a_column_that_names_pictures_is_a_part_beside_the_others(room: Room, folder: str) -> None:
    data = read(room, members(folder=folder))
    columns, photo = data.reading.inputs["parts"]
    assert (columns["name"], columns["shape"]) == ("columns", [1])
    assert (photo["name"], photo["column"], photo["pictures"]) == ("photo", "photo", True)
    assert data.arrays["x1_train"].shape[1:] == tuple(photo["shape"])
    assert data.reading.target["classes"] == ["p", "q"]


def test_rows_of_a_prediction_have_the_picture_itself(room: Room) -> None:
    data = read(room, members(), test_split=0)
    row = {"photo": {"b64": base64.b64encode(PIXEL).decode()}, "age": 3, "y": "p"}
    x, x1 = encoding.encode(data.encoding, [row])
    assert np.array_equal(x1[0], data.arrays["x1_train"][0])
    numbers = (x1[0] * 255).round().tolist()
    assert np.allclose(encoding.encode(data.encoding, [{"photo": numbers, "age": 3}])[1], x1)
    with pytest.raises(errors.InvalidDataError, match="row 0: 'photo' is missing"):
        encoding.encode(data.encoding, [{"age": 3}])
    with pytest.raises(errors.InvalidDataError) as caught:
        encoding.encode(data.encoding, [{"age": 3, "photo": {"b64": "?"}}])
    assert [fault.pointer for fault in caught.value.faults] == ["#/instances/0/photo/b64"]
    assert x.shape == (1, 1)


def test_pictures_alone_are_a_single_input(room: Room) -> None:
    data = read(room, members(), drop=["age"], image_size=[2, 3], channels=1)
    assert data.reading.inputs["shape"] == [2, 3, 1]
    assert data.reading.inputs["column"] == "photo"
    picture = {"b64": base64.b64encode(PIXEL).decode()}
    for row in (picture, {"photo": picture}, [picture], np.zeros((2, 3, 1)).tolist()):
        assert encoding.encode(data.encoding, [row])[0].shape == (1, 2, 3, 1)


def test_a_picture_that_is_not_there_is_refused_by_name(room: Room) -> None:
    files = members()
    del files["set/pics/3.png"]
    error = room.refuse(drawing.zipped(files), "set.zip")
    assert error.detail == "Column 'photo' names 'pics/3.png', which is not in the archive"


@pytest.mark.parametrize("name", ["../pics/3.png", "/pics/3.png", "set/../set/pics/3.png"])
def test_a_name_that_leads_elsewhere_is_no_picture(room: Room, name: str) -> None:
    files = members()
    files["set/table.csv"] = files["set/table.csv"].replace(b"pics/3.png", name.encode())
    assert "is not in the archive" in room.refuse(drawing.zipped(files), "set.zip").detail


def test_a_table_beside_folders_of_pictures_that_it_does_not_name_is_not_read(room: Room) -> None:
    files = drawing.folders() | {"notes.csv": b"a,y\n1,p\n2,q\n"}
    data = read(room, files)
    assert data.reading.inputs["pictures"]
    assert "notes.csv" in data.reading.warnings[0]


def test_a_table_alone_in_an_archive_is_read(room: Room) -> None:
    assert read(room, {"notes.csv": b"a,y\n1,p\n2,q\n3,p\n"}).classes == ["p", "q"]


def test_several_tables_in_an_archive_are_refused(room: Room) -> None:
    files = members() | {"more.tsv": b"a\tb\n"}
    assert room.refuse(drawing.zipped(files), "set.zip").detail == (
        "One table is expected in the archive, and there are 2: 'set/table.csv', 'more.tsv'"
    )


def test_options_about_pictures_do_not_fit_a_table_without_any(room: Room) -> None:
    error = room.refuse("a,y\n1,p\n2,q\n", image_size=[2, 2], channels=3)
    assert [fault.pointer for fault in error.faults] == ["#/options/image_size", "#/options/channels"]
