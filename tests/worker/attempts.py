"""Attempts for tests: files as a data set leaves them, and a real process that trains on them."""

from multiprocessing.connection import wait
from pathlib import Path
from typing import Any, Literal

import numpy as np

from core import specs
from core.datasets import storing
from worker.attempt import Attempt, Report, Survey
from worker.child import Child

ROWS, TEST_ROWS = 150, 40
SPLITS: dict[Literal["train", "test"], int] = {"train": ROWS, "test": TEST_ROWS}


def files(folder: Path, known: specs.Facts) -> dict[str, str]:
    """Rows of noise around their class, or around what their number tells: arrays for every input and
    target.
    """
    random = np.random.default_rng(0)
    paths = {}
    for split, rows in SPLITS.items():
        y = np.arange(rows) % len(known.targets[0].classes or [0])
        for part, row in enumerate(known.inputs):
            x = random.random((rows, *row.shape), np.float32)
            x += y.reshape(-1, *[1] * len(row.shape)) / max(len(known.targets[0].classes), 1)
            x = x if row.dtype == "float32" else (x * 4).astype(np.int32)
            paths |= _saved(folder, storing.array_name("x", part, split), x)
        for part, target in enumerate(known.targets):
            if target.kind != "reconstruction":
                paths |= _saved(folder, storing.array_name("y", part, split), _target(target, rows, random))
    return paths


def _target(target: specs.TargetFacts, rows: int, random: np.random.Generator) -> np.ndarray:
    if target.kind == "class":
        return np.arange(rows) % len(target.classes)
    numbers = random.random((rows, *target.shape), np.float32)
    return np.round(numbers) if target.kind == "multilabel" else numbers


def _saved(folder: Path, name: str, array: np.ndarray) -> dict[str, str]:
    path = folder / f"{name}.npy"
    np.save(path, array)
    return {name: str(path)}


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


def run(module: str, asked: Attempt | Survey, seconds: float = 60) -> tuple[list[Report], int]:
    """All that a process told, and its exit code."""
    child = Child(module, asked, "test")
    reports: list[Report] = []
    try:
        running = True
        while running:
            assert wait([child.reports, child.printed, child.sentinel], seconds), "it says nothing"
            running = child.exit_code is None
            child.chunks()
            reports += child.told()
        return reports, child.exit_code or 0
    finally:
        child.kill()
        child.close()
