"""What a compiled model's JSON says of its training: `compile_config`, in a document's words."""

from collections.abc import Sequence
from typing import Any

from core.specs import wording
from core.specs.keras_json import values
from core.specs.keras_json.tracing import SERIALIZED, Path

CONFIG = "compile_config"
_FIELDS = ("optimizer", "loss", "metrics", "loss_weights")


def training(document: dict[str, Any], outputs: Sequence[str]) -> dict[str, Any]:
    """What `training` may leave to the model: its optimizer, losses and metrics, as far as it has them.

    Raises:
        Misfit: they are not Keras's own, or there are weighted metrics. Its path begins at the model.
    """
    config = document.get(CONFIG)
    if not isinstance(config, dict):
        return {}
    if _says(config.get("weighted_metrics")):
        raise wording.Misfit(
            "weighted_metrics are not taken: metrics count every row alike here, so compile with them as "
            "metrics",
            CONFIG,
            "weighted_metrics",
        )
    found = {}
    for field in _FIELDS:
        value = config.get(field)
        if value:
            read = _plain(value, (CONFIG, field))
            found[field] = read if field == "optimizer" else _by_output(field, read, outputs)
    if len(outputs) == 1:
        # Of one loss alone, a weight changes nothing but how it is told.
        found.pop("loss_weights", None)
    return found


def _says(value: Any) -> bool:  # noqa: ANN401 - JSON
    """Whether there is anything in it, such as for one of several outputs."""
    if isinstance(value, list | dict):
        return any(_says(one) for one in (value.values() if isinstance(value, dict) else value))
    return value is not None


def _plain(value: Any, path: Path) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, list):
        return [_plain(one, (*path, place)) for place, one in enumerate(value)]
    if not isinstance(value, dict):
        return value
    if value.keys() >= SERIALIZED:
        return values.read(value, path)
    return {key: _plain(one, (*path, key)) for key, one in value.items()}


def _by_output(field: str, read: Any, outputs: Sequence[str]) -> Any:  # noqa: ANN401 - JSON
    """Of several outputs, what is listed in their order goes by their names; of a single one, it is its."""
    if not isinstance(read, list) or len(read) != len(outputs):
        return read
    if len(outputs) == 1:
        (one,) = read
        # Of metrics, a list is one output's already, unless it has a list in it.
        return read if field == "metrics" and not isinstance(one, list) else one
    return {name: one for name, one in zip(outputs, read, strict=True) if one is not None}
