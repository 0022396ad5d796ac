"""Networks to start from, fitted to a data set's inputs and targets: what a first course would begin with.

Each is a job's document without its data set: it passes the check on that data, and the tutor has nothing to
say of it but what is the data's own, such as too few rows.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from core.specs import template_ends, template_towers
from core.specs.facts import Facts, InputFacts, split_rows

Layers = list[dict[str, Any]]
UNEQUAL = 10
"""How many times as many rows the commonest class has from which on the others count for more."""
HELD = 10
MOST = 50_000
STEPS = 3000
"""About so many steps make a first training that is over in a minute and has learned something."""


@dataclass(frozen=True)
class Template:
    """A network to start from, and how to train it.

    Attributes:
        name: `dense`, `convolutional` or `recurrent`.
        model: as a spec says it.
        training: likewise.
    """

    name: str
    model: dict[str, Any]
    training: dict[str, Any]


def suiting(facts: Facts) -> list[Template]:
    """The templates for such data, the one that suits them best first; the dense one suits nearly all."""
    towers = {
        "convolutional": template_towers.convolutional,
        "recurrent": template_towers.recurrent,
        "dense": template_towers.dense,
    }
    found: list[Template] = []
    for name, tower in towers.items():
        suits = any(template_towers.suits(name, known) for known in facts.inputs)
        if suits or (name == "dense" and not (found and _too_much(facts))):
            found.append(Template(name, _model(name, tower, facts), _training(facts)))
    return found


def _too_much(facts: Facts) -> bool:
    """Whether all numbers of a picture, put out again by a Dense layer, are more than one can learn."""
    return any(target.kind == "reconstruction" and target.width > MOST for target in facts.targets)


def _model(name: str, tower: Callable[[InputFacts, int], Layers], facts: Facts) -> dict[str, Any]:
    """A list of layers; of several inputs or targets a graph, with a tower for each and an end for each."""
    layers, rows = [], facts.train_rows
    if len(facts.inputs) == 1 and len(facts.targets) == 1:
        known, target = facts.inputs[0], facts.targets[0]
        if target.kind == "reconstruction":
            return {"layers": template_ends.reconstruction(name, known, rows)}
        return {"layers": tower(known, rows) + template_ends.head(target)}
    for place, known in enumerate(facts.inputs, 1):
        layers += _named(tower(known, rows), f"tower_{place}", known.name)
    ends = [f"tower_{place}" for place in range(1, len(facts.inputs) + 1)]
    if len(ends) > 1:
        layers.append({"type": "Concatenate", "name": "all", "inputs": ends})
    layers.append({"type": "Dense", "name": "shared", "units": 32, "activation": "relu"})
    for place, target in enumerate(facts.targets, 1):
        layers += _named(template_ends.head(target), f"output_{place}", "shared")
    return {"layers": layers, "outputs": [f"output_{place}" for place in range(1, len(facts.targets) + 1)]}


def _named(layers: Layers, name: str, start: str) -> Layers:
    """A piece of a graph: it begins with what `start` puts out, and its last layer has the name."""
    first, *rest = layers or [{"type": "Identity"}]
    pieces = [first | {"inputs": [start]}, *rest]
    return [*pieces[:-1], pieces[-1] | {"name": name}]


def _training(facts: Facts) -> dict[str, Any]:
    rows = facts.train_rows
    said: dict[str, Any] = {
        "optimizer": {"type": "Adam", "learning_rate": 0.001},
        "epochs": max(5, min(50, STEPS * 32 // max(rows, 1))),
        "batch_size": 32 if rows >= 320 else 8,
        "validation_split": _held(rows),
    }
    if len(facts.targets) == 1:
        return said | _balance(facts.targets[0].class_counts)
    names = {f"output_{place}": target.name for place, target in enumerate(facts.targets, 1)}
    return said | {"targets": names}


def _held(rows: int) -> float:
    """The share of rows to watch the training by: a tenth, or of few rows as much as says something."""
    shares = (0.1, 0.2, 0.3)
    return next((share for share in shares if split_rows(rows, share)[1] >= HELD), shares[-1])


def _balance(counts: Sequence[int]) -> dict[str, Any]:
    unequal = counts and min(counts) > 0 and max(counts) >= UNEQUAL * min(counts)
    return {"class_weight": "balanced"} if unequal else {}
