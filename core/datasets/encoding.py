"""What was learned from a data set's training rows. It travels with every model trained on the data set.

With it a prediction takes the same raw rows as were uploaded, and answers in the units that were uploaded.
Only numpy is needed here: the service encodes with it in process.
"""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field

from core import errors
from core.datasets import array_inputs, table_inputs
from core.datasets.array_inputs import ArrayInputs
from core.datasets.table_inputs import FROZEN, TableInputs


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


Inputs = Annotated[TableInputs | ArrayInputs, Field(discriminator="kind")]
Target = Annotated[ClassTarget | NumberTarget | VectorTarget, Field(discriminator="kind")]


class Encoding(BaseModel):
    """How raw rows become what a network takes, and its answers what was asked."""

    model_config = FROZEN

    inputs: Inputs
    target: Target

    @classmethod
    def load(cls, document: bytes) -> "Encoding":
        """The encoding that `dump` wrote.

        Raises:
            errors.InvalidDataError: It is not an encoding, or one of a later version.
        """
        try:
            return cls.model_validate_json(document)
        except ValueError as error:
            raise errors.InvalidDataError("This is not an encoding that this version reads") from error

    def dump(self) -> bytes:
        """The encoding as JSON; every number comes back as it was, to the last bit."""
        return self.model_dump_json().encode()


def encode(encoding: Encoding, rows: Sequence[object] | NDArray[Any]) -> NDArray[Any]:
    """Raw rows as a network takes them: `(n, *inputs.shape)`, float32 or int32.

    A row of a table is an object by column name or a list in the order of the input columns. A row of an
    array is a nested list of the shape that was uploaded; pictures, raw bytes 0 to 255, may lack or have the
    axis of a single channel.

    Raises:
        errors.InvalidDataError: The sentence says which row, counted from 0, and what is wrong with it; the
            fault points into `#/instances`.
    """
    if isinstance(encoding.inputs, TableInputs):
        return table_inputs.encode_rows(encoding.inputs, rows)
    return array_inputs.encode_rows(encoding.inputs, rows)


def decode(encoding: Encoding, outputs: NDArray[Any]) -> NDArray[Any]:
    """A network's outputs `(n, …)` in the units that were uploaded; scores of classes as they are.

    The type of the outputs is kept.
    """
    target = encoding.target
    if isinstance(target, ClassTarget):
        return outputs
    mean: Any = target.mean if isinstance(target, NumberTarget) else np.array(target.means)
    std: Any = target.std if isinstance(target, NumberTarget) else np.array(target.stds)
    decoded: NDArray[Any] = (outputs.astype(np.float64) * std + mean).astype(outputs.dtype)
    return decoded
