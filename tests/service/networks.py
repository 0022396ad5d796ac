"""Small real models: networks in ONNX whose answers can be reckoned in the head."""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from core import jobs, models
from core.artifacts import Artifacts
from core.tables import Dataset
from tests.service.houses import House


def linear(
    path: Path, weights: list[list[float]] | NDArray[Any], *, shape: tuple[int, ...] | None = None
) -> Path:
    """A network that flattens a row and multiplies it with `weights` `(width, outputs)`."""
    matrix = np.asarray(weights, np.float32)
    width, outputs = matrix.shape
    graph = helper.make_graph(
        [
            helper.make_node("Reshape", ["rows", "flat"], ["row"]),
            helper.make_node("MatMul", ["row", "weights"], ["answers"]),
        ],
        "linear",
        [helper.make_tensor_value_info("rows", TensorProto.FLOAT, ["n", *(shape or (width,))])],
        [helper.make_tensor_value_info("answers", TensorProto.FLOAT, ["n", outputs])],
        [
            numpy_helper.from_array(matrix, "weights"),
            numpy_helper.from_array(np.array([-1, width], np.int64), "flat"),
        ],
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10), path)
    return path


def keep(artifacts: Artifacts, path: Path) -> dict[str, Any]:
    size = path.stat().st_size
    return {"sha256": artifacts.keep(path), "bytes": size}


def add_version(
    house: House,
    weights: list[list[float]] | NDArray[Any],
    *,
    name: str = "numbers",
    by: str = "ann",
    upload: dict[str, Any] | None = None,
    onnx_too: bool = True,
) -> int:
    """A new version of a model, made as a worker makes it at the end of a job. Answers its number."""
    made = house.given(by=by, **(upload or {}))
    submitted = house.submit(by=by, name=name, dataset=made["id"], model=_model(made))
    assert submitted.status_code == 202, submitted.text
    job, lease = house.start()
    assert job.id == submitted.get_json()["id"]
    artifacts = house.parts.artifacts
    scratch = Path(house.settings.home)
    keras = scratch / "network.keras"
    keras.write_bytes(f"a network of {job.id}".encode())
    shape = tuple(made["inputs"]["shape"])
    kept = {"keras": keep(artifacts, keras)}
    if onnx_too:
        kept["onnx"] = keep(artifacts, linear(scratch / "network.onnx", weights, shape=shape))
    with house.parts.database.writing() as session:
        dataset = session.get_one(Dataset, job.dataset_id)
        encoding = dataset.artifacts["encoding"]
        kept["encoding"] = {"sha256": encoding, "bytes": artifacts.path(encoding).stat().st_size}
        facts = {
            "test": {"loss": 0.1, "accuracy": 0.9},
            "parity": {"agrees": True, "rows": 8, "max_difference": 1e-7},
            "parameters": 6,
            "artifacts": kept,
        }
        return models.add_version(session, jobs.succeed(session, lease), facts).version


def _model(dataset: dict[str, Any]) -> dict[str, Any]:
    """Any network that fits the data set: it is not what answers."""
    classes = len(dataset["target"].get("classes", [])) or len(dataset["target"].get("names", [])) or 1
    flat = [{"type": "Flatten"}] if len(dataset["inputs"]["shape"]) > 1 else []
    return {"layers": [*flat, {"type": "Dense", "units": classes}]}
