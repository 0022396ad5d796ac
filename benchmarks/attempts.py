"""Attempts that are measured: what a worker does with a trainer, without the worker's database."""

import os
import time
from collections.abc import Callable, Iterator
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

from core import specs
from worker import child
from worker.attempt import Attempt, Failed, Report

# How often a process is looked at while it trains.
LOOK_SECONDS = 0.05
# In which a process says something, or there is something wrong.
SILENCE_SECONDS = 600


def warm_up() -> None:
    """Has TensorFlow imported, in a process that says only what matters."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    child.warm_up()


def attempt(resolved: specs.Resolved, arrays: dict[str, str], scratch: Path, threads: int) -> Attempt:
    """The first try at a job."""
    scratch.mkdir(exist_ok=True)
    document: dict[str, Any] = resolved.model_dump(mode="json")
    return Attempt(
        job_id="job_bench",
        number=1,
        resolved=document,
        arrays=arrays,
        scratch=str(scratch),
        threads=threads,
    )


def trained(
    asked: Attempt, look: Callable[[child.Child], None] = lambda _: None
) -> Iterator[tuple[float, Report]]:
    """What a trainer tells, and how many seconds after its start.

    Args:
        asked: the attempt.
        look: is called with the process again and again while it runs.

    Raises:
        RuntimeError: it failed.
    """
    began = heard = time.monotonic()
    trainer = child.Child("worker.trainer", asked, "benchmark")
    try:
        running = True
        while running:
            wait([trainer.reports, trainer.printed, trainer.sentinel], LOOK_SECONDS)
            running = trainer.exit_code is None
            look(trainer)
            trainer.chunks()
            for report in trainer.told():
                heard = time.monotonic()
                if isinstance(report, Failed):
                    raise RuntimeError(report.message)  # noqa: TRY004 - it is not of a wrong type
                yield heard - began, report
            if time.monotonic() - heard > SILENCE_SECONDS:
                raise RuntimeError("the trainer says nothing")
        if trainer.exit_code:
            raise RuntimeError(f"the trainer ended with {trainer.exit_code}")
    finally:
        trainer.kill()
        trainer.close()
