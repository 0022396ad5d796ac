"""Scratch folders: what is not finished yet, and goes with whoever works on it, however that ends."""

import contextlib
import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4


@contextmanager
def folder(root: Path, name: str) -> Iterator[Path]:
    """A new folder in `root`, which is removed at the end of the block.

    It is locked meanwhile, and the kernel lets go of a lock when its process dies: so `clear`, in whatever
    process or container, can tell what is left over from what is in use.
    """
    root.mkdir(parents=True, exist_ok=True)
    while True:
        own = root / f"{name}-{uuid4().hex}"
        own.mkdir()
        lock = _lock(own)
        if lock is not None:
            break
    try:
        yield own
    finally:
        shutil.rmtree(own, ignore_errors=True)
        os.close(lock)


def clear(root: Path) -> None:
    """Removes the folders in `root` that nobody works in any more."""
    for stray in root.glob("*/"):
        lock = _lock(stray)
        if lock is not None:
            shutil.rmtree(stray, ignore_errors=True)
            os.close(lock)


def _lock(path: Path) -> int | None:
    """The lock on a folder; None if another has it, or removed the folder before it was locked."""
    with contextlib.suppress(FileNotFoundError):
        lock = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            return None
        if path.exists():
            return lock
        os.close(lock)
    return None
