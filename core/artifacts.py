"""The artifact store: bytes named by their hash, written once and never changed.

An artifact is whole or not there: it is written beside its place and moved there in one step, so that
a process that dies in between leaves a stray that the sweeper removes, and nothing half-written.
"""

import hashlib
import math
import os
import shutil
import time
from collections.abc import Collection
from pathlib import Path
from urllib.parse import unquote, urlparse
from uuid import uuid4

from core.errors import FittingRoomError


class MissingArtifactError(FittingRoomError):
    """An artifact is not in the store."""


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Artifacts:
    """A store in a folder, which every service and worker must see (on one machine, or a shared volume)."""

    def __init__(self, url: str) -> None:
        parts = urlparse(url)
        if parts.scheme != "file":
            raise ValueError(f"FITTINGROOM_ARTIFACTS_URL: {parts.scheme!r} is not supported; use file:///…")
        self.root = Path(unquote(parts.path))
        self._staging = self.root / "staging"
        self._staging.mkdir(parents=True, exist_ok=True)

    def keep(self, source: Path) -> str:
        """Moves a finished file into the store, and answers its hash.

        What is there already is kept as it is, and counts as new: the sweeper spares it a while.
        """
        sha256 = sha256_of(source)
        place = self._place(sha256)
        if _renew(place):
            source.unlink()
            return sha256
        staged = self._staging / uuid4().hex
        shutil.move(source, staged)  # a rename, or a copy where the scratch folder is on another volume
        staged.chmod(0o444)
        os.utime(staged)  # it counts from now, and not from when it was written
        _write_through(staged)
        place.parent.mkdir(parents=True, exist_ok=True)
        staged.rename(place)
        _write_through(place.parent)
        return sha256

    def discard(self, sha256: str) -> None:
        """Removes an artifact that nothing refers to; it may be gone already.

        Only for bytes that nobody else can have put here too, such as a checkpoint's.
        """
        self._place(sha256).unlink(missing_ok=True)

    def path(self, sha256: str) -> Path:
        """Where the artifact's bytes can be read or memory-mapped."""
        place = self._place(sha256)
        if not place.exists():
            raise MissingArtifactError(f"The artifact {sha256} is not in the store.")
        return place

    def check(self) -> None:
        """Raises `OSError` where the store cannot be written to."""
        probe = self._staging / f"probe-{uuid4().hex}"
        probe.touch()
        probe.unlink()

    def sweep(self, used: Collection[str], older_than_seconds: float) -> int:
        """Removes what nothing refers to and what was left half-written, once it is old enough.

        The age spares what a process has put here and is about to refer to. Answers how many went.
        """
        before = time.time() - older_than_seconds
        old = [path for path in self._staging.iterdir() if _changed(path) < before]
        removed = sum(self._remove(path, before) for path in old)
        for path in self.root.glob("??/*"):
            if path.name not in used and _changed(path) < before:
                removed += self._remove(path, before)
        return removed

    def _remove(self, path: Path, before: float) -> bool:
        """Removes a file, unless somebody renewed it meanwhile: taken aside, it can no longer be renewed."""
        aside = self._staging / uuid4().hex
        try:
            path.rename(aside)
        except FileNotFoundError:
            return False  # discarded, or just moved to its place
        if _changed(aside) < before:
            aside.unlink()
            return True
        aside.rename(path)
        return False

    def _place(self, sha256: str) -> Path:
        return self.root / sha256[:2] / sha256


def _renew(path: Path) -> bool:
    """Makes the file count as new, if it is there."""
    try:
        os.utime(path)
    except FileNotFoundError:
        return False
    return True


def _changed(path: Path) -> float:
    """When the file was last written or renewed; one that has gone meanwhile is not old."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return math.inf


def _write_through(path: Path) -> None:
    """Waits until the file, or the folder's list of files, would survive a loss of power."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
