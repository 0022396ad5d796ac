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
RUNS = 7
PLAIN = Path(__file__).with_name("train.py")


def measure() -> measuring.Result:
    """Seconds, by way of training: to the first epoch, and to the last."""
    job = {**demo.JOB, "training": {**demo.JOB["training"], "epochs": EPOCHS}}
    times: dict[str, list[float]] = {
        name: []
        for name in ("first epoch", "first epoch, plain", "last epoch", "last epoch, plain", "model ready")
    }
    with tempfile.TemporaryDirectory() as folder, stack.up(Path(folder) / "home") as client:
        path, _ = demo.write_digits(Path(folder))
        client.add_dataset(path, name="digits")
        submitted(client, job)  # the worker is warm, and so are the files in the machine's memory
        plain(path)
        for number in range(RUNS):
            print(f"  run {number + 1} of {RUNS}", file=sys.stderr)
            epochs, ready = submitted(client, job)
            times["first epoch"].append(epochs[0])
            times["last epoch"].append(epochs[-1])
            times["model ready"].append(ready)
            epochs = plain(path)
            times["first epoch, plain"].append(epochs[0])
            times["last epoch, plain"].append(epochs[-1])
    medians = {name: measuring.median(values) for name, values in times.items()}
    return measuring.Result(
        name="first-epoch",
        title=f"digits, CNN, {EPOCHS} epochs: seconds from the start, medians of {RUNS} alternated runs",
        columns=["to", "submitted to Fitting Room", "python train.py", "ratio"],
        rows=[
            [
                f"the {which} epoch's figures",
                f"{medians[which + ' epoch']:.2f}",
                f"{medians[which + ' epoch, plain']:.2f}",
                f"{medians[which + ' epoch, plain'] / medians[which + ' epoch']:.1f}",
            ]
            for which in ("first", "last")
        ]
        + [["the model, scored, exported and ready to predict", f"{medians['model ready']:.2f}", "", ""]],
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


def plain(path: Path) -> list[float]:
    """Seconds from the start of the process until each epoch was told."""
    began = time.time()
    done = subprocess.run(
        [sys.executable, str(PLAIN), str(path), str(EPOCHS)], capture_output=True, text=True, check=True
    )
    return [float(line.split()[2]) - began for line in done.stdout.splitlines() if line.startswith("epoch ")]
