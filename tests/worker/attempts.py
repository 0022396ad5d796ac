"""Attempts for tests: files as a data set leaves them, and a real process that trains on them."""

import contextlib
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

import numpy as np

from core import specs
from worker.attempt import Attempt, Report
from worker.child import Child

ROWS, TEST_ROWS = 150, 40


def files(folder: Path, known: specs.Facts) -> dict[str, str]:
    """Rows of noise around their class, or around what their number tells."""
    random = np.random.default_rng(0)
    paths = {}
    for split, rows in (("train", ROWS), ("test", TEST_ROWS)):
        (row,), (target,) = known.inputs, known.targets
        classes = len(target.classes)
        y = np.arange(rows) % classes if classes else random.random(rows, np.float32)
        x = random.random((rows, *row.shape), np.float32)
        x += y.reshape(-1, *[1] * len(row.shape)) / max(classes, 1)
        if row.dtype == "int32":
            x = (x * 4).astype(np.int32)
        for name, array in (("x", x.astype(row.dtype)), ("y", y)):
            paths[f"{name}_{split}"] = str(folder / f"{name}_{split}.npy")
            np.save(paths[f"{name}_{split}"], array.astype(np.int64) if array is y and classes else array)
    return paths


def attempt(folder: Path, known: specs.Facts, job: specs.Resolved, **more: object) -> Attempt:
    scratch = folder / "scratch"
    scratch.mkdir(exist_ok=True)
    arguments: dict[str, Any] = {
        "job_id": "job_1",
        "number": 1,
        "resolved": job.model_dump(mode="json"),
        "arrays": files(folder, known),
        "scratch": str(scratch),
        "checkpoint_seconds": 0.0,
    }
    return Attempt(**arguments | more)


def run(module: str, asked: Attempt, seconds: float = 60) -> tuple[list[Report], int]:
    """All that a process told, and its exit code."""
    child = Child(module, asked)
    reports: list[Report] = []
    try:
        running = True
        while running:
            assert wait([child.reports, child.sentinel], seconds), "it says nothing"
            running = child.exit_code is None
            with contextlib.suppress(EOFError):
                while child.reports.poll():
                    reports.append(child.reports.recv())
        return reports, child.exit_code or 0
    finally:
        child.kill()
        child.close()
