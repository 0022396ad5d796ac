"""What can be asked for, as data."""

from typing import Any

from core.specs.layers import AUGMENTATIONS, LAYERS


def layer_types() -> dict[str, dict[str, Any]]:
    """For every layer's name, the JSON schema of its arguments: types, defaults, ranges, and what it does.

    Those that only `training.augment` takes have `"augmentation": true`.
    """
    network = {name: _schema(layer) for name, layer in LAYERS.members.items()}
    pictures = {
        name: _schema(layer) | {"augmentation": True} for name, layer in AUGMENTATIONS.members.items()
    }
    return dict(sorted((network | pictures).items()))


def _schema(layer: Any) -> dict[str, Any]:  # noqa: ANN401 - any of the table's classes
    schema: dict[str, Any] = layer.model_json_schema()
    return schema | {"description": (layer.__doc__ or "").strip().splitlines()[0]}
