"""Processes for trainers, scorers and predictors, forked from one that is warm: it has TensorFlow already.

An import of TensorFlow takes 4 to 7 seconds, a fork of it a tenth of one. The warm process runs nothing and
has initialised nothing, so what is forked from it is as good as new. Each attempt gets a process of its own:
whatever TensorFlow does to it, a crash, a hang or a leak, ends with it.
"""

import contextlib
import ctypes
import fcntl
import importlib
import multiprocessing
import os
import signal
import sys
import threading
import traceback
from multiprocessing.connection import Connection
from typing import Any

import psutil

from worker.attempt import Attempt, Errand, Failed, Report, Survey

# What the warm process imports. It is started with the first process, or by `warm_up`.
PRELOADED = ["worker.trainer", "worker.scorer", "worker.predictor"]
F_SETSIG = 10
PR_SET_PDEATHSIG = 1

_context = multiprocessing.get_context("forkserver")
_lock = threading.Lock()


class Child:
    """A process that runs `module.run(attempt, tell)`, its reports, and what it prints.

    Attributes:
        reports: where its reports come from, as pickled `attempt.Report` objects.
        printed: where what it prints can be read; a file descriptor.

    Args:
        module: whose `run` it is.
        attempt: what `run` is given.
        name: what it does that for; the process is called by it.
    """

    def __init__(self, module: str, attempt: Attempt | Errand | Survey, name: str) -> None:
        self.reports, theirs = _context.Pipe(duplex=False)
        self.printed, writable = os.pipe()
        os.set_blocking(self.printed, False)
        written = _context.reducer.DupFd(writable)  # type: ignore[attr-defined]
        self._process = _context.Process(
            target=_main,
            args=(module, attempt, theirs, written),
            name=f"{module} {name}",
            daemon=True,
        )
        # The file descriptors to pass are gathered in a global of multiprocessing's.
        with _lock:
            self._process.start()
        theirs.close()
        os.close(writable)

    @property
    def sentinel(self) -> int:
        """What becomes readable when the process has ended."""
        return self._process.sentinel

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid or 0

    @property
    def exit_code(self) -> int | None:
        """Its exit code, or minus the signal that ended it; None while it runs."""
        return self._process.exitcode

    @property
    def memory(self) -> int:
        """The memory that it holds, in bytes; 0 when it is gone."""
        return self._memory()[0]

    @property
    def own_memory(self) -> int:
        """What it has of that for itself, in bytes (`RssAnon` on Linux): not mapped pages of files, which the
        kernel can take back.
        """
        held, shared = self._memory()
        return held - shared

    def told(self) -> list[Report]:
        """What it has told since the last time, without waiting."""
        found: list[Report] = []
        with contextlib.suppress(EOFError, OSError):
            while self.reports.poll():
                found.append(self.reports.recv())
        return found

    def chunks(self) -> list[bytes]:
        """What it has printed since the last time, without waiting. If nobody reads it, it has to wait."""
        found: list[bytes] = []
        with contextlib.suppress(BlockingIOError):
            while chunk := os.read(self.printed, 65_536):
                found.append(chunk)
        return found

    def _memory(self) -> tuple[int, int]:
        try:
            told = psutil.Process(self.pid).memory_info()
        except psutil.Error:
            return 0, 0
        return told.rss, getattr(told, "shared", 0)

    def kill(self) -> None:
        """Ends it at once, and waits for that."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        self._process.join()

    def close(self) -> None:
        """Gives back what it took. It must have ended."""
        self._process.join()
        self._process.close()
        self.reports.close()
        os.close(self.printed)


def warm_up() -> None:
    """Starts the process that others are forked from, and does not wait for it."""
    _context.set_forkserver_preload(PRELOADED)
    # Private to multiprocessing but for this function.
    from multiprocessing import forkserver

    forkserver.ensure_running()


def _main(
    module: str,
    attempt: Attempt | Errand | Survey,
    reports: Connection,
    written: Any,  # noqa: ANN401 - multiprocessing's
) -> None:
    """What the new process does."""
    _die_with_worker()
    descriptor = written.detach()
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    os.close(descriptor)
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    # A Ctrl-C at a terminal, or a service manager's signal to all, is the worker's to act on.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        importlib.import_module(module).run(attempt, reports.send)
    except MemoryError:
        reports.send(Failed("out_of_memory", "There was not enough memory."))
    except Exception as error:  # noqa: BLE001 - told to the supervisor
        # The first line is for the user; the rest, which names our files, for the operator.
        said = f"{type(error).__name__}: {error}".partition("\n")[0][:500]
        print(said)
        reports.send(Failed("internal", said, traceback.format_exc()))


def _die_with_worker() -> None:
    """Has the kernel kill this process when its worker is gone, whatever it is doing then.

    Its parent by descent is the warm process, which outlives a killed worker as long as anything forked from
    it runs. But a pipe to the worker is there, and its end can raise a signal.
    """
    parent = multiprocessing.parent_process()
    if parent is None or sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)  # the warm process itself may be killed
    fcntl.fcntl(parent.sentinel, F_SETSIG, signal.SIGKILL)
    fcntl.fcntl(parent.sentinel, fcntl.F_SETOWN, os.getpid())
    flags = fcntl.fcntl(parent.sentinel, fcntl.F_GETFL)
    fcntl.fcntl(parent.sentinel, fcntl.F_SETFL, flags | os.O_ASYNC)
    if not parent.is_alive():  # it died before this was set up
        os._exit(1)
