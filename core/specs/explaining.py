"""What a teacher would add to a misfit: the word for it, and what to change."""

from core.specs import wording
from core.specs.graph import Graph, Node
from core.specs.layers import Layer
from core.specs.wording import Change, Cure


def explained(misfit: wording.Misfit, graph: Graph) -> wording.Misfit:
    """The misfit of a layer, in the words of its cause where that is another layer.

    Its path begins at the list of layers, and so does that of the answer.
    """
    place = misfit.path[0] if misfit.path else None
    node = next((one for one in graph.nodes if one.place == place), None)
    if misfit.code or node is None:
        return misfit
    before = next((one for one in graph.nodes if [one.name] == [*node.inputs]), None)
    if misfit.path[-1] in {"kernel_size", "pool_size"} and hasattr(node.layer, "padding"):
        return _window(misfit, node)
    if (
        len(misfit.path) == 1
        and before is not None
        and getattr(_inner(before.layer), "return_sequences", True) is False
    ):
        return _sequences(misfit, node.layer, before)
    return misfit


def _window(misfit: wording.Misfit, node: Node) -> wording.Misfit:
    return wording.Misfit(
        misfit.detail,
        *misfit.path,
        code="window_too_large",
        cure=Cure(
            'Pad its input with padding "same", or take a smaller window, or fewer poolings before it',
            (Change((node.made, "padding"), "same"),),
        ),
    )


def _inner(layer: Layer) -> Layer:
    """What a Bidirectional goes along a sequence with, or the layer itself."""
    inner = getattr(layer, "layer", None)
    return inner if isinstance(inner, Layer) else layer


def _sequences(misfit: wording.Misfit, layer: Layer, before: Node) -> wording.Misfit:
    name = before.layer.called()
    if not misfit.detail.startswith(f"{layer.called()} takes rows of "):
        return misfit
    wrapped = _inner(before.layer) is not before.layer
    path: tuple[str | int, ...] = (before.made, *["layer"] * wrapped, "return_sequences")
    # Where else it is applied, its last step alone may be what is wanted.
    changes = () if before.shared else (Change(path, value=True),)
    return wording.Misfit(
        f"{name} puts out its last step alone, and {layer.called()}, which comes next, takes all steps: "
        "set return_sequences",
        *path,
        code="sequences_missing",
        cure=Cure(f"Let {name} put out every step", changes),
    )
