"""Granian, which serves the application: one process that watches, and those that answer."""

import ctypes
import multiprocessing
import os
import resource
import signal
import socket
import sys
from collections.abc import Callable
from multiprocessing.synchronize import Event
from threading import Thread
from typing import Any

from granian.constants import Interfaces
from granian.http import HTTP1Settings
from granian.server.mp import MPServer

from core import logs
from core.config import Settings

PR_SET_PDEATHSIG = 1
# How long requests that are under way may take when the service is to end.
DRAIN_SECONDS = 8
MOST_CONNECTIONS = 4096
# How long a connection may rest between two requests before it is closed.
REST_SECONDS = 30


class PortError(Exception):
    """The port cannot be listened on."""


def serve(settings: Settings) -> None:
    """Serves until SIGTERM or SIGINT, and then lets what is under way come to its end.

    Raises:
        PortError: somebody else has the port.
    """
    port = claim_port(settings.host, settings.port)
    _allow_connections()
    stopping = multiprocessing.Event()
    server = _Server(
        "service",
        address=settings.host,
        port=port,
        interface=Interfaces.WSGI,
        workers=settings.service_processes,
        blocking_threads=settings.service_threads,
        # Of connections, and most of them rest: with few, those that rest would keep everybody else out.
        backpressure=MOST_CONNECTIONS,
        backlog=1024,
        http1_settings=HTTP1Settings(header_read_timeout=REST_SECONDS * 1000),
        workers_kill_timeout=DRAIN_SECONDS,
        respawn_failed_workers=True,
        respawn_interval=0.1,
        websockets=False,
        log_dictconfig={"loggers": {"_granian": {"level": "INFO", "propagate": True}}},
    )
    server.stopping = stopping
    server.serve(target_loader=_Loader(settings, stopping), wrap_loader=False)


class _Server(MPServer):
    """Granian's, which tells its processes that they are to end before it ends them."""

    stopping: Event

    def signal_handler_interrupt(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - Granian's
        self.stopping.set()
        super().signal_handler_interrupt(*args, **kwargs)  # type: ignore[no-untyped-call]


class _Loader:
    """Builds the application in the process that answers with it, once that has been forked."""

    def __init__(self, settings: Settings, stopping: Event) -> None:
        self.settings, self.stopping, self.parent = settings, stopping, os.getpid()

    def __call__(self) -> Callable[..., Any]:
        _die_with(self.parent)
        self._end_while_starting()
        logs.configure(self.settings)
        # Only here: the process that watches does without all this.
        from core import scratch
        from service.app import create_app

        app = create_app(self.settings)
        own = app.extensions["parts"]
        scratch.clear(self.settings.scratch_folder)
        own.start()
        Thread(target=self._await_end, args=(own,), name="ender", daemon=True).start()
        return app

    def _end_while_starting(self) -> None:
        """Until Granian listens to signals, they end this process as they would any other.

        It was forked with the handlers of the process that watches, which would only note them.
        """
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
        if self.stopping.is_set():
            os._exit(0)

    def _await_end(self, own: Any) -> None:  # noqa: ANN401 - Parts, which is not imported here
        self.stopping.wait()
        own.stop()


def claim_port(host: str, port: int) -> int:
    """The port itself, or a free one for 0, after making sure that nobody else listens on it.

    Granian listens with SO_REUSEPORT, so that two services would share a port and each get half of the
    requests, where the second should be told.

    Raises:
        PortError: somebody does, or it is not for us.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen(1)
        except OSError as error:
            raise PortError(f"{host}:{port} cannot be listened on: {error.strerror}") from error
        return int(probe.getsockname()[1])


def _allow_connections() -> None:
    """Every connection is an open file, and many systems allow 1,024 to who does not ask for more."""
    few, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * MOST_CONNECTIONS if most == resource.RLIM_INFINITY else min(2 * MOST_CONNECTIONS, most)
    if few != resource.RLIM_INFINITY and few < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


def _die_with(parent: int) -> None:
    """A process whose watcher was killed would go on holding the port."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL))
        if os.getppid() != parent:  # it died before that line
            os._exit(1)
