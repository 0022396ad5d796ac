"""Whatever a picture, an archive or an IDX file holds: a data set or a sentence, and nothing left."""

import contextlib
import gzip
import os
import struct
import zipfile
from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
from hypothesis import event, example, given, settings
from hypothesis import strategies as st

from core import errors
from core.datasets import options, pictures, reader, reading
from tests.core.datasets import drawing
from tests.core.datasets.conftest import Room
from tests.core.datasets.hostile import CHANGES, mangled
from tests.core.datasets.test_fuzz import check, refused
from tests.core.datasets.test_idx_file import idx, uploads

EXAMPLES = int(os.environ.get("FITTINGROOM_EXAMPLES", "50"))
fuzz = settings(max_examples=EXAMPLES, derandomize=True, deadline=None)
FORMS = ("PNG", "JPEG", "GIF", "BMP", "WEBP")
ASKED = st.fixed_dictionaries(
    {},
    optional={
        "image_size": st.sampled_from([[1, 1], [3, 5]]),
        "channels": st.sampled_from([1, 3]),
        "test_split": st.sampled_from([0, 0.2, 0.9]),
        "input_shape": st.sampled_from([[16], [48], [4, 4, 1]]),
        "task": st.sampled_from(["classification", "reconstruction"]),
    },
)
# Pillow warns of pictures that are odd and can still be read.
pytestmark = pytest.mark.filterwarnings("ignore")


@cache
def _picture(form: str, channels: int) -> bytes:
    pixels = drawing.noise(9, 7) if channels == 1 else drawing.noise(9, 7, 3)
    how = {"progressive": True} if form == "JPEG" and channels == 3 else {}
    return drawing.saved(pixels, form, **how)


@cache
def _archive(packing: int) -> bytes:
    return drawing.zipped(drawing.folders(2, 3) | {"README.md": b"# Pictures"}, packing)


@given(form=st.sampled_from(FORMS), channels=st.sampled_from([1, 3]), changes=CHANGES)
@fuzz
def test_a_mangled_picture(form: str, channels: int, changes: list) -> None:
    content = mangled(_picture(form, channels), changes)
    with contextlib.suppress(errors.InvalidDataError):
        seen = pictures.look(content)
        event(f"{form} looked at")
        assert seen.height * seen.width <= pictures.MOST_PIXELS
        decoded = pictures.decode(content, (4, 4), channels, 10_000)
        event(f"{form} decoded")
        assert decoded.shape == (4, 4, channels)
        assert decoded.dtype == np.uint8


@given(head=st.sampled_from([magic for magic, _ in pictures.DECODERS]), rest=st.binary(max_size=200))
@fuzz
def test_bytes_that_only_begin_as_a_picture(head: bytes, rest: bytes) -> None:
    webp = b"WEBP" if head == b"RIFF" else b""
    content = head + rest[:4] + webp + rest[4:]
    for use in (pictures.look, lambda content: pictures.decode(content, (4, 4), 3, 10_000)):
        with contextlib.suppress(errors.InvalidDataError):
            use(content)


@given(form=st.sampled_from(FORMS), channels=st.sampled_from([1, 3]), changes=CHANGES, asked=ASKED)
@fuzz
def test_a_mangled_picture_in_a_sound_archive(
    new_room: Callable[[], Room], form: str, channels: int, changes: list, asked: dict
) -> None:
    members = drawing.folders(2, 2) | {"a/odd.png": mangled(_picture(form, channels), changes)}
    check(new_room(), drawing.zipped(members, zipfile.ZIP_STORED), "a.zip", asked)


@given(packing=st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]), changes=CHANGES, asked=ASKED)
@fuzz
def test_a_mangled_archive_of_pictures(
    new_room: Callable[[], Room], packing: int, changes: list, asked: dict
) -> None:
    check(new_room(), mangled(_archive(packing), changes), "a.zip", asked)


NAMES = (
    *("../x.png", "/x.png", "C:x.png", "a\\x.png", "a/", "a//x.png", "a/./1.png", "b/../../1.png"),
    *("train/a/1.png", "test/b/1.png", "val/a/1.png", ".hidden/x.png", "a/b/c/d.png", "A/1.PNG"),
    *("a.zip", "data.csv", "x.svg", "train"),
)
NAME = st.one_of(
    st.sampled_from(NAMES),
    st.text(min_size=1, max_size=8),
    st.lists(st.sampled_from(["a", "b", "..", ".", "", "train", "test"]), max_size=4).map("/".join),
).filter(lambda name: name and name[0] != "\0")
CONTENT = st.one_of(
    st.sampled_from([_picture("PNG", 1), _picture("JPEG", 3), b"", b"<svg/>", b"a,y\n1,2\n"]),
    st.binary(max_size=20),
)


