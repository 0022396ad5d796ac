"""The main job by the command line, on every sample: upload, train, follow, predict."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fittingroom import Client, samples
from tests.stacks import Up

DENSE: list[dict[str, Any]] = [{"type": "Flatten"}, {"type": "Dense", "units": 32, "activation": "relu"}]
# The last layer of each, and the least that a score on the test split may be, or (for an error) the most.
LAST: dict[str, tuple[dict[str, Any], str, float]] = {
    "digits": ({"type": "Dense", "units": 10, "activation": "softmax"}, "accuracy", 0.9),
    "iris": ({"type": "Dense", "units": 3, "activation": "softmax"}, "accuracy", 0.85),
    "wine": ({"type": "Dense", "units": 3}, "accuracy", 0.9),
    "breast_cancer": ({"type": "Dense", "units": 1, "activation": "sigmoid"}, "accuracy", 0.9),
    "diabetes": ({"type": "Dense", "units": 1}, "mean_absolute_error", 0.8),
}
Run = Callable[..., str]


@pytest.fixture
def run(stack: Up) -> Run:
    def fittingroom(*arguments: str) -> str:
        told = os.environ | {"FITTINGROOM_URL": stack.url, "FITTINGROOM_TOKEN": stack.token}
        done = subprocess.run(
            [sys.executable, "-m", "fittingroom", *arguments],
            env=told,
            capture_output=True,
            text=True,
            check=False,
            timeout=90,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return fittingroom


@pytest.mark.parametrize("name", samples.NAMES)
def test_a_sample_is_learned_and_raw_rows_are_predicted(
    name: str, run: Run, stack: Up, tmp_path: Path
) -> None:
    made = json.loads(run("samples", "add", name, "--json"))
    last, metric, bound = LAST[name]
    document = {
        "dataset": name,
        "model": {"layers": [*DENSE, last]},
        "training": {"epochs": 40, "batch_size": 16, "optimizer": {"type": "Adam", "learning_rate": 0.003}},
    }
    path = tmp_path / "job.json"
    path.write_text(json.dumps(document))
    followed = run("train", str(path), "--follow")
    assert "epoch 40/40" in followed
    assert f"succeeded: {name} version 1" in followed
    (job,) = json.loads(run("jobs", "--name", name, "--json"))["data"]
    assert job["dataset"]["id"] == made["id"]
    (model,) = [one for one in json.loads(run("models", "--json"))["data"] if one["name"] == name]
    test = model["versions"][0]["test"]
    assert test[metric] <= bound if metric.endswith("error") else test[metric] >= bound

    with Client(stack.url, stack.token) as client:
        pace = client.check(document)["seconds_per_epoch"]
    assert pace["from_jobs"] >= 1
    assert pace["estimate"] > 0

    sample, _ = samples.write(name, tmp_path)
    rows = sample
    if sample.suffix == ".csv":
        rows = tmp_path / "rows.csv"
        rows.write_text("".join(sample.read_text().splitlines(keepends=True)[:6]))
    predictions = json.loads(run("predict", name, str(rows), "--json"))["predictions"]
    width = last["units"]
    assert len(predictions) == (1797 if name == "digits" else 5)
    assert all(len(prediction) == width for prediction in predictions)
    if name == "diabetes":
        # In its own units, as it was uploaded.
        assert all(30 < prediction[0] < 350 for prediction in predictions)
