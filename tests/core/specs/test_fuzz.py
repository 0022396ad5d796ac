"""Whatever JSON comes: a spec or a refusal."""

import os

from hypothesis import given, settings
from hypothesis import strategies as st

from core import specs
from core.errors import FittingRoomError
from tests.core.specs.documents import dense, document

EXAMPLES = int(os.environ.get("FITTINGROOM_EXAMPLES", "100"))
KEYS = st.sampled_from(
    [
        *("name", "dataset", "model", "layers", "training", "augment", "tags", "limits"),
        *("type", "units", "filters", "kernel_size", "kernel_initializer", "axis"),
        *("optimizer", "learning_rate", "loss", "metrics", "early_stopping", "class_weight"),
    ]
)
NAMES = st.sampled_from(
    ["Dense", "Conv2D", "adam", "auto", "mse", "accuracy", "Huber", "L2", "relu", "RandomFlip"]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | NAMES,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(KEYS | st.text(max_size=3), inner, max_size=5)
    ),
    max_leaves=20,
)


def refused(wild: object) -> FittingRoomError | None:
    try:
        assert isinstance(specs.parse(wild), specs.JobSpec)
    except FittingRoomError as error:
        return error
    return None


@settings(max_examples=3 * EXAMPLES, derandomize=True, database=None, deadline=None)
@given(VALUES, VALUES, VALUES, VALUES)
def test_no_json_gives_anything_but_a_spec_or_a_refusal(
    whole: object, layer: object, model: object, training: object
) -> None:
    layered = {"type": "Dense", **layer} if isinstance(layer, dict) else layer
    plain = document(dense(3))
    for wild in (whole, document(layered), plain | {"model": model}, plain | {"training": training}):
        error = refused(wild)
        assert error is None or error.faults
        for fault in error.faults if error else ():
            assert fault.pointer.startswith("#")
            assert fault.detail
