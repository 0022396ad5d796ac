"""Child processes that are watched over: started again when they die, and gone when their parent is."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from fittingroom import warden

# A child that lived this long was well: the next time it dies it is started again at once.
HEALTHY_SECONDS = 60.0
LONGEST_PAUSE_SECONDS = 30.0
# How long to wait for the processes of a dead child to go before it is started again.
LEFTOVERS_SECONDS = 0.5
LARGEST_LOG_BYTES = 10 * 2**20
PR_SET_PDEATHSIG = 1


@dataclass
class Child:
    """A process to keep alive, and how it fares.

    It is told to stop with SIGTERM, and has `stop_seconds` to do so.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    stop_seconds: float
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    failures: int = field(default=0, init=False)
    started_at: float = field(default=0.0, init=False)
    due_at: float = field(default=0.0, init=False)


class Children:
    """All the children of one launcher, started from its one thread.

    The parent-death signal is tied to the thread that started the child, not to its process.
    `say` is told in words what happens.
    """

    def __init__(self, say: Callable[[str], None], *, inherited: Sequence[int] = ()) -> None:
        self._say = say
        self._all: list[Child] = []
        self._inherited = tuple(inherited)
        self._removals: list[Path] = []
        self._warden = self._start_warden()

    def start(self, child: Child) -> None:
        """Starts a child, which is watched over from now on."""
        self._all.append(child)
        self._start(child)

    def watch(self) -> None:
        """Starts again whoever died and whose pause is over. To be called some ten times a second."""
        if self._warden.poll() is not None:
            _pipe(self._warden).close()
            self._warden = self._start_warden()
        for child in self._all:
            if child.process is not None and child.process.poll() is not None:
                self._bury(child)
            if child.process is None and time.monotonic() >= child.due_at:
                self._start(child)

    def stop(self, hurried: Callable[[], bool]) -> None:
        """Ends all children, the last started first, each in its own time or, once `hurried`, at once."""
        for child in reversed(self._all):
            if child.process is None:
                continue
            child.process.terminate()
            deadline = time.monotonic() + child.stop_seconds
            while child.process.poll() is None and time.monotonic() < deadline and not hurried():
                time.sleep(0.02)
            if child.process.poll() is None:
                self._say(f"{child.name} does not stop: killed")
            self._end(child)
        self._all.clear()

    def remove_at_end(self, path: Path) -> None:
        """A file or folder that is to go with the last child, however that comes."""
        self._removals.append(path)
        self._tell(f"remove {path}")

    def close(self) -> None:
        """Lets the warden go. Whatever still runs is killed by it."""
        _pipe(self._warden).close()
        self._warden.wait()

    def _start(self, child: Child) -> None:
        child.started_at = time.monotonic()
        try:
            with _open_log(child.log) as log:
                child.process = subprocess.Popen(
                    child.command,
                    env=dict(child.environment),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    # A Ctrl-C at the terminal is for the launcher, which stops its children in order.
                    start_new_session=True,
                    preexec_fn=dies_with_parent(signal.SIGKILL),  # noqa: PLW1509 (one thread, see above)
                )
        except OSError as error:
            self._say(f"{child.name} cannot be started: {error}")
            self._schedule(child)
        else:
            self._tell(f"started {child.process.pid}")

    def _bury(self, child: Child) -> None:
        code = child.process.returncode if child.process else None
        self._end(child)
        if time.monotonic() - child.started_at >= HEALTHY_SECONDS:
            child.failures = 0
        pause = self._schedule(child)
        again = f"in {pause:.0f} s" if pause else "at once"
        self._say(f"{child.name} died ({_cause(code)}) and is started again {again}; see {child.log}")

    def _schedule(self, child: Child) -> float:
        pause = pause_after(child.failures)
        child.failures += 1
        child.due_at = time.monotonic() + pause
        return pause

    def _end(self, child: Child) -> None:
        """Kills what is left of a child: processes of its own may hold its port or its jobs."""
        if child.process is None:
            return
        if child.process.poll() is None:
            os.killpg(child.process.pid, signal.SIGKILL)
            child.process.wait()
        warden.end([child.process.pid], LEFTOVERS_SECONDS)
        self._tell(f"ended {child.process.pid}")
        child.process = None

    def _start_warden(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", str(Path(warden.__file__))],
            stdin=subprocess.PIPE,
            bufsize=0,
            start_new_session=True,
            pass_fds=self._inherited,
        )
        self._warden = process
        for child in self._all:
            if child.process is not None:
                self._tell(f"started {child.process.pid}")
        for path in self._removals:
            self._tell(f"remove {path}")
        return process

    def _tell(self, line: str) -> None:
        try:
            _pipe(self._warden).write(f"{line}\n".encode())
        except BrokenPipeError:
            # It was killed. The next look at the children starts another, which hears everything anew.
            self._warden.kill()


def pause_after(failures: int) -> float:
    """The seconds to wait before the next start, after so many deaths before this one: 0, 1, 2, 4 … 30."""
    return 0.0 if failures == 0 else min(LONGEST_PAUSE_SECONDS, 2.0 ** min(failures - 1, 10))


def dies_with_parent(number: signal.Signals) -> Callable[[], None] | None:
    """For `preexec_fn`: the child gets the signal when its parent dies, of whatever (Linux alone can)."""
    if sys.platform != "linux":
        return None
    libc, parent = ctypes.CDLL(None), os.getpid()

    def prepare() -> None:
        libc.prctl(PR_SET_PDEATHSIG, int(number))
        if os.getppid() != parent:  # it died between the fork and this line
            os._exit(1)

    return prepare


def tail(log: Path, count: int = 15) -> str:
    """The last lines of a log."""
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-count:])
    except OSError:
        return ""


def _open_log(path: Path) -> IO[bytes]:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > LARGEST_LOG_BYTES:
        path.replace(path.with_suffix(".1.log"))
    return path.open("ab")


def _pipe(process: subprocess.Popen[bytes]) -> IO[bytes]:
    if process.stdin is None:
        raise ValueError("started without a pipe")
    return process.stdin


def _cause(code: int | None) -> str:
    if code is None or code >= 0:
        return f"exit code {code}"
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"
