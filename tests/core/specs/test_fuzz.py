"""Whatever JSON comes: a spec or a refusal."""

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from core import specs
from core.errors import FittingRoomError
from core.jobs import checking
from core.specs.keras_json import writing
from tests.core.specs import hostile
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


SECONDS = 1.0
"""The most of a processor's time for one document and one data set."""
fuzz = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)


def leads_nowhere(pointer: str, sent: object) -> str:
    """What is wrong with a pointer: it must lead to something that was sent, or to a name not said there."""
    holder = None
    parts = [part.replace("~1", "/").replace("~0", "~") for part in pointer.removeprefix("#").split("/")[1:]]
    for at, part in enumerate(parts):
        if holder == "layers" and is_again(sent) and part not in {"name", "inputs", "layer"}:
            return f"a layer that is applied again has no {part} of its own"
        holder = part if isinstance(sent, dict) else holder
        if isinstance(sent, dict) and part in sent:
            sent = sent[part]
        elif isinstance(sent, list) and part.isdecimal() and int(part) < len(sent):
            sent = sent[int(part)]
        elif isinstance(sent, list):
            return f"there is no {part} in the list"
        else:
            # An argument that has its default, of something that may have gone by a bare name.
            return (
                "" if len(parts) - at <= 2 and not part.isdecimal() else f"{part} is far from what was sent"
            )
    return ""


def is_again(sent: object) -> bool:
    return isinstance(sent, dict) and "layer" in sent and "type" not in sent and "class_name" not in sent


def check_refusal(error: FittingRoomError, sent: object) -> None:
    assert 0 < len(error.detail) < 2000
    assert error.detail.encode()
    for fault in error.faults:
        assert fault.pointer.startswith("#")
        assert fault.pointer.encode()
        assert fault.detail
        assert not leads_nowhere(fault.pointer, sent), (fault.pointer, leads_nowhere(fault.pointer, sent))


def check_job(spec: specs.JobSpec, known: specs.Facts, sent: object) -> None:
    """A job that is kept as it is and can be built from what is kept, or a refusal."""
    try:
        checked = checking.of_spec(spec, known, specs.Limits())
    except FittingRoomError as error:
        check_refusal(error, sent)
        return
    event("a job")
    kept = json.loads(json.dumps(checked.resolved.model_dump(mode="json"), allow_nan=False))
    assert specs.Resolved.model_validate(kept) == checked.resolved
    assert specs.summarize(checked.resolved) == checked.summary
    assert all(0 <= number < 2**63 for number in (checked.summary.memory_bytes, checked.summary.parameters))
    json.dumps(writing.write(checked.resolved), allow_nan=False)
    for warning in checked.warnings:
        assert not leads_nowhere(warning.pointer, sent), warning


def check_sent(sent: object) -> None:
    try:
        with quick():
            spec = specs.parse(sent)
    except FittingRoomError as error:
        check_refusal(error, sent)
        return
    for known in hostile.KNOWN:
        with quick():
            check_job(spec, known, sent)


@contextmanager
def quick() -> Iterator[None]:
    began = time.thread_time()
    yield
    assert time.thread_time() - began < SECONDS


@fuzz
@given(hostile.graph_jobs())
def test_whatever_names_what_in_a_graph(sent: dict) -> None:
    check_sent(sent)


@fuzz
@given(hostile.layer_jobs() | hostile.mutated(hostile.layer_jobs()))
def test_layers_of_every_type_with_whatever_arguments(sent: dict) -> None:
    check_sent(sent)


@fuzz
@given(hostile.training_jobs())
def test_trainings_of_whatever_is_said(sent: dict) -> None:
    check_sent(sent)


@fuzz
@given(hostile.keras_jobs())
def test_whatever_is_done_to_what_keras_prints(sent: dict) -> None:
    check_sent(sent)
