"""Keras's EinsumDense: sums of products along whatever axes an equation names."""

import math
import re
from collections.abc import Mapping
from typing import Annotated, ClassVar, NamedTuple, Self

from pydantic import BeforeValidator, ConfigDict, Field, StringConstraints, model_validator
from typing_extensions import override

from core.specs import wording
from core.specs.activations import Activation
from core.specs.constraints import AnyConstraint
from core.specs.initializers import AnyInitializer, GlorotUniform, Zeros
from core.specs.layers.base import LORA, Layer, Shape, Weight
from core.specs.regularizers import AnyRegularizer
from core.specs.scalars import Size

_FORM = re.compile(
    r"(?P<left>\.\.\.)?(?P<input>[a-zA-Z]+)(?P<right>\.\.\.)?,(?P<kernel>[a-zA-Z]+)->"
    r"(?(left)\.\.\.)(?P<output>[a-zA-Z]+)(?(right)\.\.\.)"
)
_FORMS = "the equation must be such as 'ab,bc->ac', '...b,bc->...c' or 'ab...,bc->ac...'"


class _Axes(NamedTuple):
    """The sizes that an equation names, and the shape that comes out (without the batch)."""

    sizes: dict[str, int]
    output: Shape
    elided: Shape


class EinsumDense(Layer):
    """Sums of products along the axes that an equation such as `ab,bc->ac` names; its first is the batch."""

    model_config = ConfigDict(serialize_by_alias=True)
    refused: ClassVar[Mapping[str, str]] = {
        **LORA,
        "gptq_unpacked_column_size": "networks are trained unquantized",
    }

    equation: Annotated[str, StringConstraints(strict=True, max_length=64)]
    outputs: Annotated[
        tuple[Size | None, ...],
        BeforeValidator(lambda value: value if isinstance(value, list | tuple) else (value,)),
        Field(alias="output_shape", min_length=1, max_length=8),
    ]
    activation: Activation = "linear"
    bias_axes: Annotated[str, StringConstraints(strict=True, pattern="^[a-zA-Z]{1,8}$")] | None = None
    kernel_initializer: AnyInitializer = GlorotUniform()
    bias_initializer: AnyInitializer = Zeros()
    kernel_regularizer: AnyRegularizer | None = None
    bias_regularizer: AnyRegularizer | None = None
    kernel_constraint: AnyConstraint | None = None
    bias_constraint: AnyConstraint | None = None

    @model_validator(mode="after")
    def _equation_makes_sense(self) -> Self:
        found = _FORM.fullmatch(self.equation)
        if not found or (found["left"] and found["right"]):
            raise wording.misfit(_FORMS, "equation")
        parts = {name: found[name] for name in ("input", "kernel", "output")}
        for name, letters in parts.items():
            if len(set(letters)) < len(letters):
                raise wording.misfit(f"{name} {letters!r} of the equation names an axis twice", "equation")
        for letters, known in (
            (parts["output"], parts["input"] + parts["kernel"]),
            (parts["kernel"], parts["input"] + parts["output"]),
        ):
            if lost := set(letters) - set(known):
                raise wording.misfit(f"the axis {min(lost)!r} of the equation comes from nowhere", "equation")
        if lost := set(self.bias_axes or "") - set(parts["output"]):
            raise wording.misfit(f"the axis {min(lost)!r} does not come out of the equation", "bias_axes")
        return self

    @override
    def output_shape(self, shape: Shape) -> Shape:
        return self._axes(shape).output

    @override
    def weights(self, shape: Shape) -> list[Weight]:
        axes = self._axes(shape)
        kernel = Weight("kernel", tuple(axes.sizes[letter] for letter in self._part("kernel")))
        if self.bias_axes is None:
            return [kernel]
        output = self._part("output")
        first = min(output.find(letter) for letter in self.bias_axes)
        sizes = (axes.sizes[letter] if letter in self.bias_axes else 1 for letter in output[first:])
        after = () if self.equation.startswith("...") else (1,) * len(axes.elided)
        return [kernel, Weight("bias", (*sizes, *after))]

    @override
    def multiply_adds(self, shape: Shape) -> int:
        axes = self._axes(shape)
        return math.prod(axes.sizes.values()) * math.prod(axes.elided)

    @override
    def ending(self) -> str | None:
        return self.activation

    def _part(self, name: str) -> str:
        found = _FORM.fullmatch(self.equation)
        return found[name] if found else ""

    def _axes(self, shape: Shape) -> _Axes:
        """What the letters stand for on rows of `shape`: `_analyze_split_string` of Keras's module."""
        left, letters, output = self._part("left"), self._part("input"), self._part("output")
        row, elided = self._rows(shape, len(letters) + bool(left and len(letters) <= len(shape)))
        if left and len(letters) <= len(shape):
            known = dict(zip(letters, row, strict=True))
            wanted = output
        else:
            # The first letter is the batch, which goes through as it is.
            if output[0] != letters[0] or letters[0] in self._part("kernel") + (self.bias_axes or ""):
                raise wording.Misfit(
                    f"{letters[0]!r} stands for the batch here: it must come first in what comes out, and "
                    "nowhere else",
                    "equation",
                )
            known = dict(zip(letters[1:], row, strict=True))
            wanted = output[1:]
        sizes = self._sizes(known, wanted)
        out = tuple(sizes[letter] for letter in wanted)
        return _Axes(sizes, (*elided, *out) if left else (*out, *elided), elided)

    def _rows(self, shape: Shape, letters: int) -> tuple[Shape, Shape]:
        """The axes of a row that have a letter, and those in the place of the dots."""
        elided = len(shape) + 1 - letters
        dots = "..." in self.equation
        if elided < 0 or (elided and not dots):
            raise wording.Misfit(
                f"The equation {self.equation!r} names {letters - 1} axes beside the batch, and the rows are "
                f"{wording.by(shape)}",
                "equation",
            )
        if self.equation.startswith("..."):
            if shape[:elided] != shape[:elided][::-1]:
                raise wording.Misfit(
                    f"Keras 3.15 says the axes in the place of the dots the wrong way round, and these are "
                    f"{wording.by(shape[:elided])}: give each a letter",
                    "equation",
                )
            return shape[elided:], shape[:elided]
        return shape[: len(shape) - elided], shape[len(shape) - elided :]

    def _sizes(self, known: dict[str, int], wanted: str) -> dict[str, int]:
        """Every letter's size: of the input, or as `output_shape` has it."""
        if len(self.outputs) != len(wanted):
            raise wording.Misfit(
                f"output_shape needs {len(wanted)} sizes, for {wanted!r} of the equation, not "
                f"{len(self.outputs)}",
                "output_shape",
            )
        for place, (letter, size) in enumerate(zip(wanted, self.outputs, strict=True)):
            if size is None or (letter in known and known[letter] != size):
                right = known.get(letter, "its size")
                raise wording.Misfit(f"output_shape needs {right} for {letter!r}", "output_shape", place)
        return known | {
            letter: size for letter, size in zip(wanted, self.outputs, strict=True) if size is not None
        }


MEMBERS: tuple[type[Layer], ...] = (EinsumDense,)
