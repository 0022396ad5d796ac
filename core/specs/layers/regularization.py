"""Keras's layers against overfitting."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field
from typing_extensions import override

from core.specs import wording
from core.specs.layers.base import Layer, Shape
from core.specs.scalars import Fraction, Seed, Size


class Dropout(Layer):
    """Sets some of its inputs to 0 in training."""

    integers: ClassVar[Literal["floats", "keeps", "refuses"]] = "refuses"
    passes_mask: ClassVar[bool] = True

    rate: Fraction
    noise_shape: Annotated[tuple[Size | None, ...], Field(max_length=16)] | None = None
    seed: Seed | None = None

    @override
    def output_shape(self, shape: Shape) -> Shape:
        if self.noise_shape is not None and not self._noise_fits(self.noise_shape, shape):
            raise wording.Misfit(
                f"Dropout's noise_shape needs {len(shape) + 1} entries, the first for the batch: null, 1, "
                f"or the size in {wording.by(shape)}",
                "noise_shape",
            )
        return shape

    @override
    def ending(self) -> str | None:
        return None

    @staticmethod
    def _noise_fits(noise: tuple[int | None, ...], shape: Shape) -> bool:
        # The size of a batch is not known beforehand, and the last batch is smaller.
        sizes = (1, *shape)
        return len(noise) == len(sizes) and all(
            one in {None, 1, size} for one, size in zip(noise, sizes, strict=True)
        )


MEMBERS: tuple[type[Layer], ...] = (Dropout,)
