"""`make compose-test`: the containers, built, used from outside, hurt, and removed.

Builds the images, starts the stack under a name and on a port of its own, does the main job through the
published port, kills the worker that is in the middle of a job, sees another one finish it, and removes
containers, volumes and network, whatever happened. The images stay, so that the next run builds faster.
"""

import argparse
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from types import FrameType
from typing import Any, Never

import httpx
from rich.console import Console
from rich.table import Table

from fittingroom import demo
from fittingroom.client import Client

ROOT = Path(__file__).resolve().parents[2]
READY_SECONDS = 180
JOB_SECONDS = 300
# Long enough to be in the middle of it when the worker is killed.
LONG_EPOCHS = 40
KILL_AFTER_EPOCH = 3
IMAGES = ("service", "worker")
console = Console(highlight=False)


class FailedError(Exception):
    """The containers do not do what they should."""


def main() -> int:
    """0 when all went well, or where there is no engine to try it with."""
    parser = argparse.ArgumentParser(prog="make compose-test")
    parser.add_argument("--remove-images", action="store_true", help="remove the images as well at the end")
    asked = parser.parse_args()
    if reason := why_not():
        console.print(f"\n[bold yellow]SKIPPED: {reason}. The containers were not tested.[/]\n")
        return 0
    signal.signal(signal.SIGTERM, _leave)
    stack = Stack()
    try:
        with stack.running(), tempfile.TemporaryDirectory() as folder:
            trial = Trial(stack, Path(folder))
            trial.run()
    except (FailedError, subprocess.CalledProcessError, httpx.HTTPError) as error:
        console.print(f"\n[bold red]FAILED: {error}[/]")
        return 1
    finally:
        if asked.remove_images:
            stack.remove_images()
    console.print(trial.table())
    left = stack.left()
    if left:
        console.print(f"[bold red]FAILED: left behind: {left}[/]")
        return 1
    console.print("[bold green]The containers work. Nothing of them is left but the images.[/]")
    return 0


def why_not() -> str | None:
    """Why the containers cannot be tried here, if they cannot."""
    if shutil.which("docker") is None:
        return "there is no docker command"
    if _output("docker", "info", check=False) is None:
        return "there is no Docker engine that answers"
    if Stack.compose() is None:
        return "there is no Compose"
    return None


