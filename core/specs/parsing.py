"""From a decoded JSON document to a JobSpec, whatever the document holds."""

import re
from collections.abc import Sequence
from dataclasses import replace

from pydantic import ValidationError

from core.errors import Fault, InvalidSpecError
from core.specs import wording
from core.specs.keras_json import compiled, tracing
from core.specs.keras_json import reading as keras_json
from core.specs.keras_json.tracing import Origin
from core.specs.limits import Limits, too_large
from core.specs.spec import JobSpec


def parse(document: object, limits: Limits = Limits()) -> JobSpec:  # noqa: B008 - frozen
    """The job that a decoded JSON document describes.

    Raises:
        InvalidSpecError: with a fault for everything that is wrong by itself, whatever the data set.
        SpecTooLargeError: if it passes a limit.
    """
    check_size(document, limits)
    return parse_small(document, limits)


def parse_small(document: object, limits: Limits) -> JobSpec:
    """`parse`, for a document that `check_size` took."""
    document, origin = _from_keras(document, limits)
    try:
        with wording.few_guesses():
            spec = JobSpec.model_validate(document)
    except ValidationError as error:
        faults = wording.faults_of(error)
        raise invalid([origin.trace(fault) for fault in faults] if origin else faults) from None
    if origin:
        spec = spec.model_copy(update={"model": spec.model.read_from(origin)})
    if spec.training.epochs > limits.max_epochs:
        raise too_large(
            "epochs", "training", "epochs", limit=limits.max_epochs, asked=spec.training.epochs, unit="epochs"
        )
    seconds = spec.limits.max_seconds
    if seconds is not None and seconds > limits.max_seconds:
        raise too_large(
            "max_seconds", "limits", "max_seconds", limit=limits.max_seconds, asked=seconds, unit="seconds"
        )
    return spec


def _from_keras(document: object, limits: Limits) -> tuple[object, Origin | None]:
    """The document with a list of layers in place of Keras's JSON, if it has that."""
    model = document.get("model") if isinstance(document, dict) else None
    if not isinstance(document, dict) or not isinstance(model, dict) or not keras_json.looks_like(model):
        return document, None
    said = document.get("training", {})
    try:
        read = keras_json.read(model, limits.max_layers)
        own = compiled.training(model, read.model["outputs"]) if isinstance(said, dict) else {}
    except wording.Misfit as error:
        path = tracing.within(model, error.path)
        raise invalid([wording.fault(error.detail, "model", *path)]) from None
    # What the job says of its training goes before what the model was compiled with.
    own = {field: value for field, value in own.items() if field not in said}
    training = {"training": own | said} if own else {}
    return document | {"model": read.model} | training, replace(read.origin, training=frozenset(own))


def check_size(document: object, limits: Limits) -> None:
    """Raises SpecTooLargeError for a document too deep or too long to be read, or with texts not to be kept.

    Level by level and without recursion, as depth is what it guards against.
    """
    level, depth, nodes = [document], 0, 0
    while level:
        depth += 1
        nodes += len(level)
        if depth > limits.max_depth:
            raise too_large("nesting", limit=limits.max_depth, asked=None, unit="levels")
        if nodes > limits.max_nodes:
            raise too_large("document", limit=limits.max_nodes, asked=None, unit="values")
        if any(isinstance(value, str) and "\0" in value for value in level):
            detail = "A text must not have the character U+0000: databases do not keep it."
            raise InvalidSpecError(detail, [Fault("#", detail)])
        level = [child for value in level for child in _children(value)]
    _check_layers(document, limits)


def invalid(faults: Sequence[Fault]) -> InvalidSpecError:
    """The error for these faults; its detail is the first of them, with the layer it is about."""
    first = faults[0]
    place = re.match(r"#/model/(?:config/)?layers/(\d+)", first.pointer)
    where = f"layers[{place[1]}]: " if place else ""
    others = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    return InvalidSpecError(f"{where}{first.detail}{others}", faults[: wording.MOST_FAULTS])


def _children(value: object) -> Sequence[object]:
    if isinstance(value, dict):
        return [*value, *value.values()]
    return value if isinstance(value, list) else ()


def _check_layers(document: object, limits: Limits) -> None:
    model = document.get("model") if isinstance(document, dict) else None
    layers = model.get("layers") if isinstance(model, dict) else None
    if isinstance(layers, list) and len(layers) > limits.max_layers:
        raise too_large(
            "layers", "model", "layers", limit=limits.max_layers, asked=len(layers), unit="layers"
        )
