"""From a list of layers to a graph: names, what each layer takes, and an order to compute them in."""

import heapq
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from core.specs import wording
from core.specs.layers import Layer
from core.specs.layers.entries import Again, Entry

INPUT = "input"
"""What a graph may call the only input of a data set."""


class Node(NamedTuple):
    """A layer where it is applied.

    Attributes:
        name: of this application; the layer's own where it is the first.
        layer: the layer.
        inputs: names of nodes and of data set inputs.
        place: in the document's list, of this application: of its name and inputs.
        made: in the document's list, of the layer's own entry: of its arguments.
        shared: whether the layer is applied elsewhere too.
    """

    name: str
    layer: Layer
    inputs: tuple[str, ...]
    place: int
    made: int
    shared: bool

    @property
    def first(self) -> bool:
        """Whether the layer is made here; else it is one that was made before."""
        return self.made == self.place


class Graph(NamedTuple):
    """Nodes, each after those that it takes; and the names of those that the network puts out."""

    nodes: tuple[Node, ...]
    outputs: tuple[str, ...]


def wire(
    entries: Sequence[Entry],
    outputs: Sequence[str] | None,
    inputs: Sequence[str],
    called: Mapping[str, str] | None = None,
) -> Graph:
    """The graph that a list of layers stands for, on a data set with these inputs, which the list may have
    `called` otherwise.

    Raises:
        Misfit: a name is unknown or taken, something leads nowhere, or there is a cycle. Its path begins at
            the model.
    """
    with wording.within("layers"):
        nodes = _nodes(name_all(entries, taken={INPUT, *inputs, *(called or ())}), inputs, called or {})
    ends = _ends(outputs, nodes)
    with wording.within("layers"):
        ordered = _ordered(nodes)
        _check_used(ordered, ends, inputs)
    return Graph(tuple(ordered), ends)


def _nodes(entries: Sequence[Entry], inputs: Sequence[str], called: Mapping[str, str]) -> list[Node]:
    layers = {place: one for place, one in enumerate(entries) if isinstance(one, Layer)}
    made = {one.name or "": place for place, one in layers.items()}
    again = {one.layer for one in entries if isinstance(one, Again)}
    known = [entry.name or "" for entry in entries]
    names = {*known, *inputs}
    nodes = []
    for place, entry in enumerate(entries):
        with wording.within(place):
            taken = tuple(
                called.get(name, name) for name in _inputs(entry, known[place - 1] if place else "", inputs)
            )
            _check_inputs(known[place], taken, names)
            own = place if isinstance(entry, Layer) else _shared(entry, made)
        nodes.append(Node(known[place], layers[own], taken, place, own, shared=known[own] in again))
    return nodes


def name_all(entries: Sequence[Entry], taken: set[str]) -> tuple[Entry, ...]:
    """The layers, each with a name: its own, or Keras's `dense`, `dense_1`, …; raises a Misfit for one given
    twice. `taken` are names that no layer may have.
    """
    names = set(taken)
    for place, entry in enumerate(entries):
        if entry.name in names:
            raise wording.Misfit(
                f"The name {entry.name!r} is taken: each layer has its own, and 'input' is the row",
                place,
                "name",
            )
        if entry.name:
            names.add(entry.name)
    counts: dict[str, int] = {}
    return tuple(
        entry if entry.name else entry.model_copy(update={"name": _free_name(entry, names, counts)})
        for entry in entries
    )


def _free_name(entry: Entry, taken: set[str], counts: dict[str, int]) -> str:
    plain = entry.layer if isinstance(entry, Again) else wording.snake_case(type(entry).__name__)
    while True:
        number = counts.get(plain, 0)
        counts[plain] = number + 1
        name = f"{plain}_{number}" if number else plain
        if name not in taken:
            taken.add(name)
            return name


def _inputs(entry: Entry, before: str, inputs: Sequence[str]) -> tuple[str, ...]:
    """What the layer takes: what it says, or else what comes before it."""
    if entry.inputs is not None:
        alone = inputs[0] if len(inputs) == 1 else INPUT
        return tuple(alone if name == INPUT else name for name in entry.inputs)
    if before:
        return (before,)
    if len(inputs) > 1:
        raise wording.Misfit(
            f"The data set has several inputs ({', '.join(inputs)}): say with 'inputs' which of them each "
            "layer takes"
        )
    return (inputs[0],)


def _check_inputs(own: str, taken: Sequence[str], names: Collection[str]) -> None:
    for at, name in enumerate(taken):
        if name not in names:
            raise wording.Misfit(
                f"There is no layer and no input called {name!r}{wording.guess(name, names)}", "inputs", at
            )
        if name == own:
            raise wording.Misfit(f"The layer {name!r} takes itself: that is a cycle", "inputs", at)


def _shared(entry: Again, made: Mapping[str, int]) -> int:
    """The place of the layer that is applied again."""
    if entry.layer not in made:
        raise wording.Misfit(
            f"There is no layer called {entry.layer!r} to apply again{wording.guess(entry.layer, made)}",
            "layer",
        )
    return made[entry.layer]


def _ends(outputs: Sequence[str] | None, nodes: Sequence[Node]) -> tuple[str, ...]:
    if outputs is None:
        return (nodes[-1].name,)
    known = [node.name for node in nodes]
    for at, name in enumerate(outputs):
        if name not in known:
            raise wording.Misfit(
                f"There is no layer called {name!r}{wording.guess(name, known)}", "outputs", at
            )
        if name in outputs[:at]:
            raise wording.Misfit(f"The output {name!r} is named twice", "outputs", at)
    return tuple(outputs)


def _ordered(nodes: Sequence[Node]) -> list[Node]:
    """Each after those that it takes, and else in the document's order (Kahn's algorithm)."""
    at = {node.name: place for place, node in enumerate(nodes)}
    # A layer is made before it is applied again.
    before = [[*node.inputs, *([] if node.first else [node.layer.name or ""])] for node in nodes]
    waits = [sum(name in at for name in names) for names in before]
    followers: dict[str, list[int]] = {}
    for place, names in enumerate(before):
        for name in names:
            followers.setdefault(name, []).append(place)
    ready = [place for place, count in enumerate(waits) if not count]
    ordered = []
    while ready:
        node = nodes[heapq.heappop(ready)]
        ordered.append(node)
        for follower in followers.get(node.name, ()):
            waits[follower] -= 1
            if not waits[follower]:
                heapq.heappush(ready, follower)
    if len(ordered) < len(nodes):
        stuck = [node.name for node, count in zip(nodes, waits, strict=True) if count]
        raise wording.Misfit(
            f"There is a cycle: {', '.join(stuck[:5])}{' and more' * (len(stuck) > 5)} wait for one another",
            at[stuck[0]],
            "inputs",
        )
    return ordered


def _check_used(ordered: Sequence[Node], ends: Sequence[str], inputs: Sequence[str]) -> None:
    """Refuses what leads to no output."""
    used = set(ends)
    for node in reversed(ordered):
        if node.name in used:
            used.update(node.inputs)
    for node in ordered:
        if node.name not in used:
            raise wording.Misfit(
                f"The layer {node.name!r} leads to no output: name it in the inputs of another layer, or in "
                "outputs",
                node.place,
            )
    for name in inputs:
        if name not in used:
            raise wording.Misfit(f"No layer takes the data set's input {name!r}")
