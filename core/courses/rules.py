"""Whether a submission is as its assignment allows: whatever is not has a pointer at it."""

from collections.abc import Iterator, Sequence
from typing import Any

from core import jobs, specs
from core.courses import documents
from core.errors import Fault, pointer
from core.specs import parsing

FIELDS = ("model", "training")
# Where a layer has others inside.
INSIDE = ("layer", "backward_layer", "cell", "cells")


def complete(rules: documents.Rules, document: dict[str, Any]) -> dict[str, Any]:
    """The model and the training of a submission, with what is fixed put in.

    Raises:
        InvalidSpecError: it says something that is fixed otherwise, or what no submission has.
    """
    faults = [
        Fault(pointer(name), f"A submission has model and training, and no {name[:60]!r}.")
        for name in document
        if name not in FIELDS
    ]
    training = document.get("training", {})
    said = training if isinstance(training, dict) else {}
    faults += [
        Fault(pointer("training", name), f"The assignment fixes {name}: leave it out.")
        for name, value in rules.training.items()
        if name in said and said[name] != value
    ]
    if rules.model is not None and document.get("model", rules.model) != rules.model:
        faults.append(Fault("#/model", "The assignment fixes the network: leave it out."))
    if "model" not in document and rules.model is None:
        faults.append(Fault("#/model", "A submission needs a model."))
    if faults:
        raise parsing.invalid(faults)
    # What is no object is refused in words when it is read.
    fixed = said | rules.training if isinstance(training, dict) else training
    return {"model": rules.model or document["model"], "training": fixed}


def check(rules: documents.Rules, checked: jobs.Checked) -> None:
    """Refuses what the rules do not allow.

    Raises:
        InvalidSpecError: with a pointer to everything that is wrong.
    """
    spec = checked.spec
    faults = spec.model.trace([*_layers(rules, spec)])
    faults += [*_sizes(rules, checked), *_choices(rules, spec)]
    if len(checked.resolved.outputs) > 1:
        faults.append(Fault("#/model/outputs", "A submission's network has one output, which is scored."))
    if faults:
        raise parsing.invalid(faults)


def _layers(rules: documents.Rules, spec: specs.JobSpec) -> Iterator[Fault]:
    if rules.layers is None:
        return
    for place, entry in enumerate(spec.model.layers):
        for path, name in _types(entry.model_dump(mode="json"), ()):
            if name not in rules.layers:
                allowed = ", ".join(rules.layers)
                detail = f"The assignment does not allow the layer {name}: there is {allowed}."
                yield Fault(pointer("model", "layers", place, *path, "type"), detail)


def _types(entry: Any, path: Sequence[str | int]) -> Iterator[tuple[Sequence[str | int], str]]:  # noqa: ANN401
    """The types of a layer, and of the layers inside of it, each with its place; JSON goes in."""
    if isinstance(entry, list):
        for place, one in enumerate(entry):
            yield from _types(one, (*path, place))
    elif isinstance(entry, dict):
        if entry.get("type") in documents.layer_names():
            yield path, entry["type"]
        for name in INSIDE:
            yield from _types(entry.get(name), (*path, name))


def _sizes(rules: documents.Rules, checked: jobs.Checked) -> Iterator[Fault]:
    parameters, epochs = checked.summary.parameters, checked.resolved.training.epochs
    if rules.max_parameters is not None and parameters > rules.max_parameters:
        detail = f"The assignment allows {rules.max_parameters:,} parameters, and this network has"
        yield Fault("#/model", f"{detail} {parameters:,}.")
    if rules.max_epochs is not None and epochs > rules.max_epochs:
        yield Fault("#/training/epochs", f"The assignment allows {rules.max_epochs:,} epochs.")


def _choices(rules: documents.Rules, spec: specs.JobSpec) -> Iterator[Fault]:
    given = spec.training.model_fields_set - rules.training.keys()
    for name in sorted(given - set(rules.choices)) if rules.choices is not None else ():
        yield Fault(pointer("training", name), f"The assignment leaves no choice of {name}.")
    if "initial_model" in given and spec.training.initial_model and not rules.initial_model:
        detail = "A submission begins with weights of its own, not with those of another network."
        yield Fault("#/training/initial_model", detail)
