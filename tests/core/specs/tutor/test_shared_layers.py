"""Of a layer that is applied more than once, what is said is said where it was made, and once."""

from typing import Any

from core.errors import Fault
from tests.core.specs.documents import dense, pets, words
from tests.core.specs.tutor.test_lessons import checked


def network(*layers: dict[str, Any], outputs: list[str] | None = None, **training: object) -> dict[str, Any]:
    model: dict[str, Any] = {"layers": list(layers)} | ({"outputs": outputs} if outputs else {})
    return {"dataset": "d", "model": model} | ({"training": training} if training else {})


def again(layer: str, *inputs: str) -> dict[str, Any]:
    return {"layer": layer, "name": f"{layer}_again", "inputs": list(inputs)}


def only(faults: list[Fault], code: str) -> Fault:
    (fault,) = [one for one in faults if one.code == code]
    assert fault.suggestion
    return fault


def test_an_activation_that_ends_a_network_and_bends_inside_it_stays() -> None:
    relu = {"type": "ReLU", "name": "relu"}
    job = network(dense(3, name="a"), relu, dense(3, name="b"), again("relu", "b"))
    fault = only(checked(job, pets()).warnings, "scores_bent")
    assert fault.pointer == "#/model/layers/1"
    assert fault.suggestion
    assert fault.suggestion.patch == ()


def test_a_dense_that_also_ends_the_network_gets_no_activation() -> None:
    job = network(dense(6, name="a"), again("a", "a"), dense(3, name="out"))
    fault = only(checked(job, pets()).warnings, "no_activation")
    assert fault.pointer == "#/model/layers/0/activation"
    assert fault.suggestion
    assert fault.suggestion.patch == ()


def test_a_table_of_words_that_is_read_twice_is_not_made_smaller() -> None:
    table = {"type": "Embedding", "name": "table", "input_dim": 50_000, "output_dim": 4}
    both = {"type": "Add", "inputs": ["table", "table_again"]}
    job = network(table, again("table", "input"), both, {"type": "Flatten"}, dense(3))
    fault = only(checked(job, words(integers=(0, 99))).warnings, "embedding_too_large")
    assert fault.pointer == "#/model/layers/0/input_dim"
    assert fault.suggestion
    assert fault.suggestion.patch == ()


def test_what_fits_every_application_is_changed_where_the_layer_was_made_and_said_once() -> None:
    drop = {"type": "Dropout", "name": "drop", "rate": 0.95}
    job = network(dense(6, "relu", name="a"), drop, dense(6, "relu", name="b"), again("drop", "b"), dense(3))
    fault = only(checked(job, pets()).warnings, "dropout_high")
    assert fault.pointer == "#/model/layers/1/rate"
    assert fault.suggestion
    assert [one["path"] for one in fault.suggestion.patch] == ["/model/layers/1/rate"]
