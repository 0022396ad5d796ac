"""Keras's poolings of everything there is, and of as many parts as are asked for."""

from typing import Annotated, ClassVar, Literal

from typing_extensions import override

from core.specs import wording
from core.specs.layers.base import Layer, Shape
from core.specs.layers.data_format import ChannelsLast
from core.specs.layers.windows import AXES
from core.specs.scalars import Flag, Spread


class _GlobalPooling(Layer):
    rank: ClassVar[int]

    data_format: ChannelsLast = "channels_last"
    keepdims: Flag = False

    @override
    def output_shape(self, shape: Shape) -> Shape:
        self.dimensions(shape, self.rank + 1, AXES[self.rank])
        return (*(1,) * self.rank, shape[-1]) if self.keepdims else shape[-1:]


class _GlobalAveragePooling(_GlobalPooling):
    @override
    def ending(self) -> str | None:
        # The mean of probabilities is still a probability.
        return None


class _GlobalMaxPooling(_GlobalPooling):
    integers: ClassVar[Literal["floats", "keeps", "refuses"]] = "keeps"


class _AdaptivePooling(Layer):
    rank: ClassVar[int]

    output_size: tuple[int, ...]
    data_format: ChannelsLast = "channels_last"

    @override
    def output_shape(self, shape: Shape) -> Shape:
        self.dimensions(shape, self.rank + 1, AXES[self.rank])
        for size, parts in zip(shape[:-1], self.output_size, strict=True):
            self._check_parts_of(size, parts)
        return (*self.output_size, shape[-1])

    def _check_parts_of(self, size: int, parts: int) -> None:
        # Keras also pools with a window that is larger by one than the smallest that will do
        # (`keras.src.backend.common.backend_utils.compute_adaptive_pooling_window_sizes`), which goes beyond
        # the input here. Of nothing TensorFlow knows no gradient of the mean, and to look for the largest
        # kills its process.
        if size == 1 or parts == 1:
            raise wording.Misfit(
                f"{self.called()} divides 2 or more into 2 or more parts, not {size} into {parts}; for one "
                f"part there is {self.called().replace('Adaptive', 'Global')}",
                "output_size",
            )


class _AdaptiveAveragePooling(_AdaptivePooling):
    integers: ClassVar[Literal["floats", "keeps", "refuses"]] = "refuses"

    @override
    def ending(self) -> str | None:
        return None


class _AdaptiveMaxPooling(_AdaptivePooling):
    integers: ClassVar[Literal["floats", "keeps", "refuses"]] = "keeps"


class GlobalAveragePooling1D(_GlobalAveragePooling):
    """The mean over all steps."""

    rank: ClassVar[int] = 1


class GlobalAveragePooling2D(_GlobalAveragePooling):
    """The mean over all pixels."""

    rank: ClassVar[int] = 2


class GlobalAveragePooling3D(_GlobalAveragePooling):
    """The mean over a whole volume."""

    rank: ClassVar[int] = 3


class GlobalMaxPooling1D(_GlobalMaxPooling):
    """The largest over all steps."""

    rank: ClassVar[int] = 1


class GlobalMaxPooling2D(_GlobalMaxPooling):
    """The largest over all pixels."""

    rank: ClassVar[int] = 2


class GlobalMaxPooling3D(_GlobalMaxPooling):
    """The largest over a whole volume."""

    rank: ClassVar[int] = 3


class AdaptiveAveragePooling1D(_AdaptiveAveragePooling):
    """The means of `output_size` parts of sequences."""

    rank: ClassVar[int] = 1

    output_size: Annotated[tuple[int, ...], Spread(1)]


class AdaptiveAveragePooling2D(_AdaptiveAveragePooling):
    """The means of `output_size` parts of pictures, along each axis."""

    rank: ClassVar[int] = 2

    output_size: Annotated[tuple[int, ...], Spread(2)]


class AdaptiveAveragePooling3D(_AdaptiveAveragePooling):
    """The means of `output_size` parts of volumes, along each axis."""

    rank: ClassVar[int] = 3

    output_size: Annotated[tuple[int, ...], Spread(3)]


class AdaptiveMaxPooling1D(_AdaptiveMaxPooling):
    """The largest of `output_size` parts of sequences."""

    rank: ClassVar[int] = 1

    output_size: Annotated[tuple[int, ...], Spread(1)]


class AdaptiveMaxPooling2D(_AdaptiveMaxPooling):
    """The largest of `output_size` parts of pictures, along each axis."""

    rank: ClassVar[int] = 2

    output_size: Annotated[tuple[int, ...], Spread(2)]


class AdaptiveMaxPooling3D(_AdaptiveMaxPooling):
    """The largest of `output_size` parts of volumes, along each axis."""

    rank: ClassVar[int] = 3

    output_size: Annotated[tuple[int, ...], Spread(3)]


MEMBERS: tuple[type[Layer], ...] = (
    GlobalAveragePooling1D,
    GlobalAveragePooling2D,
    GlobalAveragePooling3D,
    GlobalMaxPooling1D,
    GlobalMaxPooling2D,
    GlobalMaxPooling3D,
    AdaptiveAveragePooling1D,
    AdaptiveAveragePooling2D,
    AdaptiveAveragePooling3D,
    AdaptiveMaxPooling1D,
    AdaptiveMaxPooling2D,
    AdaptiveMaxPooling3D,
)
