"""Archives that mean harm. What is sound is read through the formats that are archives."""

import stat
import struct
import time
import zipfile
from pathlib import Path

import pytest

from core import errors
from core.datasets import zip_file
from core.datasets.limits import Limits
from tests.core.datasets import drawing
from tests.core.datasets.conftest import LIMITS


def listed(folder: Path, content: bytes, limits: Limits = LIMITS) -> list[str]:
    path = folder / "archive"
    path.write_bytes(content)
    with zip_file.opened(path) as archive:
        return [entry.filename for entry in zip_file.files(archive, limits)]


def refusal(folder: Path, content: bytes) -> str:
    with pytest.raises(errors.InvalidDataError) as caught:
        listed(folder, content)
    assert [path.name for path in folder.iterdir()] == ["archive"]
    return caught.value.detail


def test_files_are_listed_without_folders_and_what_is_hidden(tmp_path: Path) -> None:
    names = [
        "a/",
        "a/1.png",
        "a/.DS_Store",
        "a/Thumbs.db",
        "__MACOSX/a/._1.png",
        ".git/config",
        "desktop.ini",
        "b",
    ]
    assert listed(tmp_path, drawing.zipped(dict.fromkeys(names, b""))) == ["a/1.png", "b"]


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("../a.png", "leads out of the archive"),
        ("a/../../a.png", "leads out of the archive"),
        ("a/..", "leads out of the archive"),
        ("/etc/passwd", "is a place outside of the archive"),
        ("//host/share", "is a place outside of the archive"),
        ("C:/a.png", "is a place outside of the archive"),
        ("c:a.png", "is a place outside of the archive"),
        ("a\\b.png", "has a backslash"),
        ("..\\a.png", "has a backslash"),
        ("a//b.png", "has a part that is empty"),
        ("./a.png", "has a part that is empty or '.'"),
        ("a\nb.png", "has characters that do not print"),
        ("../", "leads out of the archive"),
    ],
)
def test_a_name_that_leads_elsewhere_is_refused(tmp_path: Path, name: str, why: str) -> None:
    detail = refusal(tmp_path, drawing.zipped({"fine.png": b"", name: b"x"}))
    assert why in detail
    assert "is not taken: its name" in detail


def test_a_name_with_a_nul_is_refused(tmp_path: Path) -> None:
    whole = drawing.zipped({"a.png?.exe": b"x"}).replace(b"a.png?", b"a.png\0")
    assert "has characters that do not print" in refusal(tmp_path, whole)


@pytest.mark.parametrize(
    ("kind", "why"),
    [(stat.S_IFLNK, "is a link, and links are not followed"), (stat.S_IFIFO, "is no ordinary file")],
)
def test_a_link_or_a_pipe_is_refused(tmp_path: Path, kind: int, why: str) -> None:
    link = zipfile.ZipInfo("a/link.png")
    link.external_attr = (kind | 0o777) << 16
    path = tmp_path / "archive"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    assert refusal(tmp_path, path.read_bytes()) == f"'a/link.png' in the archive {why}"


def test_an_encrypted_file_is_refused(tmp_path: Path) -> None:
    whole = bytearray(drawing.zipped({"a.png": b"x"}))
    # The flags of an entry lie eight bytes into the directory's record of it.
    whole[bytes(whole).index(zip_file.RECORD) + 8] |= 1
    assert refusal(tmp_path, bytes(whole)) == "'a.png' in the archive is encrypted"


@pytest.mark.parametrize("packing", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_uncommon_packings_are_refused(tmp_path: Path, packing: int) -> None:
    assert "only stored and deflated files are" in refusal(tmp_path, drawing.zipped({"a.png": b"x"}, packing))


@pytest.mark.parametrize("name", ["a/more.zip", "x.NPZ", "pictures.tar.gz"])
def test_an_archive_within_is_refused(tmp_path: Path, name: str) -> None:
    detail = refusal(tmp_path, drawing.zipped({name: b"x"}))
    assert detail == f"'{name}' in the archive is an archive itself, and those are not opened"


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "archive"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.png", b"1")
        archive.writestr("a.png", b"2")
    assert refusal(tmp_path, path.read_bytes()) == "'a.png' is in the archive twice"


@pytest.mark.parametrize("entries", [zip_file.MOST_ENTRIES + 1, 1_000_000])
def test_a_million_entries_are_refused_at_once(tmp_path: Path, entries: int) -> None:
    begun = time.perf_counter()
    detail = refusal(tmp_path, drawing.directory(entries))
    assert detail == f"The archive has {entries:,} entries, and at most 200,000 are taken (max_entries)"
    assert time.perf_counter() - begun < 2


def test_a_directory_of_long_names_is_refused(tmp_path: Path) -> None:
    assert "The directory of the archive has" in refusal(tmp_path, drawing.directory(2000, b"a" * 60_000))


@pytest.mark.parametrize("size", [10 * 10**9 // 4, 2**32 - 1])
def test_what_unpacks_to_ten_gigabytes_is_refused(tmp_path: Path, size: int) -> None:
    names = drawing.directory(1, b"1.png", size=size)
    record = names[: names.index(b"PK\x05\x06")]
    content = b"".join(record.replace(b"1.png", f"{at}.png".encode()) for at in range(4))
    content += struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 4, 4, len(content), 0, 0)
    assert refusal(tmp_path, content) == (
        f"It unpacks to {4 * size:,} bytes, and at most 67,108,864 are taken (max_unpacked_bytes)"
    )


@pytest.mark.parametrize("told", [10, 500_000])
def test_a_file_is_read_no_further_than_its_size_is_told(tmp_path: Path, told: int) -> None:
    """Ten bytes are told of a million, and a million of ten bytes."""
    real = b"\0" * (1_000_000 if told == 10 else 10)
    whole = bytearray(drawing.zipped({"a.png": real}))
    at = bytes(whole).index(zip_file.RECORD)
    whole[at + 24 : at + 28] = struct.pack("<L", told)
    path = tmp_path / "archive"
    path.write_bytes(whole)
    with zip_file.opened(path) as archive:
        [entry] = zip_file.files(archive, LIMITS)
        with pytest.raises(errors.InvalidDataError, match=r"^'a.png' is damaged: "):
            zip_file.read(archive, entry, 2**20)
        with pytest.raises(errors.InvalidDataError, match="and at most 9 are taken"):
            zip_file.read(archive, entry, 9)


@pytest.mark.parametrize(
    "content",
    [b"", b"nothing", b"PK\x03\x04", drawing.zipped({"a": b"x"})[:-5]],
    # A zip says when it was made, and the tests that run side by side must be called the same.
    ids=["empty", "text", "its first bytes", "cut off"],
)
def test_what_is_no_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    assert refusal(tmp_path, content).startswith("It is not a zip archive: it cannot be opened")
