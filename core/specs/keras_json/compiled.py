"""What a compiled model's JSON says of its training: `compile_config`, in a document's words."""

from collections.abc import Sequence
from typing import Any

from core.specs.keras_json import values
from core.specs.keras_json.tracing import SERIALIZED, Path

CONFIG = "compile_config"
_FIELDS = ("optimizer", "loss", "metrics", "loss_weights")


def training(document: dict[str, Any], outputs: Sequence[str]) -> dict[str, Any]:
    """What `training` may leave to the model: its optimizer, losses and metrics, as far as it has them.

    Raises:
        Misfit: they are not Keras's own. Its path begins at the model.
    """
    config = document.get(CONFIG)
    if not isinstance(config, dict):
        return {}
    found = {}
    for field in _FIELDS:
        value = config.get(field)
        if value:
            read = _plain(value, (CONFIG, field))
            found[field] = read if field == "optimizer" else _by_output(read, outputs)
    if len(outputs) == 1:
        # Of one loss alone, a weight changes nothing but how it is told.
        found.pop("loss_weights", None)
    return found


def _plain(value: Any, path: Path) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, list):
        return [_plain(one, (*path, place)) for place, one in enumerate(value)]
    if not isinstance(value, dict):
        return value
    if value.keys() >= SERIALIZED:
        return values.read(value, path)
    return {key: _plain(one, (*path, key)) for key, one in value.items()}


def _by_output(read: Any, outputs: Sequence[str]) -> Any:  # noqa: ANN401 - JSON
    """Of several outputs, what is listed in their order goes by their names."""
    if len(outputs) > 1 and isinstance(read, list) and len(read) == len(outputs):
        return {name: one for name, one in zip(outputs, read, strict=True) if one is not None}
    return read
