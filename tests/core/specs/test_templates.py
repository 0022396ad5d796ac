"""Networks to start from: they pass the check on whatever they are said to suit, without a warning."""

from typing import Any

import pytest

from core import specs
from core.jobs import checking
from core.specs import templates
from core.specs.facts import Facts, InputFacts, TargetFacts

LIMITS = specs.Limits()
ROWS = {"tiny": (12, 3), "few": (60, 15), "some": (1000, 250), "many": (60_000, 10_000)}
INPUTS = {
    "table": InputFacts("input", (4,), "float32"),
    "wide table": InputFacts("input", (2000,), "float32"),
    "raw table": InputFacts("input", (4,), "float32", largest=900.0),
    "one number": InputFacts("input", (1,), "float32"),
    "small pictures": InputFacts("input", (8, 8, 1), "float32"),
    "pictures": InputFacts("input", (28, 28, 1), "float32"),
    "odd pictures": InputFacts("input", (33, 47, 3), "float32"),
    "large pictures": InputFacts("input", (224, 224, 3), "float32"),
    "strips": InputFacts("input", (4, 100, 3), "float32"),
    "specks": InputFacts("input", (2, 2, 3), "float32"),
    "text": InputFacts("input", (40,), "int32", integers=(0, 4999)),
    "whole numbers": InputFacts("input", (3,), "int32", integers=(-5, 10**7)),
    "series": InputFacts("input", (50, 3), "float32"),
    "raw series": InputFacts("input", (50, 3), "float32", largest=1000.0),
    "films": InputFacts("input", (5, 16, 16, 3), "float32"),
}
TARGETS = {
    "two classes": TargetFacts("kind", "class", ("a", "b"), class_counts=(500, 500)),
    "rare class": TargetFacts("kind", "class", ("a", "b"), class_counts=(990, 10)),
    "classes": TargetFacts("kind", "class", tuple(f"c{n}" for n in range(10)), class_counts=(100,) * 10),
    "number": TargetFacts("price", "number"),
    "vector": TargetFacts("place", "vector", shape=(3,)),
    "labels": TargetFacts("tags", "multilabel", ("x", "y", "z"), (3,)),
}
# What no network can help.
OF_THE_DATA = {"few_rows", "test_small"}


def warnings(facts: Facts, template: templates.Template) -> set[str | None]:
    document: dict[str, Any] = {"dataset": "d", "model": template.model, "training": template.training}
    checked = checking.of_spec(specs.parse(document, LIMITS), facts, LIMITS)
    return {warning.code for warning in checked.warnings}


@pytest.mark.parametrize("rows", ROWS)
@pytest.mark.parametrize("known", INPUTS)
def test_a_template_passes_the_check_without_a_warning(known: str, rows: str) -> None:
    for target in TARGETS.values():
        facts = Facts((INPUTS[known],), (target,), *ROWS[rows])
        for template in templates.suiting(facts):
            told = warnings(facts, template)
            assert told <= (OF_THE_DATA if rows in {"tiny", "few"} else set()), (template, target)


@pytest.mark.parametrize("known", [name for name, one in INPUTS.items() if one.dtype == "float32"])
def test_an_autoencoder_puts_out_what_goes_in(known: str) -> None:
    shape = INPUTS[known].shape
    facts = Facts((INPUTS[known],), (TargetFacts("target", "reconstruction", shape=shape),), 1000, 200)
    for template in templates.suiting(facts):
        assert warnings(facts, template) <= {"inputs_not_scaled"}


def test_pictures_begin_with_convolutions_and_sequences_with_steps() -> None:
    def names(known: str) -> list[str]:
        facts = Facts((INPUTS[known],), (TARGETS["classes"],), 1000, 200)
        return [template.name for template in templates.suiting(facts)]

    assert names("pictures") == ["convolutional", "dense"]
    assert names("text") == names("series") == ["recurrent", "dense"]
    assert names("table") == names("whole numbers") == ["dense"]


def test_several_inputs_and_targets_make_a_graph() -> None:
    inputs = tuple(
        InputFacts(name, one.shape, one.dtype, one.integers)
        for name, one in [
            ("photo", INPUTS["pictures"]),
            ("review", INPUTS["text"]),
            ("columns", INPUTS["table"]),
        ]
    )
    facts = Facts(inputs, (TARGETS["classes"], TARGETS["number"], TARGETS["labels"]), 1000, 200)
    found = templates.suiting(facts)
    assert [template.name for template in found] == ["convolutional", "recurrent", "dense"]
    for template in found:
        assert warnings(facts, template) == set()
        assert template.model["outputs"] == ["output_1", "output_2", "output_3"]


def test_a_rare_class_counts_for_more() -> None:
    facts = Facts((INPUTS["table"],), (TARGETS["rare class"],), 1000, 200)
    assert templates.suiting(facts)[0].training["class_weight"] == "balanced"
