"""An embedded stack to measure."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fittingroom.client import Client

SECONDS = 60


@contextmanager
def up(home: Path) -> Iterator[Client]:
    """`fittingroom up` with all settings at their defaults, and a client of it; the worker is there."""
    home.mkdir()
    settings = {name: value for name, value in os.environ.items() if not name.startswith("FITTINGROOM_")}
    with (home / "up.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "fittingroom", "up", "--home", str(home), "--port", "0"],
            env=settings,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        deadline = time.monotonic() + SECONDS
        while not (home / "url").exists():
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the stack does not start: {(home / 'up.log').read_text()}")
            time.sleep(0.05)
        with Client((home / "url").read_text().strip(), (home / "token").read_text().strip()) as client:
            while not client.page("/v1/workers")["data"]:
                time.sleep(0.05)
            yield client
    finally:
        process.terminate()
        process.wait()
