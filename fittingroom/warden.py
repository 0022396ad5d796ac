"""Ends what a launcher leaves behind when it is killed with no chance to do so itself.

Run as a script, with nothing but the standard library, so that it costs next to nothing. It reads, a line
each, which process groups have `started` and `ended`, and which file or folder to `remove` at the end. Only
the launcher holds the other end of that pipe: when it closes, the launcher is gone, and so must they be.
It inherits the lock on the home, which is therefore free only when nothing of the old stack is left.
"""

import contextlib
import os
import shutil
import signal
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

GONE_SECONDS = 5.0


def main() -> None:
    """Reads to the end, then ends what is left."""
    # A terminal or a service manager signals everybody at once; this one is the last to go.
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    groups: set[int] = set()
    removals: list[Path] = []
    for line in sys.stdin:
        word, _, value = line.rstrip("\n").partition(" ")
        if word == "started":
            groups.add(int(value))
        elif word == "ended":
            groups.discard(int(value))
        elif word == "remove":
            removals.append(Path(value))
    end(groups)
    for path in removals:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def end(groups: Iterable[int], seconds: float = GONE_SECONDS) -> None:
    """Kills whole process groups, and waits, for so long at most, until there is nobody in them."""
    left = {group for group in groups if _signal(group, signal.SIGKILL)}
    deadline = time.monotonic() + seconds
    while left and time.monotonic() < deadline:
        time.sleep(0.01)
        for group in left:
            # Process 1 of a container inherits its children's orphans, and nobody else buries them.
            with contextlib.suppress(ChildProcessError):
                os.waitpid(-group, os.WNOHANG)
        left = {group for group in left if _lives(group)}


def _lives(group: int) -> bool:
    """Whether anybody in the group does more than wait for a burial, which process 1 may be slow about."""
    if not _signal(group, 0):
        return False
    states = list(_states(group))
    return not states or any(state != "Z" for state in states)


def _states(group: int) -> Iterator[str]:
    """The state of each process of the group, by Linux's /proc; nothing elsewhere."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, ValueError):
            # "pid (name) state parent group …": the name may hold spaces and brackets.
            state, _parent, of = stat.read_text(errors="replace").rpartition(")")[2].split()[:3]
            if int(of) == group:
                yield state


def _signal(group: int, number: int) -> bool:
    """Whether there is such a group."""
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True  # macOS says so of a group of zombies
    return True


if __name__ == "__main__":
    main()
