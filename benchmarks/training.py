"""Rows per second of training: ours, Keras's `fit` in its ways, PyTorch, and Keras on JAX.

All train the same networks on the same pictures in this run, on this machine, warmed up, in turns.
"""

import os
import sys
import tempfile
from pathlib import Path

from benchmarks import contest, measuring, networks, pictures
from benchmarks.contest import PEERS, Rival

ROWS = measuring.either(20_000, quick=2_000)
RUNS = measuring.either(5, quick=2)
BATCHES = (32, 256)
# XLA's convolutions are so slow on a CPU that an epoch of them would take as long as all the rest.
FEWER_ROWS = 1_024
OURS, GRAPH, XLA, FIT = "ours, as planned", "ours, graph", "ours, XLA", "`fit`, arrays"
# The plan is wrong if the other way is faster by more than what two turns differ in anyway.
TOLERANCE = 1.1

Rates = dict[str, list[float]]


def measure() -> measuring.Result:
    """A table of rows per second, by batch size and by who trains."""
    measured: dict[tuple[int, networks.Kind], tuple[Rates, str]] = {}
    with tempfile.TemporaryDirectory() as folder:
        x, y = pictures.made(ROWS, 28)
        for batch in BATCHES:
            for kind in networks.KINDS:
                print(f"  batch {batch}, {kind}", file=sys.stderr)
                pictures.write(Path(folder), x.reshape(-1, *networks.shape(kind)), y)
                measured[batch, kind] = _contest(Path(folder), kind, batch)
                _tell(*measured[batch, kind])
    return measuring.Result(
        name="training",
        title=f"training, {ROWS:,} rows of 28x28: rows per second, medians of {RUNS} alternated epochs",
        columns=["", *[kind.upper() for kind in networks.KINDS]],
        rows=[row for batch in BATCHES for row in _rows(batch, measured)],
        data={
            f"{kind}, {batch}": {"rows_per_second": rates, "plan": plan}
            for (batch, kind), (rates, plan) in measured.items()
        },
    )


def _contest(folder: Path, kind: networks.Kind, batch: int) -> tuple[Rates, str]:
    """Rows per second of everyone, and what the plan chose."""
    threads = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    xla_rows = min(ROWS, FEWER_ROWS) if kind == "cnn" else ROWS
    fit = ("keras_fit", folder, kind, batch)
    rivals = {
        OURS: Rival("ours", folder, kind, batch, "plan", threads, ROWS),
        GRAPH: Rival("ours", folder, kind, batch, "graph", threads, ROWS),
        XLA: Rival("ours", folder, kind, batch, "xla", threads, xla_rows),
        FIT: Rival(*fit, "arrays", ROWS),
        "`fit`, tf.data": Rival(*fit, "tf.data", ROWS),
        "`fit`, 32 steps": Rival(*fit, "steps", ROWS),
        "Keras on JAX": Rival(*fit, "arrays", ROWS, python=str(PEERS), KERAS_BACKEND="jax"),
        "PyTorch, eager": Rival("pytorch", folder, kind, batch, ROWS, python=str(PEERS)),
    }
    with contest.warmed(rivals):
        return contest.alternated(rivals, RUNS), rivals[OURS].about


def _tell(rates: Rates, plan: str) -> None:
    """What there is already, to whoever waits for the rest."""
    told = [f"{name} {_rate(rates, name)}" for name in rates]
    print(f"    {'; '.join([*told, f'the plan chose {plan}'])}", file=sys.stderr)


def _rows(batch: int, measured: dict[tuple[int, networks.Kind], tuple[Rates, str]]) -> list[list[str]]:
    columns = [measured[batch, kind] for kind in networks.KINDS]
    names = [name for name in columns[0][0] if any(name in rates for rates, _ in columns)]
    rates = [[name, *[_rate(rates, name) for rates, _ in columns]] for name in names]
    told = [
        ["the plan chose", *[_chosen(rates, plan) for rates, plan in columns]],
        ["ours : `fit`", *[f"{ratio(rates, FIT):.1f}" for rates, _ in columns]],
        ["ours : best other", *[f"{ratio(rates, best(rates)):.1f}" for rates, _ in columns]],
        ["which is", *[best(rates) for rates, _ in columns]],
    ]
    return [[f"batch {batch}", *[""] * len(columns)], *rates, *told]


def _rate(rates: Rates, name: str) -> str:
    return f"{measuring.median(rates[name]):,.0f}" if name in rates else "not to be had"


def _chosen(rates: Rates, plan: str) -> str:
    """What the plan chose, and whether that was wrong."""
    chosen, other = (XLA, GRAPH) if plan == "xla" else (GRAPH, XLA)
    wrong = other in rates and measuring.median(rates[other]) > TOLERANCE * measuring.median(rates[chosen])
    return f"{plan}, WRONG" if wrong else plan


def ratio(rates: Rates, other: str) -> float:
    """How many times as fast ours is as another one: the median over the runs."""
    pairs = zip(rates[OURS], rates[other], strict=True)
    return measuring.median([ours / theirs for ours, theirs in pairs])


def best(rates: Rates) -> str:
    """The fastest of those that are not ours."""
    others = [name for name in rates if name not in {OURS, GRAPH, XLA}]
    return max(others, key=lambda name: measuring.median(rates[name]))
