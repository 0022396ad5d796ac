"""What every layer is: Keras's arguments, and arithmetic about shapes. Shapes are without the batch."""

import math
from collections.abc import Mapping, Sequence
from typing import Annotated, ClassVar, Literal, NamedTuple

from pydantic import Field
from typing_extensions import override

from core.specs import wording
from core.specs.base import Named
from core.specs.regularizers import AnyRegularizer
from core.specs.scalars import Flag, Identifier

Shape = tuple[int, ...]
Inputs = Annotated[tuple[Identifier, ...], Field(min_length=1, max_length=64)]
"""Where a layer's inputs come from: names of layers, or of inputs of the data set."""

_COMMON = {
    "dtype": "training.precision sets it for the whole network",
    "autocast": "training.precision sets it for the whole network",
    "input_shape": "the shape of the input comes from the data set",
    "input_dim": "the shape of the input comes from the data set",
    "batch_input_shape": "the shape of the input comes from the data set",
    "batch_size": "training.batch_size sets it",
}
_PARTS = {
    "recurrent_kernel": "recurrent",
    "depthwise_kernel": "depthwise",
    "pointwise_kernel": "pointwise",
}
"""What an argument about a weight begins with, where that is not the weight's own name."""
LORA = {
    "lora_rank": "LoRA adapts a kernel that was trained before",
    "lora_alpha": "LoRA adapts a kernel that was trained before",
    "quantization_config": "networks are trained unquantized",
}


class Weight(NamedTuple):
    """One variable of a layer: its name and shape are Keras's."""

    name: str
    shape: Shape
    trainable: bool = True

    @property
    def size(self) -> int:
        """How many numbers it holds."""
        return math.prod(self.shape)

    def frozen(self) -> "Weight":
        """The same, not to be trained."""
        return self._replace(trainable=False)


class Applied(NamedTuple):
    """What a layer is and does where it stands.

    Attributes:
        output_shape: what comes out for one row.
        weights: its variables.
        multiply_adds: multiplications with weights for one row, forward.
        working_size: numbers that a training step keeps for one row, to go back through it.
    """

    output_shape: Shape
    weights: list[Weight]
    multiply_adds: int
    working_size: int


class Layer(Named):
    """One layer of a network.

    A class adds its arguments as Keras names them, with Keras's defaults and allowed values, and overrides
    what is said below. Everything raises `wording.Misfit`, with the argument that is to blame, for a shape it
    cannot take.
    """

    family: ClassVar[str] = "layer"
    withheld: ClassVar[frozenset[str]] = frozenset({"inputs"})
    refused: ClassVar[Mapping[str, str]] = _COMMON
    integers: ClassVar[Literal["floats", "keeps", "refuses"]] = "floats"
    """What becomes of an input of integers: made into floats, kept as integers, or refused (by TensorFlow).
    """
    passes_mask: ClassVar[bool] = False
    """Keras's `supports_masking`: whether a mask (of `Embedding(mask_zero=True)`) goes on to the next layer.
    """
    least_inputs: ClassVar[int] = 1
    most_inputs: ClassVar[int] = 1
    one_by_one: ClassVar[bool] = False
    """Whether Keras takes its several inputs as arguments of their own, and not as one list."""

    name: Identifier | None = None
    inputs: Inputs | None = None
    trainable: Flag = True
    activity_regularizer: AnyRegularizer | None = None

    def applied(self, shapes: Sequence[Shape]) -> Applied:
        """What it makes of inputs of these shapes, of which there are as many as it takes."""
        (shape,) = shapes
        return Applied(
            self.output_shape(shape), self.weights(shape), self.multiply_adds(shape), self.working_size(shape)
        )

    def output_shape(self, shape: Shape) -> Shape:
        """What comes out for one row of `shape`."""
        return shape

    def weights(self, shape: Shape) -> list[Weight]:
        """The variables that hold what is learned (and moving averages), for an input that `output_shape`
        took.
        """
        del shape
        return []

    def multiply_adds(self, shape: Shape) -> int:
        """Multiplications with weights for one row, forward; activations and poolings count nothing."""
        del shape
        return 0

    def working_size(self, shape: Shape) -> int:
        """Numbers that a training step keeps for one row, to go back through this layer."""
        return math.prod(self.output_shape(shape))

    def ending(self) -> str | None:
        """The activation that shapes the output; None if the layer leaves it as it comes."""
        return "linear"

    def mask(self, masked: bool) -> bool:
        """Whether a mask goes on to the next layer, if one comes in (with any of its inputs) or not."""
        return masked and self.passes_mask

    def passes_gradient(self) -> bool:
        """Whether what stands before it can learn: TensorFlow finds a way back through it."""
        return True

    def adapts(self) -> bool:
        """Whether it learns from the training rows by itself, before the first step."""
        return False

    def check_mask(self, shapes: Sequence[Shape]) -> None:
        """Raises a Misfit if it cannot take a mask with inputs of these shapes."""

    def check_values(self, shape: Shape, bounds: tuple[int, int] | None, *, integers: bool) -> None:
        """Raises a Misfit if it cannot take such values: integers between these bounds (None: not known), or
        numbers with fractions.
        """
        del bounds
        if integers and self.integers == "refuses":
            raise wording.Misfit(
                f"{self.called()} takes numbers with fractions, and this data set's rows are integers "
                f"({wording.by(shape)}): put an Embedding first"
            )

    def puts_out_integers(self, integers: bool) -> bool:
        """Whether integers come out, if integers (or not) come in."""
        return integers and self.integers == "keeps"

    def integer_bounds(self, bounds: tuple[int, int] | None) -> tuple[int, int] | None:
        """The least and the most of the integers that come out, if `bounds` are those of what comes in."""
        return bounds

    def check_parts(self, applied: Applied) -> None:
        """Raises a Misfit unless every weight can begin, be charged for and be held as it is asked to."""
        for weight in applied.weights:
            for kind in ("initializer", "regularizer", "constraint"):
                self._check_part(f"{_PARTS.get(weight.name, weight.name)}_{kind}", weight.shape)
        # What comes out of a layer has the batch as its first axis.
        self._check_part("activity_regularizer", (1, *applied.output_shape))

    def _check_part(self, field: str, shape: Shape) -> None:
        part = getattr(self, field, None)
        if part is not None:
            with wording.within(field):
                part.check(shape)

    def dimensions(self, shape: Shape, rank: int, names: str) -> None:
        """Raises a Misfit unless `shape` has `rank` axes, which are called `names`."""
        if len(shape) != rank:
            raise wording.Misfit(
                f"{self.called()} takes rows of {rank} axes ({names}), and gets {wording.by(shape)}"
            )


class Joining(Layer):
    """A layer that takes several inputs; it says what it does in `applied`."""

    least_inputs: ClassVar[int] = 2
    most_inputs: ClassVar[int] = 64

    @override
    def applied(self, shapes: Sequence[Shape]) -> Applied:
        output = self.joined_shape(shapes)
        return Applied(output, [], 0, math.prod(output))

    def joined_shape(self, shapes: Sequence[Shape]) -> Shape:
        """What comes out for one row of inputs of these shapes."""
        raise NotImplementedError
