"""Whole stacks for tests: `fittingroom up`, with the real service and the real worker."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import httpx
import psutil

from fittingroom.client import Client
from tests.fittingroom.waiting import wait_until


class Up:
    """A running `fittingroom up`."""

    def __init__(self, home: Path, **settings: str) -> None:
        self.home = home
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("FITTINGROOM_")}
        told = {f"FITTINGROOM_{name.upper()}": value for name, value in settings.items()}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "fittingroom", "up", "--home", str(home), "--port", "0"],
            env=inherited | told,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def ready(self) -> Self:
        wait_until(lambda: self.process.poll() is not None or self.healthy(), 60)
        assert self.process.poll() is None, self.process.communicate()
        return self

    @property
    def url(self) -> str:
        return (self.home / "url").read_text().strip()

    @property
    def token(self) -> str:
        return (self.home / "token").read_text().strip()

    def me(self) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token}"}
        return httpx.get(f"{self.url}/v1/me", headers=headers, trust_env=False)

    def healthy(self) -> bool:
        try:
            return httpx.get(f"{self.url}/healthz", trust_env=False, timeout=1).status_code == 200
        except (httpx.TransportError, FileNotFoundError):  # the file of a stack that was killed may go
            return False

    def family(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def child(self, name: str) -> psutil.Process:
        children = psutil.Process(self.process.pid).children()
        return next(child for child in children if name in " ".join(child.cmdline()))

    def replaced(self, name: str, killed: psutil.Process) -> bool:
        try:
            return self.child(name).pid != killed.pid
        except (StopIteration, psutil.Error):  # it is dead, or the next is just being born
            return False

    def stop(self, number: int = signal.SIGTERM) -> tuple[int, str]:
        """The exit code, and all that it printed."""
        self.process.send_signal(number)
        printed, _ = self.process.communicate(timeout=60)
        return self.process.returncode, printed

    def client(self) -> Client:
        return Client(self.url, self.token)

    def trainers(self) -> list[psutil.Process]:
        """The processes that train or score: what the worker's warm process has forked."""
        return [
            trainer
            for warm in self.child("-m worker").children()
            if "forkserver" in " ".join(warm.cmdline())
            for trainer in warm.children()
        ]


@contextmanager
def running(home: Path, **settings: str) -> Iterator[Up]:
    """A stack that answers, and that ends well when it is told to."""
    up = Up(home, **settings)
    try:
        yield up.ready()
        assert up.stop()[0] == 0
    finally:
        up.process.kill()
        up.process.communicate()
