"""How soon the service answers after its start, and the memory that it holds."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx
import psutil

from benchmarks import measuring

RUNS = 7
SECONDS = 30


def measure() -> measuring.Result:
    """Seconds to the first answer, and megabytes then: proportional, so that shared pages count once."""
    seconds, megabytes, residents = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        settings = {**os.environ, "FITTINGROOM_HOME": folder, "FITTINGROOM_PORT": str(_free_port())}
        subprocess.run([sys.executable, "-m", "migrations"], env=settings, check=True, capture_output=True)
        for _ in range(RUNS):
            took, proportional, resident = _once(settings, Path(folder) / "service.log")
            seconds.append(took)
            megabytes.append(proportional)
            residents.append(resident)
    medians = [measuring.median(values) for values in (seconds, megabytes, residents)]
    return measuring.Result(
        name="service-start",
        title=f"the service: from its start to the first answer, medians of {RUNS} starts",
        columns=["seconds", "memory, PSS, MB", "memory, RSS, MB"],
        rows=[[f"{medians[0]:.2f}", f"{medians[1]:.0f}", f"{medians[2]:.0f}"]],
        data={"seconds": seconds, "pss_megabytes": megabytes, "rss_megabytes": residents},
    )


def _once(settings: dict[str, str], log: Path) -> tuple[float, float, float]:
    url = f"http://127.0.0.1:{settings['FITTINGROOM_PORT']}/healthz"
    with log.open("wb") as file, httpx.Client(trust_env=False, timeout=1) as client:
        began = time.monotonic()
        process = subprocess.Popen(
            [sys.executable, "-m", "service"], env=settings, stdout=file, stderr=subprocess.STDOUT
        )
        try:
            while not _answers(client, url):
                if process.poll() is not None or time.monotonic() - began > SECONDS:
                    raise RuntimeError(f"the service does not start: {log.read_text()[-2000:]}")
                time.sleep(0.005)
            took = time.monotonic() - began
            time.sleep(1)  # what it begins beside the requests is there by then
            return took, *_memory(process.pid)
        finally:
            process.terminate()
            process.wait()


def _answers(client: httpx.Client, url: str) -> bool:
    try:
        return client.get(url).status_code == 200
    except httpx.TransportError:
        return False


def _memory(pid: int) -> tuple[float, float]:
    """PSS and RSS of a process and all that it started, in megabytes."""
    family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    held = [one.memory_full_info() for one in family]
    return sum(one.pss for one in held) / 1e6, sum(one.rss for one in held) / 1e6


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
