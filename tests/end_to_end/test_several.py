"""A network of several inputs and outputs, from an upload to predictions: by ONNX Runtime, and by a worker as
if it could not be said in ONNX.
"""

import csv
import io
import sqlite3
from collections.abc import Iterator
from typing import Any

import httpx
import numpy as np
import orjson
import pytest

from tests.stacks import Up

WORDS = ("tiny", "small", "large", "huge")
ROWS: list[dict[str, Any]] = [
    {"size": n % 4, "noise": n % 7, "comment": f"a {WORDS[n % 4]} one", "kind": "ab"[n % 2], "price": 5.5 * n}
    for n in range(160)
]
MODEL: dict[str, Any] = {
    "layers": [
        {"type": "Embedding", "name": "words", "input_dim": 20, "output_dim": 3, "inputs": ["comment"]},
        {"type": "Flatten", "name": "flat", "inputs": ["words"]},
        {"type": "Concatenate", "name": "both", "inputs": ["columns", "flat"]},
        {"type": "Dense", "name": "cost", "units": 1, "inputs": ["both"]},
        {"type": "Dense", "name": "zeta", "units": 2, "inputs": ["both"]},
    ],
    "outputs": ["zeta", "cost"],
}
TRAINING = {"epochs": 3, "targets": {"zeta": "kind", "cost": "price"}}


def table() -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(ROWS[0]))
    writer.writeheader()
    writer.writerows(ROWS)
    return text.getvalue().encode()


@pytest.fixture(scope="module")
def trained(stack: Up, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    path = tmp_path_factory.mktemp("several") / "several.csv"
    path.write_bytes(table())
    headers = {"Authorization": f"Bearer {stack.token}"}
    with (
        stack.client() as client,
        httpx.Client(base_url=stack.url, headers=headers, trust_env=False, timeout=60) as asks,
    ):
        form = {"name": "several", "options": orjson.dumps(OPTIONS)}
        made = asks.post("/v1/datasets", data=form, files={"file": (path.name, path.read_bytes())})
        assert made.status_code == 201, made.text
        job = client.submit({"dataset": "several", "model": MODEL, "training": TRAINING})
        assert client.wait(job["id"])["status"] == "succeeded"
        yield asks


OPTIONS = {"target": ["kind", "price"], "text": "comment", "sequence_length": 3}


def test_every_output_is_scored_and_predicted_as_in_the_file(stack: Up, trained: httpx.Client) -> None:
    version = trained.get("/v1/models/several/versions/1").json()
    assert version["test"].keys() == {
        "loss",
        "zeta_loss",
        "zeta_accuracy",
        "cost_loss",
        "cost_mean_absolute_error",
    }
    zeta, cost = (version["evaluation"]["outputs"][name] for name in ("zeta", "cost"))
    assert (zeta["target"], cost["target"]) == ("kind", "price")
    assert np.sum(zeta["confusion_matrix"]) == version["evaluation"]["rows"] == 32
    assert zeta["accuracy"] == pytest.approx(version["test"]["zeta_accuracy"])
    # Keras measures the standardised target; the evaluation is in the units of the file.
    deviation = cost["mae"] / version["test"]["cost_mean_absolute_error"]
    assert 200 < deviation < 300
    assert cost["residual_quantiles"].keys() == {"0", "0.05", "0.25", "0.5", "0.75", "0.95", "1"}
    rows = [{name: row[name] for name in ("size", "noise", "comment")} for row in ROWS[:3]]
    by_onnx = ask(trained, "onnxruntime", rows)
    assert [set(one) for one in by_onnx["instances"]] == [{"zeta", "cost"}] * 3
    assert by_onnx["inputs"]["cost"] == [one["cost"] for one in by_onnx["instances"]]

    # As if it could not be exported: what a version is left with then.
    with sqlite3.connect(stack.home / "fittingroom.db", timeout=10) as database:
        database.execute(
            "UPDATE model_versions SET artifacts = json_remove(artifacts, '$.onnx') WHERE id = ?",
            [version["id"]],
        )
    database.close()
    restart(stack)
    by_worker = ask(trained, "worker", rows)
    for one, other in zip(numbers(by_onnx), numbers(by_worker), strict=True):
        assert one == pytest.approx(other, rel=1e-5, abs=1e-5)


def restart(stack: Up) -> None:
    """The service has the version ready as it was."""
    service = stack.child("-m service")
    service.terminate()
    service.wait(20)
    stack.ready()


def ask(asks: httpx.Client, served_by: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """What is answered in every form."""
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    path = "/v1/models/several"
    assert asks.get(f"{path}/metadata").json()["served_by"] == served_by
    found = {}
    for form, action, body in (
        ("instances", "predict", {"instances": rows}),
        ("inputs", "predict", {"inputs": columns}),
        ("classes", "classify", {"examples": rows}),
        ("numbers", "regress", {"examples": rows}),
    ):
        answer = asks.post(f"{path}:{action}", json=body)
        assert answer.status_code == 200, answer.text
        assert answer.headers["X-Served-By"] == served_by
        [found[form]] = answer.json().values()
    return found


def numbers(answers: object) -> list[float]:
    """All that are in it, in order."""
    if isinstance(answers, dict):
        return [number for value in answers.values() for number in numbers(value)]
    if isinstance(answers, list):
        return [number for value in answers for number in numbers(value)]
    return [answers] if isinstance(answers, float) else []
