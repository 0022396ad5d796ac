"""From submission to the first epoch's figures, with a warm worker, against `python train.py`.

Both train the network of `fittingroom demo` on the same rows, for the same epochs. The runs alternate, so
that what else the machine does falls on both.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks import measuring, stack
from fittingroom import demo
from fittingroom.client import Client

EPOCHS = 5
RUNS = measuring.either(7, quick=1)
PLAIN = Path(__file__).with_name("train.py")


def measure() -> measuring.Result:
    """Seconds, by way of training: to the first epoch, and to the last."""
    job = {**demo.JOB, "training": {**demo.JOB["training"], "epochs": EPOCHS}}
    times: dict[str, list[float]] = {
        name: []
        for name in (
            *("first epoch", "first epoch, plain", "last epoch", "last epoch, plain"),
            *("model ready", "model ready, plain"),
        )
    }
    with tempfile.TemporaryDirectory() as folder, stack.up(Path(folder) / "home") as client:
        path, _ = demo.write_digits(Path(folder))
        client.add_dataset(path, name="digits")
        submitted(client, job)  # the worker is warm, and so are the files in the machine's memory
        plain(path, Path(folder))
        for number in range(RUNS):
            print(f"  run {number + 1} of {RUNS}", file=sys.stderr)
            epochs, ready = submitted(client, job)
            times["first epoch"].append(epochs[0])
            times["last epoch"].append(epochs[-1])
            times["model ready"].append(ready)
            epochs, ready = plain(path, Path(folder))
            times["first epoch, plain"].append(epochs[0])
            times["last epoch, plain"].append(epochs[-1])
            times["model ready, plain"].append(ready)
    medians = {name: measuring.median(values) for name, values in times.items()}
    return measuring.Result(
        name="first-epoch",
        title=f"digits, CNN, {EPOCHS} epochs: seconds from the start, medians of {RUNS} alternated runs",
        columns=["to", "submitted to Fitting Room", "python train.py", "ratio"],
        rows=[
            [
                what,
                f"{medians[name]:.2f}",
                f"{medians[name + ', plain']:.2f}",
                f"{medians[name + ', plain'] / medians[name]:.1f}",
            ]
            for what, name in (
                ("the first epoch's figures", "first epoch"),
                ("the last epoch's figures", "last epoch"),
                ("the end, with both files", "model ready"),
            )
        ],
        data={"epochs": EPOCHS, "seconds": times, "medians": medians},
    )


def submitted(client: Client, job: dict[str, Any]) -> tuple[list[float], float]:
    """Seconds from submission until a client knew of each epoch, and until the job had succeeded."""
    began = time.monotonic()
    made = client.submit(job)
    epochs = []
    for event, data in client.events(made["id"]):
        if event == "epoch":
            epochs.append(time.monotonic() - began)
        elif event == "end" and data["status"] != "succeeded":
            raise RuntimeError(f"the job is {data['status']}: {data['error']}")
    return epochs, time.monotonic() - began


def plain(path: Path, folder: Path) -> tuple[list[float], float]:
    """Seconds from the start of the process until each epoch was told, and until it had ended: with the same
    files as a job leaves.
    """
    began = time.time()
    done = subprocess.run(
        [sys.executable, str(PLAIN), str(path), str(EPOCHS), str(folder)],
        capture_output=True,
        text=True,
        check=True,
    )
    ended = time.time() - began
    epochs = [line for line in done.stdout.splitlines() if line.startswith("epoch ")]
    return [float(line.split()[2]) - began for line in epochs], ended
