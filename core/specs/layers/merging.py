"""Keras's layers that make one of several."""

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal

from pydantic import Field, Strict
from typing_extensions import override

from core.specs import wording
from core.specs.layers.base import Joining, Layer, Shape
from core.specs.scalars import Axis, Flag, OneOrMany


class _Elementwise(Joining):
    passes_mask: ClassVar[bool] = True
    integers: ClassVar[Literal["floats", "keeps", "refuses"]] = "refuses"

    @override
    def joined_shape(self, shapes: Sequence[Shape]) -> Shape:
        output = shapes[0]
        for place, shape in enumerate(shapes[1:], 1):
            joined = _broadcast(output, shape)
            if joined is None:
                raise wording.Misfit(
                    f"{self.called()} joins inputs of one shape, or with 1 in its place, and these are "
                    f"{_list(shapes)}",
                    "inputs",
                    place,
                )
            output = joined
        return output


class _MaskedElementwise(_Elementwise):
    """Those that Keras lets pass over masked numbers one by one."""

    @override
    def check_mask(self, shapes: Sequence[Shape]) -> None:
        _check_masked(self, shapes)


def _broadcast(first: Shape, second: Shape) -> Shape | None:
    """Keras lets the batch aside, and aligns what is left at its end."""
    long, short = sorted((first, second), key=len, reverse=True)
    ahead = len(long) - len(short)
    ends = zip(long[ahead:], short, strict=True)
    joined = [b if a == 1 else a if b in {1, a} else 0 for a, b in ends]
    return None if 0 in joined else (*long[:ahead], *joined)


def _list(shapes: Sequence[Shape]) -> str:
    return " and ".join(wording.by(shape) for shape in shapes[:4]) + " and more" * (len(shapes) > 4)


def _check_masked(layer: Layer, shapes: Sequence[Shape]) -> None:
    if any(len(shape) != 2 for shape in shapes):
        raise wording.Misfit(
            f"{layer.called()} takes a mask only with inputs of two axes (steps, features), and these are "
            f"{_list(shapes)}"
        )


class Add(_Elementwise):
    """The sum of its inputs, number by number: a residual connection."""


class Subtract(_Elementwise):
    """The first input less the second."""

    most_inputs: ClassVar[int] = 2


class Multiply(_MaskedElementwise):
    """The product of its inputs, number by number."""


class Average(_Elementwise):
    """The mean of its inputs, number by number."""


class Maximum(_MaskedElementwise):
    """The largest of its inputs, number by number."""


class Minimum(_MaskedElementwise):
    """The smallest of its inputs, number by number."""


class Concatenate(Joining):
    """Its inputs one after another, along an axis."""

    passes_mask: ClassVar[bool] = True
    integers: ClassVar[Literal["floats", "keeps", "refuses"]] = "refuses"

    axis: Axis = -1

    @override
    def joined_shape(self, shapes: Sequence[Shape]) -> Shape:
        (axis,) = wording.check_axes("Concatenate", self.axis, (0, *shapes[0]))
        if axis == 0:
            raise wording.Misfit(
                "Concatenate along axis 0 would put the rows of a batch one after another", "axis"
            )
        at = axis - 1
        for place, shape in enumerate(shapes[1:], 1):
            if len(shape) != len(shapes[0]) or _without(shape, at) != _without(shapes[0], at):
                raise wording.Misfit(
                    f"Concatenate along axis {self.axis} joins inputs that are alike but for that axis, and "
                    f"these are {_list(shapes)}",
                    "inputs",
                    place,
                )
        return (*shapes[0][:at], sum(shape[at] for shape in shapes), *shapes[0][at + 1 :])

    @override
    def check_mask(self, shapes: Sequence[Shape]) -> None:
        _check_masked(self, shapes)

    @override
    def ending(self) -> str | None:
        return None


def _without(shape: Shape, axis: int) -> Shape:
    return (*shape[:axis], *shape[axis + 1 :])


_DotAxis = Annotated[int, Strict(), Field(ge=-16, le=16)]


class Dot(Joining):
    """The products of two inputs along an axis of each, added up."""

    most_inputs: ClassVar[int] = 2
    integers: ClassVar[Literal["floats", "keeps", "refuses"]] = "refuses"

    axes: Annotated[int | tuple[int, ...], OneOrMany(_DotAxis, 2, 2)]
    normalize: Flag = False

    @override
    def joined_shape(self, shapes: Sequence[Shape]) -> Shape:
        first, second = shapes
        one, other = self._counted(shapes)
        if first[one] != second[other]:
            raise wording.Misfit(
                f"Dot multiplies along axes of one size, and these are {first[one]} and {second[other]} of "
                f"{_list(shapes)}",
                "axes",
            )
        left = (*_without(first, one), *_without(second, other))
        return left or (1,)

    def _counted(self, shapes: Sequence[Shape]) -> tuple[int, int]:
        """The axes of the rows, from the front."""
        axes = (self.axes, self.axes) if isinstance(self.axes, int) else self.axes
        counted = []
        for axis, shape in zip(axes, shapes, strict=True):
            rank = len(shape) + 1
            if not shape or not -rank <= axis < rank or axis % rank == 0:
                raise wording.Misfit(
                    f"Dot has no axis {axis} in {wording.by(shape)}: axes count from 1, and 0 is the batch",
                    "axes",
                )
            counted.append(axis % rank - 1)
        return counted[0], counted[1]


MEMBERS: tuple[type[Layer], ...] = (Add, Subtract, Multiply, Average, Maximum, Minimum, Concatenate, Dot)
