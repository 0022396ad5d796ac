"""Two slots of one thread each, that train two CNNs side by side, against one of them alone."""

import sys
import tempfile
from pathlib import Path

from benchmarks import contest, measuring, networks, pictures
from benchmarks.contest import Rival

ROWS = measuring.either(20_000, quick=2_000)
RUNS = measuring.either(7, quick=2)
BATCH = 32
SLOTS = 2
KIND: networks.Kind = "cnn"


def measure() -> measuring.Result:
    """Rows per second of one, of both together, and how many times as many that is."""
    alone, both = [], []
    with tempfile.TemporaryDirectory() as folder:
        x, y = pictures.made(ROWS, 28)
        pictures.write(Path(folder), x.reshape(-1, *networks.shape(KIND)), y)
        rivals = [Rival("ours", folder, KIND, BATCH, "plan", 1, ROWS) for _ in range(SLOTS)]
        with contest.warmed({f"slot {number}": rival for number, rival in enumerate(rivals)}):
            for run in range(RUNS):
                print(f"  run {run + 1} of {RUNS}", file=sys.stderr)
                alone.append(contest.together(rivals[run % SLOTS :][:1]))
                both.append(contest.together(rivals))
    ratios = [two / one for one, two in zip(alone, both, strict=True)]
    return measuring.Result(
        name="slots",
        title=f"slots of one thread, each training a CNN: rows per second, medians of {RUNS} alternated runs",
        columns=["one slot", "two slots", "ratio (aim: 1.7)"],
        rows=[
            [
                f"{measuring.median(alone):,.0f}",
                f"{measuring.median(both):,.0f}",
                f"{measuring.median(ratios):.2f}",
            ]
        ],
        data={"one": alone, "two": both, "ratios": ratios},
    )
