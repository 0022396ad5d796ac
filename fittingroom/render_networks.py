"""What the command line prints of networks, and of what they are made of."""

from collections.abc import Iterable, Mapping
from typing import Any

from rich.console import Console

from fittingroom import render

# What every layer may have: it is told once, and not of each.
_COMMON = ("name", "inputs", "trainable")


def check(console: Console, checked: Mapping[str, Any]) -> None:
    """A network layer by layer, its totals, and what a teacher would say of it."""
    table = render.table("layer", "type", "output", "parameters", "multiply-adds")
    for one in checked["layers"]:
        shape = "x".join(map(str, one["output_shape"])) or "1"
        counts = (f"{one[name]:,}" for name in ("parameters", "multiply_adds"))
        table.add_row(*render.cells(one["name"], one["type"], shape, *counts))
    console.print(table)
    told = [
        f"{checked['parameters']:,} parameters",
        f"{checked['multiply_adds']:,} multiply-adds for a row",
        f"{render.size(checked['memory_bytes'])} for a step of training",
    ]
    if seconds := checked.get("seconds_per_epoch"):
        told.append(f"about {render.short(seconds['estimate'])} s an epoch")
    render.say(console, ", ".join(told))
    warnings(console, checked.get("warnings") or [])


def warnings(console: Console, found: Iterable[Mapping[str, Any]]) -> None:
    """What a teacher would say, with where, and what to do."""
    for warning in found:
        render.say(console, f"warning: {warning['detail']} ({warning['pointer']})", "yellow")
        if suggestion := warning.get("suggestion"):
            render.say(console, f"  {suggestion['detail']}")


def layers(console: Console, found: Iterable[Mapping[str, Any]]) -> None:
    """All layers, with what each does, group by group."""
    table = render.table("group", "layer", "what it does")
    last = ""
    for one in sorted(found, key=lambda one: (one["group"], one["type"])):
        table.add_row(
            *render.cells(one["group"] if one["group"] != last else "", one["type"], one["description"])
        )
        last = one["group"]
    console.print(table)


def layer(console: Console, found: Mapping[str, Any]) -> None:
    """One layer with its arguments, those first that it needs."""
    render.say(console, f"{found['type']}: {found['description']}")
    schema = found["arguments"]
    needed = set(schema.get("required", ()))
    table = render.table("argument", "what it takes", "default")
    for name, argument in sorted(schema["properties"].items(), key=lambda pair: pair[0] not in needed):
        if name not in {*_COMMON, "type"}:
            default = "needed" if name in needed else _default(argument.get("default"))
            table.add_row(*render.cells(name, kind(argument), default))
    console.print(table)
    render.say(console, f"and of every layer: {', '.join(_COMMON)}", "dim")


def kind(schema: Mapping[str, Any]) -> str:
    """What a JSON schema takes, in a few words."""
    if "x-family" in schema:
        return str(schema["x-family"])
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(kind(one) for one in schema["anyOf"]))
    if "enum" in schema or "const" in schema:
        return " | ".join(map(_default, schema.get("enum") or [schema["const"]]))
    if schema.get("type") == "array":
        return f"list of {kind(schema.get('items', {}))}"
    told = str(schema.get("type", "object"))
    return f"{told} {_range(schema)}".strip()


def _range(schema: Mapping[str, Any]) -> str:
    """The bounds that somebody may run into by mistake."""
    signs = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<"}
    bounds = [(sign, schema[name]) for name, sign in signs.items() if name in schema]
    return " ".join(f"{sign} {render.short(bound)}" for sign, bound in bounds if abs(bound) <= 1000)


def _default(value: Any) -> str:  # noqa: ANN401 (any JSON)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping) and "type" in value:
        return str(value["type"])
    return "null" if value is None else render.short(value)
