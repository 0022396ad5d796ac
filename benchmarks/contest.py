"""Rivals that take turns: each is a process that stays warm, and what disturbs the machine disturbs all."""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
# Python of an environment of its own for what is no part of the project; `make bench` sets it up.
PEERS = ROOT / ".venv-peers" / "bin" / "python"


class Rival:
    """A program of `benchmarks.rivals`.

    Attributes:
        failed: why it cannot be had, if it cannot.
        about: what it said last of how it trains.
    """

    def __init__(self, module: str, *given: object, python: str = sys.executable, **settings: str) -> None:
        self.failed: str | None = None
        self.about = ""
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 - it closes with the process
        command = [python, "-m", f"benchmarks.rivals.{module}", *map(str, given)]
        try:
            self._process: subprocess.Popen[str] | None = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", **settings},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._said,
                text=True,
            )
        except FileNotFoundError:
            self._process, self.failed = None, f"there is no {python}"

    def ready(self) -> None:
        """Waits until it can be told to go."""
        self._hear()

    def go(self) -> None:
        """Has it begin a turn."""
        if self._process and self._process.stdin and not self.failed:
            # One that has died is found out when it is heard.
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.write("\n")
                self._process.stdin.flush()

    def rate(self) -> float | None:
        """Rows per second in the turn that it is at."""
        told = self._hear()
        if told is None:
            return None
        self.about = told["about"]
        return float(told["rows"] / told["seconds"])

    def leave(self) -> None:
        """Ends it."""
        if self._process:
            self._process.kill()
            self._process.communicate()
        self._said.close()

    def _hear(self) -> dict[str, Any] | None:
        if self.failed or self._process is None or self._process.stdout is None:
            return None
        if line := self._process.stdout.readline():
            return dict(json.loads(line))
        self._said.seek(0)
        self.failed = (self._said.read().decode().strip().splitlines() or ["it says nothing"])[-1][:120]
        return None


@contextlib.contextmanager
def warmed(rivals: Mapping[str, Rival]) -> Iterator[None]:
    """Has all of them warm up, one after another so that none is disturbed when it makes its plan; and ends
    them after.
    """
    try:
        for rival in rivals.values():
            rival.ready()
        for name, rival in rivals.items():
            rival.go()
            if rival.rate() is None:
                print(f"  {name} cannot be had: {rival.failed}", file=sys.stderr)
        yield
    finally:
        for rival in rivals.values():
            rival.leave()


def alternated(rivals: Mapping[str, Rival], runs: int) -> dict[str, list[float]]:
    """Rows per second of each in each run; those that cannot be had are not in it.

    Each run has a turn of everyone, every other run the other way round.
    """
    rates: dict[str, list[float]] = {name: [] for name in rivals}
    for run in range(runs):
        for name in list(rivals) if run % 2 else list(rivals)[::-1]:
            rivals[name].go()
            if (rate := rivals[name].rate()) is not None:
                rates[name].append(rate)
    return {name: measured for name, measured in rates.items() if len(measured) == runs}


def together(rivals: Sequence[Rival]) -> float:
    """Rows per second of all of them, who train at the same time."""
    for rival in rivals:
        rival.go()
    rates = [rival.rate() for rival in rivals]
    if None in rates:
        raise RuntimeError("; ".join(rival.failed or "" for rival in rivals))
    return sum(rate for rate in rates if rate is not None)