@given(members=st.dictionaries(NAME, CONTENT, max_size=6), sound=st.booleans(), asked=ASKED)
@fuzz
def test_an_archive_of_whatever_files(
    new_room: Callable[[], Room], members: dict[str, bytes], sound: bool, asked: dict
) -> None:
    room = new_room()
    check(room, drawing.zipped((drawing.folders(2, 2) if sound else {}) | members), "a.zip", asked)
    outside = {path.name for path in room.into.parent.iterdir()}
    assert outside == {"uploads", "into"}


@given(content=st.binary(max_size=300))
@example(content=b"PK\x05\x06" + b"\xff" * 18)
@fuzz
def test_arbitrary_bytes_as_an_archive(new_room: Callable[[], Room], content: bytes) -> None:
    check(new_room(), content, "a.zip", {})


LENGTH = st.sampled_from([0, 1, 2, 3, 4, 10, 2**16, 2**31, 2**32 - 1])


@st.composite
def arrays(draw: st.DrawFn) -> bytes:
    """An IDX file whose head says this or that, packed or not, and mangled or not."""
    lengths = draw(st.lists(LENGTH, min_size=1, max_size=4))
    kind = draw(st.sampled_from([0x08, 0x08, 0x09, 0x0B, 0x0C, 0x0D, 0x0E]))
    head = bytes([0, 0, kind, len(lengths)]) + struct.pack(f">{len(lengths)}I", *lengths)
    content = head + draw(st.binary(max_size=100))
    if draw(st.booleans()):
        content = idx(drawing.noise(10, 4) if draw(st.booleans()) else drawing.noise(1, 10)[0] % 2)
    if draw(st.booleans()):
        content = gzip.compress(content, mtime=0)
    return mangled(content, draw(CHANGES)) if draw(st.booleans()) else content


@given(
    files=st.lists(arrays(), min_size=1, max_size=4),
    sound=st.booleans(),
    asked=st.fixed_dictionaries({}, optional={"standardize": st.booleans(), "input_shape": st.just([2, 2])}),
)
@fuzz
def test_idx_files_that_say_whatever(
    new_room: Callable[[], Room], files: list[bytes], sound: bool, asked: dict
) -> None:
    room = new_room()
    if sound:
        files = [files[0], idx(np.arange(10, dtype=np.uint8) % 2)]
    named = dict(zip(["train-a", "train-b", "t10k-c", "t10k-d"], files, strict=False))
    try:
        found = reader.read(uploads(room, named), options.parse_options(asked), room.into, room.limits)
    except errors.InvalidDataError as error:
        event("refused")
        refused(room, error)
    else:
        event("read")
        room.load(found)


@given(
    content=st.one_of(
        CHANGES.map(lambda changes: mangled(_archive(zipfile.ZIP_DEFLATED), changes)), st.binary(max_size=99)
    )
)
@settings(max_examples=max(2, EXAMPLES // 50), derandomize=True, deadline=None)
def test_the_same_apart(new_room: Callable[[], Room], content: bytes) -> None:
    room = new_room()
    asked = options.parse_options(None)
    answer = reading.ask([room.upload("a.zip", content)], asked, room.into, room.limits)
    if answer.reading is None:
        assert isinstance(answer.error, errors.InvalidDataError)
        refused(room, answer.error)
    else:
        room.load(answer.reading)


def test_a_large_picture_takes_no_more_than_the_limit(new_room: Callable[[], Room]) -> None:
    """24 million pixels with colours and transparency: the most that decoding holds at a time."""
    room = new_room()
    room.limit(memory_bytes=700 * 2**20)
    large = np.zeros((4000, 6000, 4), np.uint8)
    members = drawing.folders(2, 2) | {"a/large.png": drawing.saved(large, compress_level=1)}
    answer = reading.ask(
        [room.upload("a.zip", drawing.zipped(members, zipfile.ZIP_STORED))],
        options.parse_options({}),
        room.into,
        room.limits,
    )
    assert answer.error is None
    assert 100 * 2**20 < answer.peak_bytes < 600 * 2**20