class Stack:
    """The containers, under a project name that is nobody else's."""

    def __init__(self) -> None:
        self.project = f"fittingroom-test-{os.getpid()}"
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {
            **os.environ,
            "POSTGRES_PASSWORD": secrets.token_hex(16),
            "FITTINGROOM_PUBLISH": f"127.0.0.1:{self.port}",
            "FITTINGROOM_TAG": "test",
        }
        self.times: dict[str, float] = {}

    @staticmethod
    def compose() -> list[str] | None:
        """The command: a plugin of docker's, or the program of old."""
        for command in (["docker", "compose"], ["docker-compose"]):
            if shutil.which(command[0]) and _output(*command, "version", check=False) is not None:
                return command
        return None

    @cached_property
    def _command(self) -> list[str]:
        return [*(self.compose() or []), "--project-directory", str(ROOT), "-p", self.project]

    def call(self, *arguments: str) -> str:
        """What Compose answers to a command."""
        done = subprocess.run(
            [*self._command, *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        if done.returncode:
            printed = "\n".join((done.stdout + done.stderr).splitlines()[-30:])
            raise FailedError(f"compose {' '.join(arguments)}:\n{printed}")
        return done.stdout

    def timed(self, what: str, act: Callable[[], object]) -> None:
        """Does it, and keeps how long it took."""
        console.print(f"{what} …")
        began = time.monotonic()
        act()
        self.times[what] = time.monotonic() - began

    @contextmanager
    def running(self) -> Iterator[None]:
        """The stack, up and ready, as long as the block runs."""
        try:
            self.timed("building", lambda: self.call("build", *IMAGES))
            self.timed("starting", self._start)
            yield
        except BaseException:
            console.print(self._logs())
            raise
        finally:
            self.timed(
                "removing", lambda: self.call("down", "--volumes", "--remove-orphans", "--timeout", "20")
            )

    def _start(self) -> None:
        self.call("up", "-d", "--scale", "worker=2")

        def ready() -> bool:
            try:
                answer = httpx.get(f"{self.url}/readyz", trust_env=False, timeout=5)
            except httpx.TransportError:
                return False
            return answer.status_code == 200 and answer.json()["checks"]["workers"]["detail"].startswith("2 ")

        await_true(ready, READY_SECONDS, "the stack is not ready")

    def token(self) -> str:
        """An administrator's, made where the service is."""
        command = ("fittingroom", "token", "create", "--user", "operator", "--role", "admin")
        return self.call("exec", "-T", "service", *command).strip()

    def containers(self, service: str) -> list[str]:
        """The ids of a service's containers."""
        return self.call("ps", "-q", service).split()

    def _logs(self) -> str:
        try:
            return "\n".join(self.call("logs", "--no-color", "--tail", "40").splitlines()[-120:])
        except FailedError as error:
            return str(error)

    def left(self) -> list[str]:
        """What there still is under the project's name."""
        label = f"label=com.docker.compose.project={self.project}"
        found: list[str] = []
        for kind in (("ps", "-a"), ("volume", "ls"), ("network", "ls")):
            found += (_output("docker", *kind, "-q", "--filter", label) or "").split()
        return found

    def remove_images(self) -> None:
        """Removes the images."""
        _output("docker", "rmi", *(f"fittingroom-{name}:test" for name in IMAGES), check=False)


class Trial:
    """What is done with the running stack, and what it showed."""

    def __init__(self, stack: Stack, folder: Path) -> None:
        self.stack = stack
        self.folder = folder
        self.client = Client(stack.url, stack.token())
        self.figures: dict[str, str] = {}

    def run(self) -> None:
        """All of it."""
        with self.client:
            self.stack.timed("the main job", self._main_job)
            self.stack.timed("a worker killed in the middle of a job", self._kill)
            self._see_health()
        self._measure()

    def _main_job(self) -> None:
        path, held_out = demo.write_digits(self.folder)
        made = self.client.add_dataset(path, name="digits")
        job = self._submit(demo.JOB)
        seen = [data["epoch"] for event, data in self.client.events(job["id"]) if event == "epoch"]
        self._expect_epochs(job["id"], seen, demo.EPOCHS)
        test = self.client.model("digits", 1)["test"]
        answers = self.client.predict("digits", held_out.pictures)["predictions"]
        guesses = [row.index(max(row)) for row in answers]
        right = sum(guess == digit for guess, digit in zip(guesses, held_out.digits, strict=True))
        self.figures["rows uploaded"] = str(made["rows"])
        self.figures["accuracy on the test split"] = f"{test['accuracy']:.4f}"
        self.figures["held-out rows predicted right"] = f"{right} of {len(guesses)}"
        if test["accuracy"] < demo.WANTED_ACCURACY:
            raise FailedError(f"the accuracy is {test['accuracy']}")

    def _kill(self) -> None:
        training = {**demo.JOB["training"], "epochs": LONG_EPOCHS, "deterministic": True}
        job = self._submit({**demo.JOB, "name": "survivor", "training": training})

        def far_enough() -> bool:
            return ((self.client.job(job["id"])["progress"] or {}).get("epoch") or 0) > KILL_AFTER_EPOCH

        await_true(far_enough, JOB_SECONDS, "the long job does not begin")
        first = self.client.job(job["id"])
        host = first["transitions"][-1]["worker"].partition(":")[0]
        victim = next((one for one in self.stack.containers("worker") if one.startswith(host)), None)
        if victim is None:
            raise FailedError(f"no container is the worker {host}")
        _output("docker", "kill", victim)
        ended = self.client.wait(job["id"])
        page = self.client.page(f"/v1/jobs/{job['id']}/epochs", limit=1000)
        self._expect_epochs(job["id"], [row["epoch"] for row in page["data"]], LONG_EPOCHS)
        after = ended["transitions"][-1]
        if ended["attempt"] < 2 or after["worker"].startswith(host):
            raise FailedError(f"the job was not taken over: {ended['transitions']}")
        self.figures["killed after epoch"] = str(first["progress"]["epoch"])
        self.figures["attempts"] = str(ended["attempt"])
        self.figures["epochs told"] = f"1 … {LONG_EPOCHS}, once each"

    def _submit(self, document: dict[str, Any]) -> dict[str, Any]:
        return self.client.submit(document)

    def _expect_epochs(self, job_id: str, seen: list[int], count: int) -> None:
        job = self.client.job(job_id)
        if job["status"] != "succeeded":
            raise FailedError(f"the job is {job['status']}: {job['error']}")
        if seen != list(range(1, count + 1)):
            raise FailedError(f"epochs 1 … {count} were expected once each, and these came: {seen}")

    def _see_health(self) -> None:
        """Waits until the engine holds service and worker for healthy; nobody of them may be root."""
        ids = [one for name in ("service", "worker") for one in self.stack.containers(name)]
        # One of the workers is dead.
        alive = [
            one for one in ids if _output("docker", "inspect", "-f", "{{.State.Running}}", one) == "true"
        ]
        for one in alive:
            await_true(lambda one=one: _health(one) == "healthy", READY_SECONDS, f"{one[:12]} is not healthy")
            if _output("docker", "exec", one, "id", "-u") == "0":
                raise FailedError(f"{one[:12]} runs as root")
        self.figures["containers that are healthy"] = str(len(alive))

    def _measure(self) -> None:
        for name in IMAGES:
            size = int(
                _output("docker", "image", "inspect", "-f", "{{.Size}}", f"fittingroom-{name}:test") or 0
            )
            self.figures[f"image {name}"] = f"{size / 1e6:,.0f} MB"
        ids = [one for name in ("service", "worker") for one in self.stack.containers(name)]
        told = _output("docker", "stats", "--no-stream", "--format", "{{json .}}", *ids) or ""
        for line in told.splitlines():
            row = json.loads(line)
            self.figures[f"memory of {row['Name'].removeprefix(self.stack.project)}"] = row["MemUsage"]

    def table(self) -> Table:
        """Everything that was seen, and how long it took."""
        table = Table(title="containers", title_justify="left")
        table.add_column("what")
        table.add_column("figure", justify="right")
        for what, seconds in self.stack.times.items():
            table.add_row(what, f"{seconds:.1f} s")
        for what, figure in self.figures.items():
            table.add_row(what, figure)
        return table


def await_true(condition: Callable[[], bool], seconds: float, otherwise: str) -> None:
    """Waits until something is so."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise FailedError(f"{otherwise} after {seconds:.0f} s")
        time.sleep(0.25)


def _output(*command: str, check: bool = True) -> str | None:
    """What a command printed; None if it failed and may."""
    done = subprocess.run(
        command, capture_output=True, text=True, check=check, stdin=subprocess.DEVNULL, cwd=ROOT
    )
    return done.stdout.strip() if done.returncode == 0 else None


def _health(container: str) -> str | None:
    return _output("docker", "inspect", "-f", "{{.State.Health.Status}}", container)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _leave(number: int, _frame: FrameType | None) -> Never:
    raise SystemExit(128 + number)


if __name__ == "__main__":
    sys.exit(main())
