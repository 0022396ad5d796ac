"""Keras's poolings over windows."""

from typing import Annotated, ClassVar, Literal

from typing_extensions import override

from core.specs import wording
from core.specs.layers.base import Layer, Shape
from core.specs.layers.data_format import ChannelsLast
from core.specs.layers.windows import AXES, slide
from core.specs.scalars import Spread


class _Pooling(Layer):
    rank: ClassVar[int]

    pool_size: tuple[int, ...]
    strides: tuple[int, ...] | None = None
    padding: Literal["valid", "same"] = "valid"
    data_format: ChannelsLast = "channels_last"

    @override
    def output_shape(self, shape: Shape) -> Shape:
        self.dimensions(shape, self.rank + 1, AXES[self.rank])
        spatial = slide(shape[:-1], self.pool_size, self.strides or self.pool_size, self.padding)
        if spatial is None:
            raise wording.Misfit(
                f"{self.called()} with pool {wording.by(self.pool_size)} does not fit its "
                f"{wording.by(shape[:-1])} input",
                "pool_size",
            )
        return (*spatial, shape[-1])


class MaxPooling1D(_Pooling):
    """The largest of each few steps."""

    integers: ClassVar[Literal["floats", "keeps", "refuses"]] = "keeps"
    rank: ClassVar[int] = 1

    pool_size: Annotated[tuple[int, ...], Spread(1)] = (2,)
    strides: Annotated[tuple[int, ...], Spread(1)] | None = None


class MaxPooling2D(_Pooling):
    """The largest of each few pixels."""

    integers: ClassVar[Literal["floats", "keeps", "refuses"]] = "keeps"
    rank: ClassVar[int] = 2

    pool_size: Annotated[tuple[int, ...], Spread(2)] = (2, 2)
    strides: Annotated[tuple[int, ...], Spread(2)] | None = None


class MaxPooling3D(_Pooling):
    """The largest of each few numbers of a volume."""

    integers: ClassVar[Literal["floats", "keeps", "refuses"]] = "refuses"
    rank: ClassVar[int] = 3

    pool_size: Annotated[tuple[int, ...], Spread(3)] = (2, 2, 2)
    strides: Annotated[tuple[int, ...], Spread(3)] | None = None


class AveragePooling1D(_Pooling):
    """The mean of each few steps."""

    integers: ClassVar[Literal["floats", "keeps", "refuses"]] = "refuses"
    rank: ClassVar[int] = 1

    pool_size: Annotated[tuple[int, ...], Spread(1)]
    strides: Annotated[tuple[int, ...], Spread(1)] | None = None


class AveragePooling2D(_Pooling):
    """The mean of each few pixels."""

    integers: ClassVar[Literal["floats", "keeps", "refuses"]] = "refuses"
    rank: ClassVar[int] = 2

    pool_size: Annotated[tuple[int, ...], Spread(2)]
    strides: Annotated[tuple[int, ...], Spread(2)] | None = None


class AveragePooling3D(_Pooling):
    """The mean of each few numbers of a volume."""

    integers: ClassVar[Literal["floats", "keeps", "refuses"]] = "refuses"
    rank: ClassVar[int] = 3

    pool_size: Annotated[tuple[int, ...], Spread(3)]
    strides: Annotated[tuple[int, ...], Spread(3)] | None = None


MEMBERS: tuple[type[Layer], ...] = (
    MaxPooling1D,
    MaxPooling2D,
    MaxPooling3D,
    AveragePooling1D,
    AveragePooling2D,
    AveragePooling3D,
)
