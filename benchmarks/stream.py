"""An epoch over more than a slot's memory should hold: rows per second, and how much memory it takes.

Memory is what a process has for itself (`RssAnon`): mapped pages of files are the kernel's to take back.
"""

import os
import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np

from benchmarks import attempts, contest, measuring, networks, pictures
from benchmarks.contest import Rival
from worker.attempt import EpochDone, Planned
from worker.child import Child

BYTES = measuring.either(4 * 2**30, quick=300 * 2**20)
RUNS = measuring.either(3, quick=1)
SHAPE = (32, 32, 3)
UNITS, BATCH = 64, 32
# Rows that are written at a time, and all rows of the small job.
PIECE, FEW = 8_000, 320
MOST_GIGABYTES = 1.0


class Memory:
    """The most that a process had for itself, in bytes."""

    def __init__(self) -> None:
        self.most = 0

    def look(self, process: Child) -> None:
        """Looks how much it has now."""
        self.most = max(self.most, process.own_memory)


def measure() -> measuring.Result:
    """Rows per second of the trainer and of `fit`, and the trainer's memory against that on a few rows."""
    rows = BYTES // (4 * int(np.prod(SHAPE))) // BATCH * BATCH
    attempts.warm_up()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        if shutil.disk_usage(folder).free < 1.5 * BYTES:
            raise RuntimeError(f"{folder} has no room for {1.5 * BYTES / 2**30:.0f} GB; set TMPDIR")
        small = _trained(_files(folder / "few", FEW), folder, FEW)
        arrays = _files(folder / "many", rows)
        runs, fit = [], []
        rival = Rival("stream_fit", folder / "many", UNITS, BATCH)
        with contest.warmed({"fit": rival}):
            for run in range(RUNS):
                print(f"  run {run + 1} of {RUNS}", file=sys.stderr)
                fit.append(contest.together([rival]))
                runs.append(_trained(arrays, folder, rows))
    rates = [rate for rate, _, _ in runs]
    most = max(memory for _, memory, _ in runs)
    ratio = measuring.median([ours / theirs for ours, theirs in zip(rates, fit, strict=True)])
    return measuring.Result(
        name="stream",
        title=f"an epoch over {BYTES / 2**30:.1f} GB of rows in files, medians of {RUNS} alternated runs",
        columns=[
            "rows/s, ours",
            "rows/s, `fit`",
            "ratio",
            "plan",
            "RssAnon, GB",
            f"on {FEW} rows",
            f"beyond that (most: {MOST_GIGABYTES:.0f})",
        ],
        rows=[
            [
                f"{measuring.median(rates):,.0f}",
                f"{measuring.median(fit):,.0f}",
                f"{ratio:.2f}",
                runs[-1][2],
                f"{most / 2**30:.2f}",
                f"{small[1] / 2**30:.2f}",
                f"{(most - small[1]) / 2**30:.2f}",
            ]
        ],
        data={"ours": rates, "fit": fit, "rss_anon": [memory for _, memory, _ in runs], "small": small[1]},
    )


def _files(folder: Path, rows: int) -> dict[str, str]:
    """Pictures of digits in colour, the same piece of them again and again."""
    folder.mkdir()
    x, y = pictures.made(min(PIECE, rows), SHAPE[0])
    x = np.repeat(x[..., None], SHAPE[2], axis=3)
    paths = {name: str(folder / f"{name}.npy") for name in ("x_train", "y_train")}
    written = np.lib.format.open_memmap(paths["x_train"], "w+", np.float32, (rows, *SHAPE))
    for first in range(0, rows, len(x)):
        written[first : first + len(x)] = x[: rows - first]
    written.flush()
    np.save(paths["y_train"], np.resize(y, rows))
    return paths


def _trained(arrays: dict[str, str], folder: Path, rows: int) -> tuple[float, int, str]:
    """Rows per second, the most memory in bytes, and by which plan."""
    dense = {"type": "Dense", "units": UNITS, "activation": "relu"}
    ends = {"type": "Dense", "units": networks.CLASSES, "activation": "softmax"}
    resolved = networks.job([{"type": "Flatten"}, dense, ends], SHAPE, rows, epochs=1, batch_size=BATCH)
    asked = attempts.attempt(resolved, arrays, folder / "scratch", os.cpu_count() or 1)
    memory, rate, plan = Memory(), 0.0, "graph"
    for _, report in attempts.trained(asked, memory.look):
        if isinstance(report, Planned):
            plan = report.plan["mode"]
        elif isinstance(report, EpochDone):
            rate = rows / report.report["seconds"]
    return rate, memory.most, plan
