"""Documents that are small, or within the limits, and would take hours or gigabytes if one let them."""

import time
from typing import Any

import pytest

from core import specs
from core.errors import FittingRoomError, SpecTooLargeError
from core.jobs import checking
from tests.core.specs.documents import dense, document, facts, pets

SECONDS = 6.0
"""Of a processor's time, several times of what the slowest takes."""
STEPS = facts(input_shape=(4, 6), classes=("a", "b"), class_counts=(9, 9))


def tensor(layer: str, node: int = 0) -> dict[str, Any]:
    return {"class_name": "__keras_tensor__", "config": {"keras_history": [layer, node, 0]}}


def layer(kind: str, name: Any, config: dict[str, Any], *calls: dict[str, Any]) -> dict[str, Any]:  # noqa: ANN401 - a name, or none
    nodes = [{"args": [call]} for call in calls]
    return {"class_name": kind, "name": name, "config": {"name": name, **config}, "inbound_nodes": nodes}


START = layer("InputLayer", "in", {"batch_shape": [None, 6]})


def model(*layers: dict[str, Any], end: str, node: int = 0) -> dict[str, Any]:
    config = {
        "name": "m",
        "layers": [START, *layers],
        "input_layers": [["in", 0, 0]],
        "output_layers": [[end, node, 0]] if end else [],
    }
    return {"class_name": "Functional", "config": config, "name": "m"}


def called(inner: dict[str, Any], *calls: dict[str, Any]) -> dict[str, Any]:
    return inner | {"inbound_nodes": [{"args": [call]} for call in calls]}


def nested(levels: int, calls: int) -> dict[str, Any]:
    """Models without a layer, each of which calls the one in it some times."""
    inner = model(end="in")
    for _ in range(levels):
        chain = [tensor("m", at - 1) if at else tensor("in") for at in range(calls)]
        inner = model(called(inner, *chain), end="m", node=calls - 1)
    return inner


def answer(sent: dict[str, Any], known: specs.Facts) -> tuple[str, str]:
    """Where and what is wrong, found in little time."""
    began = time.thread_time()
    with pytest.raises(FittingRoomError) as caught:
        checking.of_spec(specs.parse(sent), known, specs.Limits())
    assert time.thread_time() - began < SECONDS
    return caught.value.faults[0].pointer, caught.value.detail


TYPOS = {f"actvation_{at}": 1 for at in range(45)}
WRONG = {"type": "AUC"} | {f"nam{at}": 1 for at in range(40)}


@pytest.mark.parametrize(
    ("sent", "pointer", "says"),
    [
        (
            document(*[dense(4, **TYPOS)] * 2000),
            "#/model/layers/0/actvation_0",
            "mean 'activation'? (and 19 more)",
        ),
        (document(*[{"type": "Densee"}] * 2000), "#/model/layers/0/type", "no layer 'Densee'"),
        (
            document(dense(3, **{f"unknown_{at}": 1 for at in range(99_000)})),
            "#/model/layers/0/unknown_0",
            "argument",
        ),
        (
            document(dense(3), metrics={f"o{at}": [WRONG] * 32 for at in range(64)}),
            "#/training/metrics/o0/0/nam0",
            "AUC has no argument 'nam0'",
        ),
        (document(dense(3), metrics=["accuracy"] * 150_000), "#/training/metrics", "at most 32 items"),
        (document(dense(3), augment=[7] * 150_000), "#/training/augment", "at most 16 items"),
        (
            document(dense(3), class_weight={f"c{at}": 1 for at in range(99_000)}),
            "#/training/class_weight/c0",
            "no class",
        ),
    ],
)
def test_what_is_wrong_a_thousand_times_is_told_at_once(
    sent: dict[str, Any], pointer: str, says: str
) -> None:
    found, detail = answer(sent, pets())
    assert found == pointer
    assert says in detail


@pytest.mark.parametrize(
    ("network", "says"),
    [
        (
            model(layer("Dense", "a" * 1_000_000, {"units": 3}, *[tensor("in")] * 1500), end="a" * 1_000_000),
            "leads to no output",
        ),
        (
            model(
                layer("Dense", [0] * 40_000, {"units": 3}, *[tensor("in")] * 3000),
                layer("Dense", "z", {"units": 3}, tensor("in")),
                end="z",
            ),
            "more than 2,000 layers",
        ),
        (
            model(
                called(
                    model(*(layer("InputLayer", f"i{at}", {}) for at in range(15_000)), end="in"),
                    *[tensor("in")] * 300,
                ),
                end="m",
            ),
            "more than 2,000 layers",
        ),
        (nested(8, 12), "more than 2,000 layers"),
        (model(called(model(end=""), tensor("in")), end="m"), "This model puts out nothing"),
    ],
)
def test_models_within_models_do_not_go_on_for_ever(network: dict[str, Any], says: str) -> None:
    pointer, detail = answer({"dataset": "d", "model": network}, pets())
    assert pointer.startswith("#/model/config")
    assert says in detail


def test_layers_that_blow_rows_up_are_stopped_before_numbers_cannot_be_written_down() -> None:
    growing = [{"type": "UpSampling1D", "size": 1_000_000}] * 1999
    pointer, detail = answer(document(*growing, dense(3)), STEPS)
    assert pointer == "#/model/layers/9"
    assert f"UpSampling1D makes {4 * 10**60}x6 of each row: too much for any machine" in detail


@pytest.mark.parametrize(
    "layers",
    [
        [dense(3), *[{"type": "BatchNormalization"}] * 1999],
        [dense(3, "sigmoid")] * 2000,
        [*[{"type": "Dropout", "rate": 1.0}] * 1999, dense(3)],
        [*[dense(6)] * 1999, dense(3)],
    ],
    ids=["straight", "bent", "dropped", "dense"],
)
def test_two_thousand_layers_are_checked_with_all_that_a_teacher_says(layers: list[Any]) -> None:
    began = time.thread_time()
    checked = checking.of_spec(specs.parse(document(*layers)), pets(), specs.Limits())
    assert time.thread_time() - began < SECONDS
    assert len(checked.summary.layers) == 2000
    assert len(checked.warnings) < 100


def test_a_hundred_thousand_classes_may_each_have_a_weight() -> None:
    count = 100_000
    known = facts(
        input_shape=(2,), classes=tuple(map(str, range(count))), class_counts=(1,) * count, train_rows=count
    )
    weights = {str(at): at + 1 for at in range(90_000)}
    began = time.thread_time()
    job = specs.resolve(specs.parse(document(dense(count), class_weight=weights)), known)
    assert time.thread_time() - began < SECONDS
    assert job.class_weight
    assert job.class_weight[89_998:90_001] == (89_999, 90_000, 1)


def test_a_long_name_is_told_in_short() -> None:
    pointer, detail = answer(document(dense(3, **{"u" * 4_000_000: 1})), pets())
    assert len(pointer) > 4_000_000
    assert len(detail) < 200


def test_a_number_that_json_cannot_hold_is_told_as_more() -> None:
    error = SpecTooLargeError("parameters", limit=10, asked=2**70, unit="parameters")
    assert (error.asked, error.detail) == (None, "parameters: at most 10 parameters, and this is more")


def test_a_thing_where_a_name_belongs_is_refused_however_large_it_is() -> None:
    for key in ("module", "registered_name"):
        network = {
            "class_name": "Sequential",
            "config": {"layers": [dense(3) | {"class_name": "Dense", key: 10**5000}]},
        }
        assert answer({"dataset": "d", "model": network}, pets())[0] == f"#/model/config/layers/0/{key}"
