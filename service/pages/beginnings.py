"""What one may begin with for an assignment: a template, an entry or a run, made to fit its rules."""

from typing import Any

# Where a layer has others inside.
INSIDE = ("layer", "backward_layer", "cell", "cells")


def offered(rules: dict[str, Any], suiting: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The templates that the rules allow; none where the network is fixed."""
    if rules["model"] is not None:
        return []
    allowed = [one for one in suiting if _allows(rules["layers"], one["spec"]["model"]["layers"])]
    return [{"name": one["name"], "document": fitted(rules, one["spec"])} for one in allowed]


def document(
    assignment: dict[str, Any],
    origin: dict[str, Any] | None,
    templates: list[dict[str, Any]],
    suiting: list[dict[str, Any]],
    asked: str | None,
) -> dict[str, Any]:
    """What the page begins with: what was asked for, or else the first template that is allowed.

    Where none is, an entry of the teacher's is nearer to what is allowed than another template.
    """
    rules = assignment["rules"]
    if origin is not None:
        return fitted(rules, origin)
    if templates:
        found: dict[str, Any] = next((one for one in templates if one["name"] == asked), templates[0])[
            "document"
        ]
        return found
    known = [*assignment["baselines"], *(one["spec"] for one in suiting), {"model": {"layers": []}}]
    return fitted(rules, known[0])


def fitted(rules: dict[str, Any], spec: dict[str, Any]) -> dict[str, Any]:
    """A network and its training, with what the rules fix, and without what they leave no choice of."""
    said = spec.get("training", {})
    choices = rules["choices"]
    kept = {
        name: value
        for name, value in said.items()
        if (choices is None or name in choices) and (name != "initial_model" or rules["initial_model"])
    }
    most = rules["max_epochs"]
    if most is not None and isinstance(kept.get("epochs"), int):
        kept["epochs"] = min(kept["epochs"], most)
    return {"model": rules["model"] or spec["model"], "training": kept | rules["training"]}


def _allows(layers: list[str] | None, entries: Any) -> bool:  # noqa: ANN401 - JSON
    """Whether all of these layers may be used, those inside of others too."""
    if layers is None or entries is None:
        return True
    if isinstance(entries, list):
        return all(_allows(layers, one) for one in entries)
    if not isinstance(entries, dict):
        return True
    inner = all(_allows(layers, entries.get(name)) for name in INSIDE)
    return inner and ("type" not in entries or entries["type"] in layers)
