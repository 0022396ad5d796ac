"""What a network is to answer: what was learned about it, and how its answers become what was uploaded."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field

from core.datasets.table_inputs import FROZEN


class ClassTarget(BaseModel):
    """One of `classes`; the network's answer is an index into them."""

    model_config = FROZEN

    kind: Literal["class"] = "class"
    name: str
    classes: list[str]


class NumberTarget(BaseModel):
    """A number, standardised with the mean and deviation of the training rows."""

    model_config = FROZEN

    kind: Literal["number"] = "number"
    name: str
    mean: float
    std: float = Field(gt=0)


class VectorTarget(BaseModel):
    """Several numbers, each standardised with the mean and deviation of its training rows."""

    model_config = FROZEN

    kind: Literal["vector"] = "vector"
    name: str
    names: list[str]
    means: list[float]
    stds: list[float]


class MultilabelTarget(BaseModel):
    """Any number of `classes`: a 1 or a 0 for each of them."""

    model_config = FROZEN

    kind: Literal["multilabel"] = "multilabel"
    name: str
    classes: list[str]


class ReconstructionTarget(BaseModel):
    """The encoded input itself, of this `shape`; no array is written for it."""

    model_config = FROZEN

    kind: Literal["reconstruction"] = "reconstruction"
    shape: list[int]


OneTarget = Annotated[
    ClassTarget | NumberTarget | VectorTarget | MultilabelTarget | ReconstructionTarget,
    Field(discriminator="kind"),
]


class NamedTarget(BaseModel):
    """One of several targets; `name` is a word, and the target's own name is what the file calls it."""

    model_config = FROZEN

    name: str
    target: OneTarget


class SeveralTargets(BaseModel):
    """Several targets, in the order of their arrays."""

    model_config = FROZEN

    kind: Literal["several"] = "several"
    parts: list[NamedTarget]


def together(names: Sequence[str], found: Sequence[OneTarget]) -> OneTarget | SeveralTargets:
    """The only target, or several, each by the word that stands for it in `names`."""
    if len(found) == 1:
        return found[0]
    return SeveralTargets(
        parts=[NamedTarget(name=name, target=one) for name, one in zip(names, found, strict=True)]
    )


def scaling(target: NumberTarget | VectorTarget) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The means and deviations of a target's numbers: each a single one, or one for each."""
    if isinstance(target, NumberTarget):
        return np.array(target.mean), np.array(target.std)
    return np.array(target.means), np.array(target.stds)


def decode(target: NumberTarget | VectorTarget, outputs: NDArray[Any]) -> NDArray[Any]:
    """Standardised numbers in the units that were uploaded; the type of the outputs is kept."""
    mean, std = scaling(target)
    decoded: NDArray[Any] = (outputs.astype(np.float64) * std + mean).astype(outputs.dtype)
    return decoded
