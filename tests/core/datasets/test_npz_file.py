"""Archives that are not what they should be. Most are made by hand: numpy writes no wrong ones."""

import io
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest

from tests.core.datasets.conftest import Room

X, Y = np.arange(40.0).reshape(10, 4), np.arange(10) % 2


def npy(array: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.lib.format.write_array(file, array)
    return file.getvalue()


def header(text: str, data: bytes = b"", version: bytes = b"\x01\x00") -> bytes:
    """An `.npy` file with whatever header."""
    body = text.encode("latin-1")
    length = struct.pack("<H", len(body)) if version == b"\x01\x00" else struct.pack("<I", len(body))
    return b"\x93NUMPY" + version + length + body + data


def archive(members: dict[str, bytes], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", packing) as written:
        for name, content in members.items():
            written.writestr(name, content)
    return file.getvalue()


def refusal(room: Room, members: dict[str, bytes]) -> str:
    return room.refuse(archive(members), "arrays.npz").detail


def test_arrays_are_read_packed_and_not(room: Room) -> None:
    for packing in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        data = room.read(archive({"x.npy": npy(X), "y.npy": npy(Y)}, packing), "a.npz", test_split=0)
        assert (data.x_train == X).all()
        assert (data.y_train == Y).all()


@pytest.mark.parametrize("content", [b"no archive at all", b"PK\x03\x04 and nothing more", b"a,b\n1,2\n"])
def test_a_file_that_is_no_archive_is_refused(room: Room, content: bytes | str) -> None:
    assert room.refuse(content, "a.npz").detail.startswith(
        "It is not an .npz: it cannot be opened as a zip archive"
    )


def test_a_single_array_named_npz_is_refused(room: Room) -> None:
    assert "it is a single array (.npy)" in room.refuse(npy(X), "a.npz").detail


@pytest.mark.parametrize("cut", [100, 40, 10, 1])
def test_an_archive_that_is_cut_off_is_refused(room: Room, cut: int) -> None:
    whole = archive({"x.npy": npy(X), "y.npy": npy(Y)})
    room.refuse(whole[:-cut], "a.npz")


def test_an_archive_with_a_bit_turned_is_refused(room: Room) -> None:
    whole = bytearray(archive({"x.npy": npy(X), "y.npy": npy(Y)}, zipfile.ZIP_STORED))
    place = bytes(whole).index(npy(X)[-8:])
    whole[place] ^= 1
    assert room.refuse(bytes(whole), "a.npz").detail.startswith("x is damaged: ")


@pytest.mark.parametrize("name", ["../x.npy", "/x.npy", "a/x.npy", "x.txt", "x", "..\\x.npy", ".npy"])
def test_strange_names_are_refused(room: Room, name: str) -> None:
    assert "is no array's name" in refusal(room, {name: npy(X), "y.npy": npy(Y)})
    assert not list(room.into.parent.glob("**/x.npy"))


@pytest.mark.parametrize(
    "names",
    [
        ["x"],
        ["y"],
        ["a", "b"],
        ["x_train", "y_test"],
        ["x_train", "y_train", "x_test"],
        ["x", "y", "x_train"],
        [],
    ],
)
def test_other_arrays_than_expected_are_refused(room: Room, names: list[str]) -> None:
    detail = refusal(room, {f"{name}.npy": npy(Y) for name in names})
    assert detail.startswith("It has ")
    assert "where x and y, or x_train, y_train, x_test and y_test are expected" in detail


def test_further_arrays_are_not_read_with_a_warning(room: Room) -> None:
    data = room.arrays(x=X, y=Y, extra=np.array([None]))
    assert data.reading.warnings == ["extra: not read"]


class Trap:
    """Leaves a mark when it is unpickled."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (_spring, ("sprung",))


def _spring(_: str) -> None:
    Path("/tmp/fittingroom-trap-sprung").touch()


@pytest.mark.parametrize("trapped", ["x", "y"])
def test_pickles_are_refused_and_never_unpickled(room: Room, trapped: str) -> None:
    arrays = {"x": X, "y": Y} | {trapped: np.array([Trap()] * 10, dtype=object)}
    error = room.refuse_arrays(**arrays)
    assert error.detail == f"{trapped} holds pickled Python objects, which are never unpickled"
    assert not Path("/tmp/fittingroom-trap-sprung").exists()


def test_structured_rows_with_objects_are_refused(room: Room) -> None:
    assert "never unpickled" in room.refuse_arrays(x=np.zeros(10, [("a", "O")]), y=Y).detail


@pytest.mark.parametrize(
    "strange",
    [
        header("{'descr': '<f8', 'fortran_order': False, 'shape': (10, 4000000), }", b"x" * 320),
        header("{'descr': '<f8', 'fortran_order': False, 'shape': (10, 3), }", b"x" * 320),
        header(f"{{'descr': '<f8', 'fortran_order': False, 'shape': ({2**62}, {2**62}), }}"),
        header("{'descr': '<f8', 'fortran_order': False, 'shape': (-10, -4), }", b"x" * 320),
        header("{'descr': '<f8', 'fortran_order': False, 'shape': (10.0, 4), }", b"x" * 320),
        header("{'descr': '<f8', 'fortran_order': False}", b"x" * 320),
        header("{'descr': 'nonsense', 'fortran_order': False, 'shape': (10, 4), }", b"x" * 320),
        header("__import__('os').abort()"),
        header("(" * 5000),
        header("[" * 20000),
        header("{'descr': '<f8', 'fortran_order': False, 'shape': (10, 4), }", b"x" * 320, b"\x03\x00"),
        header("{'descr': '<f8', 'fortran_order': False, 'shape': (10, 4), }", b"x" * 320, b"\x09\x00"),
        b"\x93NUMPY\x01\x00\xff\xff{'descr'",
        b"\x93NUMPY",
        b"GIF89a",
        b"",
    ],
)
def test_headers_that_lie_or_are_none_are_refused(room: Room, strange: bytes) -> None:
    detail = refusal(room, {"x.npy": strange, "y.npy": npy(Y)})
    assert detail.startswith(
        ("x is not an array of numpy's: ", "x has the shape ", "x is of a version ", "x: shape ")
    )


def test_an_archive_that_unpacks_to_more_than_the_limit_is_refused_unread(room: Room) -> None:
    room.limit(max_unpacked_bytes=10 * 2**20)
    bomb = archive({"x.npy": npy(np.zeros((10, 2 * 2**20))), "y.npy": npy(Y)})
    assert len(bomb) < 2**20
    error = room.refuse(bomb, "a.npz")
    assert "unpacks to 167,772," in error.detail
    assert "at most 10,485,760 are taken (max_unpacked_bytes)" in error.detail


def test_an_archive_that_lies_about_its_size_is_refused(room: Room) -> None:
    # The archive's directory says 448 bytes where there are 160 MB.
    whole = archive({"x.npy": npy(np.zeros((10, 2 * 2**20))), "y.npy": npy(Y)})
    real, told = (struct.pack("<I", len(npy(array))) for array in (np.zeros((10, 2 * 2**20)), X))
    error = room.refuse(whole.replace(real, told), "a.npz")
    assert error.detail.startswith("x is damaged: ")


def test_a_header_that_fits_a_size_that_is_a_lie_is_refused(room: Room) -> None:
    head = header("{'descr': '<f8', 'fortran_order': False, 'shape': (10, 4), }")
    whole = archive({"x.npy": head + bytes(10**6), "y.npy": npy(Y)})
    real, told = struct.pack("<I", len(head) + 10**6), struct.pack("<I", len(head) + 320)
    assert "x is damaged" in room.refuse(whole.replace(real, told), "a.npz").detail


def test_arrays_that_grow_beyond_the_limit_when_scaled_are_refused(room: Room) -> None:
    room.limit(max_unpacked_bytes=2 * 2**20)
    error = room.refuse_arrays(x=np.zeros((10, 256, 400), np.uint8), y=Y)
    assert "would unpack to 4,096,000 bytes" in error.detail


def test_too_large_a_row_is_refused(room: Room) -> None:
    room.limit(max_row_bytes=100)
    assert "at most 100 are taken (max_row_bytes)" in room.refuse_arrays(x=np.zeros((10, 20)), y=Y).detail


def test_other_packing_than_numpys_is_refused(room: Room) -> None:
    whole = archive({"x.npy": npy(X), "y.npy": npy(Y)}, zipfile.ZIP_LZMA)
    assert "packed in a way that numpy does not use" in room.refuse(whole, "a.npz").detail


def test_an_encrypted_array_is_refused(room: Room) -> None:
    whole = bytearray(archive({"x.npy": npy(X), "y.npy": npy(Y)}))
    # The flags of an entry lie eight bytes into the directory's record of it.
    whole[bytes(whole).index(b"PK\x01\x02") + 8] |= 1
    assert room.refuse(bytes(whole), "a.npz").detail == "'x' is encrypted"


@pytest.mark.parametrize(
    ("x", "sentence"),
    [
        (np.array(3.0), "x is a single value, where an array of rows is expected"),
        (np.zeros((0, 4)), "x has no rows"),
        (np.zeros((10, 0)), "x has rows of shape [0], with nothing in them"),
    ],
)
def test_arrays_without_rows_are_refused(room: Room, x: np.ndarray, sentence: str) -> None:
    assert room.refuse_arrays(x=x, y=Y).detail == sentence


def test_rows_in_fortrans_order_are_read_as_what_they_are(room: Room) -> None:
    x = np.asfortranarray(np.random.default_rng(0).normal(size=(10, 3, 5)).astype(np.float32))
    data = room.arrays({"test_split": 0}, x=x, y=np.asfortranarray(np.eye(2)[Y]))
    assert (data.x_train == x).all()
    assert (data.y_train == Y).all()


def test_arrays_of_many_pieces_are_read_whole(room: Room) -> None:
    x = np.random.default_rng(0).normal(size=(3000, 1000)).astype(np.float32)
    data = room.arrays(x=x, y=np.arange(3000) % 3)
    kept = np.concatenate([data.x_train, data.x_test])
    assert data.reading.splits == {"train": 2400, "test": 600}
    assert (kept[np.lexsort(kept.T[:1])] == x[np.lexsort(x.T[:1])]).all()
