"""What is too large for the device is streamed: the memory does not grow with the data set."""

import time
from pathlib import Path

import numpy as np

from core import specs
from tests.core.specs.documents import dense, facts, resolved
from tests.worker.attempts import attempt
from worker import feeding
from worker.attempt import Attempt, Trained
from worker.child import Child

WIDTH = 2048
ROW_BYTES = 4 * WIDTH
LARGE = 3 * feeding.RESIDENT_BYTES // ROW_BYTES
KNOWN = facts(input_shape=(WIDTH,), classes=("a", "b"), class_counts=(1, 1))


def asked(folder: Path, rows: int) -> Attempt:
    known = specs.Facts(KNOWN.inputs, KNOWN.targets, rows, 10)
    job = resolved(known, dense(2), epochs=1, batch_size=256, validation_split=0)
    made = attempt(folder, KNOWN, job)
    # A sparse file: its zeros take no room on the disk, and as much in memory as anything else.
    np.lib.format.open_memmap(made.arrays["x_train"], "w+", np.float32, (rows, WIDTH)).flush()
    np.save(made.arrays["y_train"], np.arange(rows) % 2)
    return made


def most_memory(attempt: Attempt) -> int:
    """The most anonymous memory that its trainer held, in bytes; mapped files do not count."""
    child, most = Child("worker.trainer", attempt, "test"), 0
    try:
        last = None
        while child.exit_code is None:
            while child.reports.poll(0.05):
                last = child.reports.recv()
                if isinstance(last, Trained):
                    break
            most = max(most, child.own_memory)
            if isinstance(last, Trained):
                break
            time.sleep(0.01)
        assert isinstance(last, Trained), last
        return most
    finally:
        child.kill()
        child.close()


def test_a_data_set_of_three_times_the_device_s_room_takes_a_few_pieces_of_memory(tmp_path: Path) -> None:
    for name in ("little", "much"):
        (tmp_path / name).mkdir()
    little = most_memory(asked(tmp_path / "little", 512))
    much = most_memory(asked(tmp_path / "much", LARGE))
    assert much - little < feeding.RESIDENT_BYTES
