"""From a decoded JSON document to a JobSpec, whatever the document holds."""

from collections.abc import Sequence

from pydantic import ValidationError

from core.errors import Fault, InvalidSpecError
from core.specs import wording
from core.specs.limits import Limits, too_large
from core.specs.spec import JobSpec


def parse(document: object, limits: Limits = Limits()) -> JobSpec:  # noqa: B008 - frozen
    """The job that a decoded JSON document describes.

    Raises:
        InvalidSpecError: with a fault for everything that is wrong by itself, whatever the data set.
        SpecTooLargeError: if it passes a limit.
    """
    check_size(document, limits)
    try:
        spec = JobSpec.model_validate(document)
    except ValidationError as error:
        raise invalid(wording.faults_of(error)) from None
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
    parts = first.pointer.split("/")
    where = f"layers[{parts[3]}]: " if parts[1:3] == ["model", "layers"] and len(parts) > 3 else ""
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
