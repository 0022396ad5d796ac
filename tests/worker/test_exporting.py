"""Every activation's way into ONNX; that of layers is in `test_layers`."""

from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from core.specs import activations
from tests.core.specs.documents import dense, pets, resolved
from tests.worker.test_network import rows_for
from worker import exporting, network


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
@pytest.mark.parametrize("activation", sorted(activations.NAMES))
def test_an_activation_says_the_same_in_onnx(activation: str, tmp_path: Path) -> None:
    known = pets()
    job = resolved(known, dense(4, activation), dense(3, "softmax"))
    built = network.build(job)
    rows, _ = rows_for(job, known)
    expected = built(rows, training=False).numpy()
    session = onnxruntime.InferenceSession(
        exporting.export(built, tmp_path)["onnx"], providers=["CPUExecutionProvider"]
    )
    (given,) = session.run(None, {session.get_inputs()[0].name: rows})
    np.testing.assert_allclose(given, expected, rtol=1e-4, atol=1e-5)
