"""The embedded stack's home: a folder with its lock and its secrets."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from fittingroom.errors import LauncherError

# How long the warden of a launcher that was killed may take to clear up.
CLEARING_SECONDS = 10.0


@contextmanager
def locked(home: Path) -> Iterator[int]:
    """The one right to run on a home, as a file descriptor; a stack that was killed is waited for.

    Raises:
        LauncherError: another launcher runs there.
    """
    path = home / "lock"
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise LauncherError(f"{home}: {error.strerror}") from error
    try:
        _take(lock, home)
        os.ftruncate(lock, 0)
        os.write(lock, str(os.getpid()).encode())
        yield lock
    finally:
        os.close(lock)


def _take(lock: int, home: Path) -> None:
    deadline = time.monotonic() + CLEARING_SECONDS
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(lock, 20, 0).decode()
            if _runs(holder) or time.monotonic() > deadline:
                raise LauncherError(
                    f"`fittingroom up` runs on {home} already (process {holder or 'unknown'}); "
                    "stop it, or choose another folder with --home"
                ) from None
            time.sleep(0.05)
        else:
            return


def _runs(process: str) -> bool:
    if not process.isdigit():
        return False  # it has not written it yet: look again
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def write_secret(path: Path, text: str) -> Path:
    """Writes what only its owner may read. The file is new: it never was any wider open."""
    with suppress(FileNotFoundError):
        path.unlink()
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(f"{text}\n")
        file.flush()
        os.fsync(file.fileno())
    return path
