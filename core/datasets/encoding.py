"""What was learned from a data set's training rows. It travels with every model trained on the data set.

With it a prediction takes the same raw rows as were uploaded, and answers in the units that were uploaded.
Only numpy is needed here: the service encodes with it in process.
"""

from collections.abc import Sequence
from typing import Annotated, Any

from numpy.typing import NDArray
from pydantic import BaseModel, Field

from core import errors
from core.datasets import array_inputs, several_inputs, table_inputs, targets
from core.datasets.array_inputs import ArrayInputs
from core.datasets.picture_inputs import PictureInputs
from core.datasets.several_inputs import NamedInputs, SeveralInputs
from core.datasets.table_inputs import FROZEN, TableInputs
from core.datasets.targets import (
    ClassTarget,
    MultilabelTarget,
    NamedTarget,
    NumberTarget,
    OneTarget,
    ReconstructionTarget,
    SeveralTargets,
    VectorTarget,
)

__all__ = [
    "ClassTarget",
    "Encoding",
    "Inputs",
    "MultilabelTarget",
    "NamedInputs",
    "NamedTarget",
    "NumberTarget",
    "ReconstructionTarget",
    "SeveralInputs",
    "SeveralTargets",
    "Target",
    "VectorTarget",
    "decode",
    "encode",
]

# What a single input or target is called where each has a name.
INPUT, TARGET = "input", "target"

Inputs = Annotated[TableInputs | ArrayInputs | PictureInputs | SeveralInputs, Field(discriminator="kind")]
Target = Annotated[
    ClassTarget | NumberTarget | VectorTarget | MultilabelTarget | ReconstructionTarget | SeveralTargets,
    Field(discriminator="kind"),
]


class Encoding(BaseModel):
    """How raw rows become what a network takes, and its answers what was asked."""

    model_config = FROZEN

    inputs: Inputs
    target: Target

    @property
    def input_parts(self) -> list[NamedInputs]:
        """The inputs, in the order of their arrays; a single one is called `input`."""
        if isinstance(self.inputs, SeveralInputs):
            return self.inputs.parts
        return [NamedInputs(name=INPUT, inputs=self.inputs)]

    @property
    def target_parts(self) -> list[NamedTarget]:
        """The targets, in the order of their arrays; a single one is called `target`."""
        if isinstance(self.target, SeveralTargets):
            return self.target.parts
        return [NamedTarget(name=TARGET, target=self.target)]

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


def encode(encoding: Encoding, rows: Sequence[object] | NDArray[Any]) -> list[NDArray[Any]]:
    """Raw rows as a network takes them: for each input an array `(n, *shape)`, float32 or int32.

    A row of a table is an object by column name or a list in the order of the input columns; where texts are
    the only input, it may be the text. A row of an array is a nested list of the shape that was uploaded;
    pictures, raw bytes 0 to 255, may lack or have the axis of a single channel. A row of several arrays is an
    object by their names.

    Raises:
        errors.InvalidDataError: The sentence says which row, counted from 0, and what is wrong with it; the
            fault points into `#/instances`.
    """
    if isinstance(encoding.inputs, SeveralInputs):
        return several_inputs.encode_rows(encoding.inputs, rows)
    return [several_inputs.encode_one(encoding.inputs, rows)]


def decode(encoding: Encoding, outputs: NDArray[Any], target: int = 0) -> NDArray[Any]:
    """What a network puts out for target number `target`, `(n, …)`, in the units that were uploaded.

    Scores of classes and labels stay as they are. So does the type of the outputs.
    """
    found: OneTarget = encoding.target_parts[target].target
    if isinstance(found, NumberTarget | VectorTarget):
        return targets.decode(found, outputs)
    if not isinstance(found, ReconstructionTarget):
        return outputs
    inputs = encoding.input_parts[0].inputs
    if isinstance(inputs, TableInputs):
        return table_inputs.unscale(inputs, outputs)
    if isinstance(inputs, PictureInputs):
        return array_inputs.unscale(inputs.array, outputs)
    return array_inputs.unscale(inputs, outputs) if isinstance(inputs, ArrayInputs) else outputs
