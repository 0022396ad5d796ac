"""Jobs to be disturbed: on real digits, and long enough that something can happen to them."""

import io
import zipfile
from typing import Any

import h5py
import numpy as np

from fittingroom.client import Client
from tests.fittingroom.waiting import wait_until

EPOCHS = 25


def digits(*layers: dict[str, Any], **training: object) -> dict[str, Any]:
    """A job on the digits; some seconds long."""
    return {
        "dataset": "digits",
        "model": {
            "layers": layers
            or [
                {"type": "Conv2D", "filters": 16, "kernel_size": 3, "activation": "relu"},
                {"type": "BatchNormalization"},
                {"type": "Flatten"},
                {"type": "Dropout", "rate": 0.3},
                {"type": "Dense", "units": 10, "activation": "softmax"},
            ]
        },
        "training": {"epochs": EPOCHS, "batch_size": 8, "seed": 3, "deterministic": True} | training,
    }


def epochs(client: Client, job_id: str) -> list[int]:
    found = client.page(f"/v1/jobs/{job_id}/epochs", after=0, limit=100)["data"]
    return [epoch["epoch"] for epoch in found]


def history(client: Client, job_id: str) -> list[tuple[int, dict[str, float], float]]:
    """What the epochs told: metrics and learning rates."""
    found = client.page(f"/v1/jobs/{job_id}/epochs", after=0, limit=100)["data"]
    return [(epoch["epoch"], epoch["metrics"], epoch["learning_rate"]) for epoch in found]


def wait_for_epoch(client: Client, job_id: str, number: int) -> None:
    wait_until(lambda: len(epochs(client, job_id)) >= number, 60)


def weights(client: Client, job: dict[str, Any]) -> list[np.ndarray]:
    """The weights in the `.keras` file of the model that a job made, read without Keras."""
    version = f"/v1/models/{job['model']['name']}/versions/{job['model']['version']}"
    answer = client._http.get(f"{version}/artifact", params={"format": "keras"})
    assert answer.status_code == 200, answer.text
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        content = io.BytesIO(archive.read("model.weights.h5"))
    found: dict[str, np.ndarray] = {}
    with h5py.File(content) as file:
        file["layers"].visititems(
            lambda name, item: found.update({name: item[()]}) if isinstance(item, h5py.Dataset) else None
        )
    assert found
    return [found[name] for name in sorted(found)]
