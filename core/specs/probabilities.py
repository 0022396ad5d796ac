"""What a network's scores for classes and labels mean, and the probabilities that they stand for."""

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from core.specs.activations import PROBABILITIES
from core.specs.resolved import ResolvedOutput

Link = Literal["identity", "sigmoid", "softmax"]
"""How scores become probabilities: they are some already, each by itself, or all of a row together."""

_EACH_BY_ITSELF = frozenset({"BinaryCrossentropy", "BinaryFocalCrossentropy"})


def link(output: ResolvedOutput) -> Link:
    """How the scores of an output become probabilities, by how it ends and by its loss."""
    if output.ending in PROBABILITIES:
        return "identity"
    alone = output.encoding not in {"index", "one_hot"}
    return "sigmoid" if alone or type(output.loss).__name__ in _EACH_BY_ITSELF else "softmax"


def probabilities(how: Link, scores: NDArray[Any]) -> NDArray[np.float64]:
    """The probabilities of scores `(n, k)`; of what is no number too, 0."""
    wide = np.nan_to_num(scores.astype(np.float64))
    if how == "identity":
        return np.clip(wide, 0.0, 1.0)
    if how == "sigmoid":
        # The same as 1 / (1 + exp(-x)), which overflows.
        return 0.5 * (1.0 + np.tanh(0.5 * wide))
    powers = np.exp(wide - wide.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))


def middle(how: Link) -> float:
    """The score from which on a class or label of its own is meant."""
    return 0.0 if how == "sigmoid" else 0.5
