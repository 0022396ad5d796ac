"""The scorer: a process that alone sees the test split. It scores a trained network, once, and checks that
ONNX Runtime gives what Keras gives. The hidden rows of an assignment are given to one of their own.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import orjson
from numpy.typing import NDArray

from core import specs
from core.datasets.encoding import Encoding
from worker import data, devices, evaluation, network, saved
from worker.attempt import Attempt, Report, Scored
from worker.loop import Loop
from worker.trainer import finite

PARITY_ROWS = 256
# How far ONNX Runtime may be from Keras: of the answer, and at the least. Half precision rounds to 3 digits.
RELATIVE, ABSOLUTE = 1e-3, 1e-4
HALF = 3e-2
EVALUATION = "evaluation.json"
# Rows that go through the network together where nothing is measured: small ones take longer one by one.
MOST_ROWS = 1024
FORWARD_BYTES = 2**19


def run(attempt: Attempt, tell: Callable[[Report], None]) -> None:
    """Scores `attempt.initial`, a `.keras` file, on the split that it is given."""
    resolved = specs.Resolved.model_validate(attempt.resolved)
    devices.prepare(devices.on_cpu(attempt.plan or devices.plan(resolved, attempt.threads)))
    trained = saved.load(attempt.initial or "")
    network.compile_network(trained, resolved)
    rows = data.Rows(attempt.arrays, "test", resolved)
    # Without a test split its training rows are as good to compare the two on.
    compared = rows if len(rows) else data.Rows(attempt.arrays, "train", resolved)
    batch = resolved.training.batch_size
    forward = Loop(trained, max(batch, min(MOST_ROWS, FORWARD_BYTES // compared.row_bytes)))
    test: dict[str, Any] = {}
    path = None
    if attempt.private:
        # Of rows that a student is not to know: the evaluation, which is for others, and nothing beside it.
        tell(Scored({}, {}, _evaluate(attempt, forward, rows, resolved, {})))
        return
    if len(rows):
        # In batches as the training's: what some losses say depends on them.
        test |= finite(Loop(trained, batch).evaluate(rows, np.arange(len(rows))))
        path = _evaluate(attempt, forward, rows, resolved, test)
    tell(Scored(test, _parity(attempt, forward, compared, resolved), path))


def _evaluate(
    attempt: Attempt, loop: Loop, rows: data.Rows, resolved: specs.Resolved, test: dict[str, Any]
) -> str:
    """The path of a file with all that there is to tell beyond Keras's metrics; `test` gets a bit of it."""
    scratch = Path(attempt.scratch)
    learned = attempt.arrays.get("encoding")
    encoding = Encoding.load(Path(learned).read_bytes()) if learned else None
    told = evaluation.evaluate(loop, rows, resolved, encoding, scratch)
    if len(told["outputs"]) == 1:
        [only] = told["outputs"].values()
        if "confusion_matrix" in only:
            test["confusion_matrix"] = only["confusion_matrix"]
    # What is not finite becomes null.
    (scratch / EVALUATION).write_bytes(orjson.dumps(told, option=orjson.OPT_SERIALIZE_NUMPY))
    return str(scratch / EVALUATION)


def _parity(attempt: Attempt, loop: Loop, rows: data.Rows, resolved: specs.Resolved) -> dict[str, Any]:
    """How far the two are from each other on real rows."""
    path = attempt.arrays.get("onnx")
    if path is None:
        return {"agrees": False, "rows": 0, "max_difference": None}
    chosen = np.arange(min(len(rows), PARITY_ROWS))
    pieces = list(loop.outputs(rows, chosen))
    expected = [np.concatenate(parts).astype(np.float32) for parts in zip(*pieces, strict=True)]
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    try:
        session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        given = session.run(None, _fed(session, rows.take(chosen)[0]))
    except Exception as error:  # noqa: BLE001 - its errors have no class in common
        # What was exported and cannot be run is not served; the training was not in vain.
        print(f"ONNX Runtime: {error}"[:500])
        return {"agrees": False, "rows": 0, "max_difference": None}
    relative = RELATIVE if resolved.training.precision == "float32" else HALF
    absolute = ABSOLUTE if resolved.training.precision == "float32" else HALF
    differences = [np.abs(one - other) for one, other in zip(given, expected, strict=True)]
    return {
        "agrees": all(
            np.allclose(one, other, rtol=relative, atol=absolute)
            for one, other in zip(given, expected, strict=True)
        ),
        "rows": len(chosen),
        "max_difference": _largest(differences),
    }


def _fed(session: onnxruntime.InferenceSession, x: data.Arrays) -> dict[str, Any]:
    """The network's inputs by the names that they have in ONNX; in order, as the service feeds them."""
    parts = x if isinstance(x, tuple) else (x,)
    return {one.name: part for one, part in zip(session.get_inputs(), parts, strict=True)}


def _largest(differences: list[NDArray[Any]]) -> float | None:
    finite_all = all(np.isfinite(one).all() for one in differences)
    return max(float(one.max()) for one in differences) if finite_all else None
