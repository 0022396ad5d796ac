"""Keras's reshaping layers that cut off, add or repeat along steps, pictures and volumes."""

from typing import Annotated, Literal

from typing_extensions import override

from core.specs import wording
from core.specs.layers.base import Layer, Shape
from core.specs.layers.data_format import ChannelsLast
from core.specs.layers.margins import BOTH_ENDS, Ends, Margins
from core.specs.layers.reshaping import Rearranging
from core.specs.layers.windows import AXES
from core.specs.scalars import Size, Spread


class _Cropping(Rearranging):
    def cropped(self, shape: Shape, cropping: tuple[Ends, ...]) -> Shape:
        """What is left of rows of `shape`."""
        rank = len(cropping)
        self.dimensions(shape, rank + 1, AXES[rank])
        left = tuple(size - sum(ends) for size, ends in zip(shape[:-1], cropping, strict=True))
        if min(left) <= 0:
            raise wording.Misfit(
                f"{self.called()} leaves nothing of its {wording.by(shape)} input", "cropping"
            )
        return (*left, shape[-1])


class Cropping1D(_Cropping):
    """Cuts off steps at both ends."""

    cropping: Annotated[Ends, BOTH_ENDS] = (1, 1)

    @override
    def output_shape(self, shape: Shape) -> Shape:
        return self.cropped(shape, (self.cropping,))


class Cropping2D(_Cropping):
    """Cuts off the edges of pictures."""

    cropping: Annotated[tuple[Ends, ...], Margins(2)] = ((0, 0), (0, 0))
    data_format: ChannelsLast = "channels_last"

    @override
    def output_shape(self, shape: Shape) -> Shape:
        return self.cropped(shape, self.cropping)


class Cropping3D(_Cropping):
    """Cuts off the outside of volumes."""

    cropping: Annotated[tuple[Ends, ...], Margins(3)] = ((1, 1), (1, 1), (1, 1))
    data_format: ChannelsLast = "channels_last"

    @override
    def output_shape(self, shape: Shape) -> Shape:
        return self.cropped(shape, self.cropping)


class _ZeroPadding(Rearranging):
    data_format: ChannelsLast = "channels_last"

    def padded(self, shape: Shape, padding: tuple[Ends, ...]) -> Shape:
        """Rows of `shape` with zeros around them."""
        rank = len(padding)
        self.dimensions(shape, rank + 1, AXES[rank])
        return (*(size + sum(ends) for size, ends in zip(shape[:-1], padding, strict=True)), shape[-1])

    @override
    def integer_bounds(self, bounds: tuple[int, int] | None) -> tuple[int, int] | None:
        return bounds and (min(bounds[0], 0), max(bounds[1], 0))


class ZeroPadding1D(_ZeroPadding):
    """Adds steps of zeros at both ends."""

    padding: Annotated[Ends, BOTH_ENDS] = (1, 1)

    @override
    def output_shape(self, shape: Shape) -> Shape:
        return self.padded(shape, (self.padding,))


class ZeroPadding2D(_ZeroPadding):
    """Adds an edge of zeros to pictures."""

    padding: Annotated[tuple[Ends, ...], Margins(2)] = ((1, 1), (1, 1))

    @override
    def output_shape(self, shape: Shape) -> Shape:
        return self.padded(shape, self.padding)


class ZeroPadding3D(_ZeroPadding):
    """Adds zeros around volumes."""

    padding: Annotated[tuple[Ends, ...], Margins(3)] = ((1, 1), (1, 1), (1, 1))

    @override
    def output_shape(self, shape: Shape) -> Shape:
        return self.padded(shape, self.padding)


class _UpSampling(Rearranging):
    def enlarged(self, shape: Shape, size: tuple[int, ...]) -> Shape:
        """Rows of `shape` with everything `size` times."""
        rank = len(size)
        self.dimensions(shape, rank + 1, AXES[rank])
        return (*(one * times for one, times in zip(shape[:-1], size, strict=True)), shape[-1])


class UpSampling1D(_UpSampling):
    """Repeats every step."""

    size: Size = 2

    @override
    def output_shape(self, shape: Shape) -> Shape:
        return self.enlarged(shape, (self.size,))


class UpSampling2D(_UpSampling):
    """Makes pictures larger."""

    size: Annotated[tuple[int, ...], Spread(2)] = (2, 2)
    data_format: ChannelsLast = "channels_last"
    interpolation: Literal["nearest", "bilinear", "bicubic", "lanczos3", "lanczos5", "area"] = "nearest"

    @override
    def output_shape(self, shape: Shape) -> Shape:
        return self.enlarged(shape, self.size)

    @override
    def integer_bounds(self, bounds: tuple[int, int] | None) -> tuple[int, int] | None:
        return None if self._overshoots() else bounds

    @override
    def passes_gradient(self) -> bool:
        return self.interpolation != "area"

    @override
    def ending(self) -> str | None:
        return "linear" if self._overshoots() else None

    def _overshoots(self) -> bool:
        """Whether it goes beyond the values that it passes through."""
        return self.interpolation in {"bicubic", "lanczos3", "lanczos5"}


class UpSampling3D(_UpSampling):
    """Repeats everything along the three axes of volumes."""

    size: Annotated[tuple[int, ...], Spread(3)] = (2, 2, 2)
    data_format: ChannelsLast = "channels_last"

    @override
    def output_shape(self, shape: Shape) -> Shape:
        return self.enlarged(shape, self.size)


MEMBERS: tuple[type[Layer], ...] = (
    Cropping1D,
    Cropping2D,
    Cropping3D,
    ZeroPadding1D,
    ZeroPadding2D,
    ZeroPadding3D,
    UpSampling1D,
    UpSampling2D,
    UpSampling3D,
)
