"""Every type of layer: it trains in the real trainer, and what was exported predicts what Keras predicts."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest

from core.specs.layers import LAYERS
from core.specs.wording import Misfit
from tests.core.specs.documents import facts, resolved
from tests.core.specs.stacks import walk
from tests.worker import compound_networks, plain_networks
from tests.worker.attempts import ROWS, attempt, run
from worker import saved
from worker.attempt import EpochDone, Trained

ONE_BY_ONE = int(os.environ.get("FITTINGROOM_EXAMPLES", "100")) >= 1000
LONGEST_CHAIN, LARGEST_ROW = 14, 8000
ENDS = plain_networks.ENDS

Network = dict[str, Any]


def chains(examples: dict[str, Network]) -> dict[str, Network]:
    """The same layers in as few networks as they fit into, one after another: to start a trainer is what
    takes the time.
    """
    found: list[Network] = []
    for kind, network in sorted(examples.items(), key=lambda one: lateness(one[1])):
        layer = network["layers"][0]
        chain = next((one for one in found if fits(one, network["shape"], layer)), None)
        if chain is None:
            chain = {"shape": network["shape"], "kinds": [], "layers": list(ENDS)}
            found.append(chain)
        chain["layers"] = [*chain["layers"][: -len(ENDS)], layer, *ENDS]
        chain["kinds"].append(kind)
    return {" ".join(one["kinds"]): one for one in found}


def lateness(network: Network) -> tuple[bool, float]:
    """How late in a chain its first layer stands: what makes rows larger comes before what makes them
    smaller, and last what leaves other axes, which few others can follow.
    """
    shape = tuple(network["shape"])
    output = LAYERS.read(network["layers"][0]).applied([shape]).output_shape
    turns = len(output) != len(shape) or output[-1] != shape[-1]
    return turns, -float(np.prod(output) / np.prod(shape))


def fits(chain: Network, shape: list[int], layer: dict[str, Any]) -> bool:
    """Whether `layer` can come last in `chain`."""
    if chain["shape"] != shape or len(chain["kinds"]) == LONGEST_CHAIN:
        return False
    layers = [LAYERS.read(one) for one in [*chain["layers"][: -len(ENDS)], layer]]
    try:
        output = walk(layers, tuple(shape), "float32")[-1].output_shape
    except Misfit:
        return False
    return 2 <= int(np.prod(output)) <= LARGEST_ROW


def cases() -> Iterator[Any]:
    plain, compound = plain_networks.examples(), compound_networks.examples()
    # What has several inputs, or another type of row, stands in no chain: a few of these are seen each time.
    few = dict(list(compound.items())[::14])
    networks = plain | compound if ONE_BY_ONE else chains(plain) | few
    for name, network in networks.items():
        yield pytest.param(network, id=name)


@pytest.mark.parametrize("network", list(cases()))
def test_it_trains_and_its_onnx_predicts_what_keras_predicts(network: Network, tmp_path: Path) -> None:
    known = facts(
        input_shape=tuple(network["shape"]),
        input_dtype=network.get("dtype", "float32"),
        classes=("a", "b"),
        class_counts=(ROWS // 2, ROWS // 2),
        train_rows=ROWS,
    )
    two_steps = {"epochs": 1, "batch_size": ROWS // 2, "validation_split": 0.0}
    asked = attempt(tmp_path, known, resolved(known, *network["layers"], **two_steps))
    reports, code = run("worker.trainer", asked)
    assert code == 0, reports
    (epoch,) = (report for report in reports if isinstance(report, EpochDone))
    assert np.isfinite(epoch.report["metrics"]["loss"])
    trained = reports[-1]
    assert isinstance(trained, Trained)
    assert set(trained.files) == {"keras", "onnx"}
    rows = np.load(asked.arrays["x_test"])
    expected = np.asarray(saved.load(trained.files["keras"])(rows, training=False))
    session = onnxruntime.InferenceSession(trained.files["onnx"], providers=["CPUExecutionProvider"])
    for few in (rows, rows[:1]):
        (given,) = session.run(None, {session.get_inputs()[0].name: few})
        np.testing.assert_allclose(given, expected[: len(few)], rtol=1e-5, atol=1e-5)
    assert np.ptp(expected) > 1e-4, "every row has the same scores, which says nothing"


def test_there_is_a_network_for_every_type_of_layer_of_these_files() -> None:
    assert set(plain_networks.examples()) <= set(LAYERS.members)
    assert not set(plain_networks.examples()) & set(compound_networks.examples())
