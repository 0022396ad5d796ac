"""Files of every format, mangled, misnamed and mixed: a data set or a sentence, in bounded memory."""

import os
from collections.abc import Callable

import psutil
import pytest
from hypothesis import event, given, settings

from core import errors
from core.datasets import options, reader, reading
from core.datasets.reading import Upload
from tests.core.datasets import hostile
from tests.core.datasets.conftest import Room
from tests.core.datasets.test_fuzz import refused

EXAMPLES = int(os.environ.get("FITTINGROOM_EXAMPLES", "50"))
PEAK_BYTES = 400 * 2**20
"""For files of a few kilobytes: PyArrow and numpy take most of what a reader takes."""
# Pillow and numpy warn of what is odd and can still be read.
pytestmark = pytest.mark.filterwarnings("ignore")


def chosen(asked: dict) -> options.Options:
    """The options, or the defaults in place of what is refused."""
    try:
        return options.parse_options(asked)
    except errors.InvalidRequestError as error:
        refusal = error
    event("options refused")
    assert refusal.faults
    assert all(fault.pointer.startswith("#/options") for fault in refusal.faults)
    return options.parse_options({})


def laid_down(room: Room, files: list[hostile.File]) -> list[Upload]:
    found = []
    for at, (name, content) in enumerate(files):
        path = room.uploads / f"file-{at}"
        path.write_bytes(content)
        found.append(Upload(name, path))
    return found


@settings(max_examples=2 * EXAMPLES, derandomize=True, database=None, deadline=None)
@given(hostile.uploads(), hostile.OPTIONS)
def test_whatever_is_uploaded(new_room: Callable[[], Room], files: list[hostile.File], asked: dict) -> None:
    room = new_room()
    try:
        found = reader.read(laid_down(room, files), chosen(asked), room.into, room.limits)
    except errors.InvalidDataError as error:
        event("refused")
        refused(room, error)
    else:
        event("read")
        room.load(found)


@settings(max_examples=max(4, EXAMPLES // 20), derandomize=True, database=None, deadline=None)
@given(hostile.uploads(), hostile.OPTIONS)
def test_the_same_apart(new_room: Callable[[], Room], files: list[hostile.File], asked: dict) -> None:
    room, running = new_room(), psutil.Process().children(recursive=True)
    answer = reading.ask(laid_down(room, files), chosen(asked), room.into, room.limits)
    assert 0 < answer.peak_bytes < PEAK_BYTES
    assert set(psutil.Process().children(recursive=True)) <= set(running)
    if answer.reading is None:
        assert isinstance(answer.error, errors.InvalidDataError)
        refused(room, answer.error)
    else:
        room.load(answer.reading)
