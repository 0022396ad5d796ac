"""Keras's RNN: a recurrent layer made of cells, which do one step each."""

from collections.abc import Mapping, Sequence
from typing import Annotated, ClassVar, Literal

from pydantic import Field
from typing_extensions import override

from core.specs import wording
from core.specs.activations import Activation
from core.specs.base import Family
from core.specs.layers.base import Applied, Layer, Shape, Weight
from core.specs.layers.recurrent import SEVERAL, STATEFUL, Gates, check_steps
from core.specs.scalars import Flag


class LSTMCell(Gates):
    """One step of an LSTM."""

    gates: ClassVar[int] = 4

    recurrent_activation: Activation = "sigmoid"
    unit_forget_bias: Flag = True


class GRUCell(Gates):
    """One step of a GRU."""

    gates: ClassVar[int] = 3

    recurrent_activation: Activation = "sigmoid"
    reset_after: Flag = True

    @override
    def _bias(self, width: int) -> Shape:
        return (2, width) if self.reset_after else (width,)


class SimpleRNNCell(Gates):
    """One step of a SimpleRNN."""

    gates: ClassVar[int] = 1

    @override
    def ending(self) -> str | None:
        return self.activation


_PLAIN: Family[Gates] = Family("cell", (LSTMCell, GRUCell, SimpleRNNCell), bare_names=False)


class StackedRNNCells(Layer):
    """Cells that each take what the one before puts out, in the same step."""

    cells: Annotated[tuple[Annotated[Gates, _PLAIN], ...], Field(min_length=2, max_length=16)]


CELLS: Family[Layer] = Family("cell", (*_PLAIN.members.values(), StackedRNNCells), bare_names=False)


class RNN(Layer):
    """Goes along a sequence with a cell, or with several on top of one another."""

    refused: ClassVar[Mapping[str, str]] = {"return_state": SEVERAL, "stateful": STATEFUL}
    integers: ClassVar[Literal["floats", "keeps", "refuses"]] = "refuses"

    cell: Annotated[Layer, CELLS]
    return_sequences: Flag = False
    go_backwards: Flag = False
    unroll: Flag = False
    zero_output_for_mask: Flag = False

    @override
    def applied(self, shapes: Sequence[Shape]) -> Applied:
        (shape,) = shapes
        check_steps(self, shape, unroll=self.unroll)
        weights: list[Weight] = []
        width, arithmetic, working = shape[-1], 0, 0
        for path, cell in self._cells():
            step = Applied((cell.units,), cell.weights((width,)), 0, 0)
            with wording.within(*path):
                cell.check_parts(step)
            weights += step.weights if cell.trainable else [one.frozen() for one in step.weights]
            arithmetic += cell.multiply_adds((shape[0], width))
            working += cell.working_size((shape[0], width))
            width = cell.units
        output = (shape[0], width) if self.return_sequences else (width,)
        return Applied(output, weights, arithmetic, working)

    @override
    def ending(self) -> str | None:
        _, last = self._cells()[-1]
        return last.ending()

    @override
    def mask(self, masked: bool) -> bool:
        return masked and self.return_sequences

    def _cells(self) -> list[tuple[tuple[str | int, ...], Gates]]:
        """The cells from the bottom, each with the way to it."""
        if isinstance(self.cell, StackedRNNCells):
            return [(("cell", "cells", place), cell) for place, cell in enumerate(self.cell.cells)]
        return [(("cell",), self.cell)] if isinstance(self.cell, Gates) else []


MEMBERS: tuple[type[Layer], ...] = (RNN,)
