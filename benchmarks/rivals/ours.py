"""The loop of a trainer, which follows its plan or is kept to one: `plan`, `graph` or `xla`.

`python -m benchmarks.rivals.ours FOLDER KIND BATCH WAY THREADS ROWS`
"""

import itertools
import sys
from pathlib import Path
from typing import Any

from benchmarks import networks
from benchmarks.rivals import turns
from worker import data, devices, network
from worker.loop import Loop
from worker.planning import Planner

# Of the whole training: a plan is for a job that repays it.
EPOCHS = 100
# A plan that is not made by then stays open.
MOST_WARM_UPS = 8


def main(folder: Path, kind: networks.Kind, batch: int, way: str, *, threads: int, rows: int) -> None:
    """Sets up what `worker.trainer` sets up, and takes turns: an epoch each, of so many rows."""
    arrays = {name: str(folder / f"{name}.npy") for name in ("x_train", "y_train")}
    layers, shape = networks.layers(kind), networks.shape(kind)
    resolved = networks.job(layers, shape, rows, epochs=EPOCHS, batch_size=batch)
    plan = devices.plan(resolved, threads)
    devices.prepare(plan)
    split = data.Rows(arrays, "train", resolved)
    trained = network.build(resolved)
    network.compile_network(trained, resolved)
    loop = Loop(trained, batch)
    trained._symbolic_build(data_batch=split.take(data.divide(1, resolved)[0]))  # noqa: SLF001 - as the trainer does
    planner = Planner(loop, _kept(plan, way), None, EPOCHS * -(-rows // batch))
    chosen, _ = data.divide(rows, resolved)
    epochs = itertools.count(1)

    def train() -> int:
        for _ in loop.train(split, data.order(chosen, next(epochs), resolved)):
            planner.look(EPOCHS * -(-rows // batch))
        return rows

    def warm_up() -> int:
        for _ in range(MOST_WARM_UPS):
            if train() and planner.plan["settled"]:
                break
        return train()

    turns.take(train, lambda: loop.refusal or ("xla" if loop.xla else "graph"), warm_up)


def _kept(plan: dict[str, Any], way: str) -> dict[str, Any]:
    return plan if way == "plan" else {**plan, "mode": way, "settled": True}


if __name__ == "__main__":
    given = sys.argv[1:]
    named: networks.Kind = given[1]  # type: ignore[assignment]  # one of them
    main(Path(given[0]), named, int(given[2]), given[3], threads=int(given[4]), rows=int(given[5]))
