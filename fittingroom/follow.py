"""A job's story as it happens: a line for each epoch, and on a terminal a bar below them."""

import re
import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn
from rich.text import Text

from fittingroom import render
from fittingroom.client import Client

QUEUE_POLL_SECONDS = 0.2
EPOCH_LINE = re.compile(r"Epoch \d+/\d+ - ")


def follow(client: Client, job_id: str, console: Console) -> int:
    """Shows a job until its end. The exit code is 0 when it succeeded, else 1."""
    teller = _Teller(client, job_id, console)
    with teller.progress:
        teller.wait_in_queue()
        for event, data in client.events(job_id):
            teller.tell(event, data)
    return teller.conclude()


class _Teller:
    def __init__(self, client: Client, job_id: str, console: Console) -> None:
        self.client = client
        self.job_id = job_id
        # Off a terminal a bar is noise: there the lines alone are printed.
        self.progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            TextColumn("{task.fields[told]}", markup=False),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self.bar: TaskID = self.progress.add_task("", total=1.0, told="", visible=False)
        self.epochs: int | None = None
        self.place: tuple[int | None, str | None] = (None, None)

    def wait_in_queue(self) -> None:
        """Shows the place in the queue, which no event tells."""
        while (job := self.client.job(self.job_id))["status"] == "queued":
            self._tell_position(job)
            time.sleep(QUEUE_POLL_SECONDS)
        self.epochs = ((job.get("resolved") or {}).get("training") or {}).get("epochs")

    def tell(self, event: str, data: Mapping[str, Any]) -> None:
        """Shows one event."""
        match event:
            case "status":
                self._tell_status(data)
            case "progress":
                self._tell_progress(data)
            case "epoch":
                self._tell_epoch(data)
            case "log":
                self._tell_line(str(data.get("line", "")))

    def conclude(self) -> int:
        """Says how it ended."""
        job = self.client.job(self.job_id)
        status = str(job["status"])
        model = render.model_of(job)
        self._line(f"{self.job_id} {status}{f': {model}' if model else ''}", render.STYLES.get(status, ""))
        if told := render.reason(job):
            self._line(told)
        return 0 if status == "succeeded" else 1

    def _tell_status(self, data: Mapping[str, Any]) -> None:
        status, attempt = str(data.get("status")), data.get("attempt") or 1
        if status == "running":
            again = f", attempt {attempt}" if attempt > 1 else ""
            on = f" on {data['worker']}" if data.get("worker") else ""
            self._line(f"running{on}{again}")
        elif status == "queued" and data.get("reason"):
            self.place = (None, None)
            self._line(f"back in the queue: {data['reason']}", "yellow")
        # The end is told by `conclude`, and that it was queued at first goes without saying.

    def _tell_progress(self, data: Mapping[str, Any]) -> None:
        self.epochs = data.get("epochs") or self.epochs
        epoch, step, steps = data.get("epoch") or 1, data.get("step") or 0, data.get("steps") or 1
        told = [f"step {step}/{steps}", render.metrics(data)]
        if (left := data.get("eta_seconds")) is not None:
            told.append(f"{timedelta(seconds=round(left))} left")
        self.progress.update(
            self.bar,
            description=f"epoch {epoch}/{self.epochs}",
            completed=(epoch - 1 + step / steps) / (self.epochs or epoch),
            told="  ".join(part for part in told if part),
            visible=True,
        )

    def _tell_epoch(self, data: Mapping[str, Any]) -> None:
        width = len(str(self.epochs or ""))
        of = f"/{self.epochs}" if self.epochs else ""
        seconds = data.get("seconds")
        took = "" if seconds is None else f"  {seconds:.1f} s"
        self._line(f"epoch {data.get('epoch')!s:>{width}}{of}  {render.metrics(data)}{took}")

    def _tell_line(self, line: str) -> None:
        # The log says of each epoch what its event has said already.
        if not EPOCH_LINE.match(line):
            self._line(f"  {line}", "dim")

    def _tell_position(self, job: Mapping[str, Any]) -> None:
        queue = job.get("queue") or {}
        place = queue.get("position"), queue.get("reason")
        if place != self.place:
            self.place = place
            why = f": {place[1]}" if place[1] else ""
            self._line(f"queued, place {place[0]}{why}", "yellow")

    def _line(self, text: str, style: str = "") -> None:
        self.progress.console.print(Text(text, style=style), soft_wrap=True)
