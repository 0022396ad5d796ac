"""Which layers compute in which precision."""

from core.specs.layers.activations import Softmax
from core.specs.layers.entries import Again, Entry
from core.specs.resolved import Resolved


def policies(resolved: Resolved) -> dict[str, str]:
    """Keras's dtype policy for every layer: probabilities and whatever decides an output stay in float32, as
    Keras advises.
    """
    made = resolved.made
    found = {
        name: "float32" if isinstance(layer, Softmax) else str(resolved.training.precision)
        for name, layer in made.items()
    }
    entries = {entry.name or "": entry for entry in resolved.layers}
    for output in resolved.outputs:
        entry: Entry | None = entries[output.name]
        while entry is not None:
            name = entry.layer if isinstance(entry, Again) else entry.name or ""
            found[name] = "float32"
            inputs = entry.inputs or ()
            decided = made[name].ending() is not None or len(inputs) != 1
            entry = None if decided else entries.get(inputs[0])
    return found
