"""Reading in a process of its own: what a file can do to it, and what is left."""

import contextlib
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest

from core import errors
from core.datasets import limits, options, reading, storing
from core.datasets.limits import Limits
from tests.core.datasets.conftest import Room

DEFAULTS = options.parse_options(None)
CSV = "a,b,y\n" + "".join(f"{n},{n % 7},{'yes' if n % 2 else 'no'}\n" for n in range(20))


def apart(room: Room, content: bytes | str, name: str = "table.csv", **asked: object) -> reading.Reading:
    return reading.read_apart(
        [room.upload(name, content)], options.parse_options(asked), room.into, room.limits
    )


def refusal(
    room: Room, content: bytes | str, name: str = "table.csv", **asked: object
) -> errors.InvalidDataError:
    with pytest.raises(errors.InvalidDataError) as caught:
        apart(room, content, name, **asked)
    assert list(room.into.iterdir()) == []
    return caught.value


def npz(room: Room, **arrays: np.ndarray) -> bytes:
    path = room.uploads / "written.npz"
    np.savez_compressed(path, **arrays)
    return path.read_bytes()


def test_reading_apart_gives_what_reading_here_gives(room: Room) -> None:
    here = room.read(CSV)
    expected = {path.name: path.read_bytes() for path in room.into.iterdir()}
    storing.sweep(room.into)
    assert apart(room, CSV) == here.reading
    assert {path.name: path.read_bytes() for path in room.into.iterdir()} == expected


def test_arrays_are_read_apart_into_a_folder_that_is_made(room: Room) -> None:
    room.into = room.into / "new" / "folder"
    x = np.zeros((10, 8, 8), np.uint8)
    found = apart(room, npz(room, x=x, y=np.arange(10) % 2), "pictures.npz")
    data = room.load(found)
    assert data.reading.inputs["shape"] == [8, 8, 1]


def test_the_arrays_can_be_memory_mapped(room: Room) -> None:
    found = apart(room, CSV)
    mapped = np.load(room.into / found.arrays["x_train"], mmap_mode="r")
    assert isinstance(mapped, np.memmap)
    assert mapped.offset % 64 == 0


def test_what_is_wrong_comes_back_with_its_pointers(room: Room) -> None:
    error = refusal(room, CSV, target="z")
    assert error.detail.startswith("target: there is no column 'z'")
    assert [fault.pointer for fault in error.faults] == ["#/options/target"]


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"", "a.csv", "is an empty file"),
        (b"PK\x03\x04", "a.csv", "is not what its name says: it is a zip archive"),
        (CSV + "1,2\n", "a.csv", "Line 22 has 2 values where the first has 3"),
        ("a,b,y\n", "a.csv", "no rows"),
        (CSV.replace("yes", "no"), "a.csv", "with one class there is nothing to learn"),
        (CSV, "a.npz", "cannot be opened as a zip archive"),
        (CSV, "a.exe", "in no format that is read"),
        (CSV, "", "in no format that is read"),
        (CSV, "\x00\n'../../" + "a" * 10_000, "in no format that is read"),
    ],
)
def test_a_bad_file_is_refused_with_a_sentence_and_nothing_left(
    room: Room, content: bytes | str, name: str, sentence: str
) -> None:
    error = refusal(room, content, name)
    assert sentence in error.detail
    assert len(error.detail) < 300


def test_pickles_and_bombs_are_refused_in_their_own_process_too(room: Room) -> None:
    y = np.arange(10) % 2
    assert "never unpickled" in refusal(room, npz(room, x=np.array([{}] * 10), y=y), "a.npz").detail
    room.limit(max_unpacked_bytes=2**20)
    bomb = npz(room, x=np.zeros((10, 2**20)), y=y)
    assert "(max_unpacked_bytes)" in refusal(room, bomb, "a.npz").detail


def test_one_file_is_expected(room: Room) -> None:
    for files in ([], [room.upload("a.csv", CSV), room.upload("b.csv", CSV)]):
        with pytest.raises(errors.InvalidDataError, match="One file is expected"):
            reading.read_apart(files, DEFAULTS, room.into, room.limits)


def test_a_table_that_spools_to_more_than_the_limit_is_refused(room: Room) -> None:
    room.limit(max_unpacked_bytes=1000)
    draw = np.random.default_rng(0)
    content = "a,y\n" + "".join(f"{number!r},{number > 0.5}\n" for number in draw.random(200_000).tolist())
    assert "more than 1,000 bytes, the limit (max_unpacked_bytes)" in refusal(room, content).detail


def test_a_file_that_takes_more_memory_than_the_limit_is_refused(room: Room) -> None:
    room.limit(memory_bytes=500 * 2**20, max_unpacked_bytes=2**31)
    content = npz(room, x=np.zeros((2, 30 * 2**20)), y=np.arange(2))
    error = refusal(room, content, "a.npz")
    assert (
        error.detail
        == "Reading it takes more memory than the limit of 524,288,000 bytes (reader_memory_bytes)"
    )


# A pipe that nobody writes to is a file that takes forever.


@contextlib.contextmanager
def waiting(room: Room) -> Iterator[tuple[psutil.Process, Callable[[], errors.FittingRoomError | None]]]:
    """A process that is reading and will not end by itself, and what `read_apart` says in the end."""
    path = room.uploads / "endless.csv"
    os.mkfifo(path)
    before = {child.pid for child in psutil.Process().children()}
    answers: list[reading.Answer] = []
    files = [reading.Upload("endless.csv", path)]
    thread = threading.Thread(
        target=lambda: answers.append(reading.ask(files, DEFAULTS, room.into, room.limits))
    )
    thread.start()

    def answer() -> errors.FittingRoomError | None:
        thread.join(30)
        return answers[0].error

    try:
        yield _child(before), answer
    finally:
        # Lets the reader go, should it still be there.
        with contextlib.suppress(OSError):
            os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK))
        thread.join(30)


