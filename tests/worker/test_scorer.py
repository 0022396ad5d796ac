"""Scorers in their own processes: what they tell of pictures, and of inputs that are their own target."""

import base64
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from core import specs
from core.datasets.array_inputs import ArrayInputs
from core.datasets.encoding import ClassTarget, Encoding, ReconstructionTarget
from tests.core.specs.documents import dense, facts, resolved
from tests.worker.attempts import attempt, run
from worker.attempt import Attempt, Scored, Trained

SHAPE = (9, 5, 3)
PICTURES = ArrayInputs(raw_shape=list(SHAPE), shape=list(SHAPE), dtype="float32", pictures=True)
CLASSES = ("dark", "light")


def scored(folder: Path, known: specs.Facts, job: specs.Resolved, encoding: Encoding) -> tuple[Attempt, Any]:
    """What was scored, and the evaluation."""
    asked = attempt(folder, known, job)
    trained = run("worker.trainer", asked)[0][-1]
    assert isinstance(trained, Trained)
    learned = folder / "encoding.json"
    learned.write_bytes(encoding.dump())
    arrays = {name: path for name, path in asked.arrays.items() if name.endswith("_test")}
    told = {"onnx": trained.files["onnx"], "encoding": str(learned)}
    scoring = attempt(folder, known, job, initial=trained.files["keras"], arrays=arrays | told)
    scored = run("worker.scorer", scoring)[0][-1]
    assert isinstance(scored, Scored)
    assert scored.parity["agrees"]
    assert scored.evaluation is not None
    evaluation = json.loads(Path(scored.evaluation).read_text())
    assert evaluation["rows"] == 40
    [only] = evaluation["outputs"].values()
    assert scored.test.get("confusion_matrix") == only.get("confusion_matrix")
    return scoring, only


def pixels(described: dict[str, str]) -> np.ndarray:
    with Image.open(io.BytesIO(base64.b64decode(described["b64"]))) as picture:
        assert picture.format == "PNG"
        return np.asarray(picture)


def test_mistakes_are_shown_as_they_were_uploaded(tmp_path: Path) -> None:
    known = facts(input_shape=SHAPE, classes=CLASSES, class_counts=(75, 75), train_rows=150)
    # It learns nothing, and errs.
    job = resolved(
        known, {"type": "Flatten"}, dense(2), epochs=1, optimizer={"type": "SGD", "learning_rate": 0.0}
    )
    encoding = Encoding(inputs=PICTURES, target=ClassTarget(name="y", classes=list(CLASSES)))
    asked, told = scored(tmp_path, known, job, encoding)
    assert told["target"] == "y"
    rows = np.load(asked.arrays["x_test"])
    assert 0 < len(told["mistakes"]) <= 20
    for mistake in told["mistakes"]:
        assert {mistake["actual"], mistake["predicted"]} == set(CLASSES)
        shown = np.round(np.clip(rows[mistake["row"]], 0, 1) * 255)
        assert np.array_equal(pixels(mistake["picture"]), shown)


def test_reconstructions_are_told_in_bytes_and_shown_beside_their_pictures(tmp_path: Path) -> None:
    known = facts(
        input_shape=SHAPE,
        kind="reconstruction",
        classes=(),
        class_counts=(),
        target_shape=SHAPE,
        train_rows=150,
    )
    job = resolved(known, {"type": "Conv2D", "filters": 3, "kernel_size": 1}, epochs=1)
    encoding = Encoding(inputs=PICTURES, target=ReconstructionTarget(shape=list(SHAPE)))
    _, told = scored(tmp_path, known, job, encoding)
    assert told["kind"] == "reconstruction"
    assert told["mae"] > 2
    assert told["worst"][0]["rmse"] == pytest.approx(told["row_rmse_quantiles"]["1"])
    for worst in told["worst"]:
        off = np.abs(pixels(worst["picture"]).astype(float) - pixels(worst["reconstruction"]))
        # What lies beyond black and white cannot be shown.
        assert off.mean() <= worst["mae"] + 1
