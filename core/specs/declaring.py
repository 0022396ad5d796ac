"""What a graph calls the data set's inputs, and whether it was made for them."""

from collections.abc import Sequence

from core.specs import wording
from core.specs.facts import InputFacts
from core.specs.spec import GraphInput


def match(declared: Sequence[GraphInput] | None, inputs: Sequence[InputFacts]) -> dict[str, str]:
    """The data set's name for each name of the graph's.

    Raises:
        Misfit: they do not fit one another. Its path begins at the model.
    """
    if declared is None:
        return {}
    known = {one.name: one for one in inputs}
    if len(declared) != len(inputs):
        raise wording.Misfit(
            f"The network has {wording.counted(len(declared), 'input')} ({_names(declared)}), and the data "
            f"set has {wording.counted(len(inputs), 'input')} ({_names(inputs)})",
            "inputs",
            min(len(declared), len(inputs) + 1) - 1,
        )
    by_name = {one.name for one in declared} == set(known)
    names = {}
    for place, (one, other) in enumerate(zip(declared, inputs, strict=True)):
        found = known[one.name] if by_name else other
        if one.name in names:
            raise wording.Misfit(f"Two inputs are called {one.name!r}", "inputs", place, "name")
        _check_shape(one, found, place)
        names[one.name] = found.name
    return names


def _check_shape(declared: GraphInput, found: InputFacts, place: int) -> None:
    if declared.shape is None:
        return
    fits = len(declared.shape) == len(found.shape) and all(
        size is None or size == given for size, given in zip(declared.shape, found.shape, strict=True)
    )
    if not fits:
        wanted = "x".join("any" if size is None else str(size) for size in declared.shape)
        raise wording.Misfit(
            f"The network was made for rows of {wanted or 'a single number'}, and the data set has rows of "
            f"{wording.by(found.shape)}",
            "inputs",
            place,
            "shape",
        )


def _names(inputs: Sequence[GraphInput] | Sequence[InputFacts]) -> str:
    return ", ".join(one.name for one in inputs[:5]) + (", …" if len(inputs) > 5 else "")
