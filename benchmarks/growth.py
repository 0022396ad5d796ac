"""How the time of a training grows with its work: rows, epochs and width, doubled one at a time.

Each is a whole training by a trainer of its own, with the plan it makes, from its start to its exports.
"""

import os
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from benchmarks import attempts, measuring, networks, pictures
from worker.attempt import Begun, EpochDone, Planned, Trained

RUNS = measuring.either(3, quick=1)
BATCH = 32
# Of a convolution's width each is nearly four times the work.
DOUBLINGS = {
    "rows": measuring.either(4, quick=1),
    "epochs": measuring.either(4, quick=1),
    "width": measuring.either(2, quick=1),
}


class Work(NamedTuple):
    """How much there is to do."""

    rows: int
    epochs: int
    width: int


class Took(NamedTuple):
    """How long it took: until there are exports, all epochs, and by which plan."""

    whole: float
    epochs: float
    plan: str


# About a second of training each.
LEAST: dict[networks.Kind, Work] = {"mlp": Work(10_000, 4, 1), "cnn": Work(4_000, 3, 1)}


def measure() -> measuring.Result:
    """Seconds, and how many times those of half the work."""
    rows, data = [], {}
    attempts.warm_up()
    with tempfile.TemporaryDirectory() as folder:
        for kind, least in LEAST.items():
            _once(Path(folder), kind, least)  # TensorFlow is imported, and its files are in memory
            for axis, doublings in DOUBLINGS.items():
                works = [_doubled(least, axis, times) for times in range(doublings + 1)]
                took = [_median(Path(folder), kind, work) for work in works]
                rows += _rows(kind, axis, works, took)
                data[f"{kind}, {axis}"] = [
                    {**work._asdict(), **one._asdict()} for work, one in zip(works, took, strict=True)
                ]
    return measuring.Result(
        name="growth",
        title=f"how the time grows: seconds, medians of {RUNS} trainings",
        columns=["doubled", "rows", "epochs", "width", "training", "ratio", "with its exports", "plan"],
        rows=rows,
        data=data,
    )


def _doubled(least: Work, axis: str, times: int) -> Work:
    return least._replace(**{axis: getattr(least, axis) * 2**times})


def _median(folder: Path, kind: networks.Kind, work: Work) -> Took:
    print(f"  {kind}: {work}", file=sys.stderr)
    took = [_once(folder, kind, work) for _ in range(RUNS)]
    return sorted(took, key=lambda one: one.epochs)[len(took) // 2]


def _once(folder: Path, kind: networks.Kind, work: Work) -> Took:
    shape = networks.shape(kind)
    x, y = pictures.made(work.rows, 28)
    arrays = pictures.write(folder, x.reshape(-1, *shape), y)
    resolved = networks.job(
        networks.layers(kind, work.width), shape, work.rows, epochs=work.epochs, batch_size=BATCH
    )
    asked = attempts.attempt(resolved, arrays, folder / "scratch", os.cpu_count() or 1)
    epochs, whole, plan = 0.0, 0.0, ""
    for at, report in attempts.trained(asked):
        match report:
            case Begun() | Planned():
                plan = report.plan["mode"]
            case EpochDone():
                epochs += report.report["seconds"]
            case Trained():
                whole = at
    return Took(whole, epochs, plan)


def _rows(kind: networks.Kind, axis: str, works: list[Work], took: list[Took]) -> list[list[str]]:
    rows = []
    for number, (work, one) in enumerate(zip(works, took, strict=True)):
        ratio = f"{one.epochs / took[number - 1].epochs:.2f}" if number else ""
        rows.append(
            [
                f"{kind.upper()}: {axis}" if number == 0 else "",
                f"{work.rows:,}",
                str(work.epochs),
                str(work.width),
                f"{one.epochs:.2f}",
                ratio,
                f"{one.whole:.2f}",
                one.plan,
            ]
        )
    return rows