def _child(before: set[int]) -> psutil.Process:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        for child in psutil.Process().children():
            if child.pid not in before and "core.datasets.reader" in child.cmdline():
                return child
        time.sleep(0.01)
    raise AssertionError("no reader was started")


def test_a_file_that_takes_too_long_is_refused_and_its_process_ended(room: Room) -> None:
    room.limit(seconds=1)
    begun = time.monotonic()
    with waiting(room) as (child, answer):
        error = answer()
        assert not child.is_running()
    assert time.monotonic() - begun < 5
    assert isinstance(error, errors.InvalidDataError)
    assert error.detail == "Reading it took longer than the limit of 1 seconds (reader_seconds)"


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        (signal.SIGSEGV, "It crashed the process that read it (Segmentation fault)"),
        (signal.SIGKILL, "The process that read it was killed, most likely for the memory it took"),
        (signal.SIGALRM, "Reading it took longer than the limit of 60 seconds (reader_seconds)"),
    ],
)
def test_a_reader_that_dies_is_a_sentence_and_leaves_nothing(
    room: Room, sent: signal.Signals, sentence: str
) -> None:
    with waiting(room) as (child, answer):
        (room.into / "x_train.npy").write_bytes(b"half")
        child.send_signal(sent)
        error = answer()
    assert isinstance(error, errors.InvalidDataError)
    assert error.detail == sentence
    assert list(room.into.iterdir()) == []


def test_a_reader_bounds_itself_in_case_nobody_waits_for_it(room: Room) -> None:
    with waiting(room) as (child, _):
        deadline = time.monotonic() + 10
        while child.rlimit(psutil.RLIMIT_DATA)[0] < 0 and time.monotonic() < deadline:
            time.sleep(0.01)
        assert child.rlimit(psutil.RLIMIT_DATA) == (room.limits.memory_bytes,) * 2
        assert child.rlimit(psutil.RLIMIT_FSIZE)[0] < room.limits.max_unpacked_bytes + 2**21
        assert child.rlimit(psutil.RLIMIT_CORE) == (0, 0)
        child.kill()


def test_a_reader_is_told_no_secrets(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FITTINGROOM_DATABASE_URL", "postgresql://secret")
    with waiting(room) as (child, _):
        assert "PYTHONPATH" in child.environ()
        assert "postgresql://secret" not in child.environ().values()
        child.kill()


def test_an_answer_that_is_none_is_a_sentence(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    # A machine whose Python starts and says something else.
    silent = room.uploads / "python"
    silent.write_text("#!/bin/sh\necho unexpected\n")
    silent.chmod(0o755)
    monkeypatch.setattr("sys.executable", str(silent))
    assert refusal(room, CSV).detail == "The process that read it stopped without an answer"


def test_a_machine_that_starts_no_process_is_unavailable_and_not_the_files_fault(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.executable", str(room.uploads / "nothing"))
    with pytest.raises(errors.UnavailableError):
        apart(room, CSV)
    assert list(room.into.iterdir()) == []


def test_files_of_others_in_the_folder_are_left(room: Room) -> None:
    (room.into / "note.txt").write_text("mine")
    with pytest.raises(errors.InvalidDataError):
        apart(room, "")
    assert [path.name for path in room.into.iterdir()] == ["note.txt"]


def test_a_150_mb_table_is_read_in_bounded_memory(room: Room) -> None:
    room.limit(max_unpacked_bytes=2**30)
    draw = np.random.default_rng(0)
    numbers = draw.normal(size=(2000, 10)).round(6).tolist()
    block = "".join(",".join(map(str, row)) + f",{'abc'[n % 3]},{n % 2}\n" for n, row in enumerate(numbers))
    header = ",".join(f"c{n}" for n in range(11)) + ",target\n"
    peaks = []
    for megabytes in (15, 150):
        path = room.uploads / "large.csv"
        with path.open("w") as file:
            file.write(header)
            file.writelines([block] * (megabytes * 10**6 // len(block)))
        answer = reading.ask([reading.Upload("large.csv", path)], DEFAULTS, room.into, room.limits)
        assert answer.error is None
        peaks.append(answer.peak_bytes)
    assert peaks[1] < 350 * 10**6
    assert peaks[1] - peaks[0] < 100 * 10**6


def test_limits_are_those_of_the_settings() -> None:
    from core.config import Settings  # the one test that needs it

    made = limits.of(Settings(max_columns=7, reader_seconds=8, reader_memory_bytes=9, max_unpacked_bytes=10))
    assert made == Limits(max_columns=7, max_unpacked_bytes=10, seconds=8, memory_bytes=9)


def test_an_array_is_not_finished_with_rows_missing_or_of_another_shape(tmp_path: Path) -> None:
    writer = storing.ArrayWriter(tmp_path / "a.npy", (3, 2), np.float32)
    with pytest.raises(ValueError, match="2 rows were written where 3 were told"), writer:
        writer.write(np.zeros((2, 2)))
    writer = storing.ArrayWriter(tmp_path / "a.npy", (3, 2), np.float32)
    with pytest.raises(ValueError, match="does not fit"), writer:
        writer.write(np.zeros((3, 3)))
