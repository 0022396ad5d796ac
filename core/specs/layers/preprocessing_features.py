"""Keras's layers that bring columns of a table into a form to compute with."""

import math
from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator
from typing_extensions import override

from core.specs import wording
from core.specs.layers.base import Layer, Shape, Weight
from core.specs.layers.core import check_places
from core.specs.scalars import Axes, Flag, NonNegative, OneOrMany, Real, Size, Whole

_DENSE = "layers here pass on all numbers, zeros too"
_GIVEN = "it is for a vocabulary that Keras is to learn, and here it is given"
_MANY = 65_536
_Means = Annotated[float | tuple[float, ...], OneOrMany(Real, _MANY)]
_Variances = Annotated[float | tuple[float, ...], OneOrMany(NonNegative, _MANY)]


def _count(given: float | tuple[float, ...] | None) -> int | None:
    """How many numbers are given as a list; 0 for a single one, which is for all, and None without any."""
    if given is None:
        return None
    return len(given) if isinstance(given, tuple) else 0


class Normalization(Layer):
    """Takes off the mean and divides by the spread: by those of the training rows, if none are given."""

    passes_mask: ClassVar[bool] = True

    axis: Axes | None = -1
    mean: _Means | None = None
    variance: _Variances | None = None
    invert: Flag = False

    @model_validator(mode="after")
    def _both_or_neither(self) -> Self:
        if _count(self.mean) != _count(self.variance):
            raise wording.misfit(
                "mean and variance come together, with as many numbers, or not at all", "variance"
            )
        return self

    @override
    def output_shape(self, shape: Shape) -> Shape:
        kept = self._kept(shape)
        if isinstance(self.mean, tuple) and (not kept or len(self.mean) not in {1, kept[-1]}):
            raise wording.Misfit(
                f"Normalization has {len(self.mean)} means for the axis {self.axis} of {wording.by(shape)}",
                "mean",
            )
        return shape

    @override
    def weights(self, shape: Shape) -> list[Weight]:
        if not self.adapts():
            return []
        kept = self._kept(shape)
        return [
            Weight("mean", kept, trainable=False),
            Weight("variance", kept, trainable=False),
            Weight("count", (), trainable=False),
        ]

    @override
    def multiply_adds(self, shape: Shape) -> int:
        return math.prod(shape)

    @override
    def adapts(self) -> bool:
        return self.mean is None

    def _kept(self, shape: Shape) -> Shape:
        """The sizes of the axes that have means of their own, in their order."""
        if self.axis is None:
            return ()
        axes = wording.check_axes("Normalization", self.axis, (0, *shape))
        if 0 in axes:
            raise wording.Misfit("Normalization has no means for axis 0, which is the batch", "axis")
        return tuple(shape[axis - 1] for axis in sorted(axes))


class _Encoding(Layer):
    """Makes a vector of integers, in one of several forms."""

    @override
    def passes_gradient(self) -> bool:
        return False


def _hot(shape: Shape, depth: int) -> Shape:
    """A place for each integer: beside each number, or instead of the last axis if that is 1."""
    return (*shape[:-1], depth) if shape[-1:] == (1,) else (*shape, depth)


def _counted(layer: Layer, shape: Shape, depth: int) -> Shape:
    """How often each integer is in a row of one axis."""
    # Keras 3.15 says so, but counts along the first axis of rows that have several.
    if len(shape) != 1:
        raise wording.Misfit(
            f"{layer.called()} counts integers in rows of one axis, and these are {wording.by(shape)}",
            "output_mode",
        )
    return (depth,)


class CategoryEncoding(_Encoding):
    """Vectors of zeros and ones, or of counts, for integers from 0 to `num_tokens` - 1."""

    refused: ClassVar[Mapping[str, str]] = {"sparse": _DENSE}

    num_tokens: Size
    output_mode: Literal["multi_hot", "one_hot", "count"] = "multi_hot"

    @override
    def check_values(self, shape: Shape, bounds: tuple[int, int] | None, *, integers: bool) -> None:
        if not integers:
            raise wording.Misfit(
                "CategoryEncoding looks up integers, and its input here is numbers with fractions"
            )
        check_places(self.called(), "num_tokens", self.num_tokens, bounds)

    @override
    def output_shape(self, shape: Shape) -> Shape:
        if self.output_mode == "one_hot":
            return _hot(shape, self.num_tokens)
        return _counted(self, shape, self.num_tokens)


class _Looking(_Encoding):
    """What looks a number up: its place, or a vector for it."""

    # Keras's classes do not hand these on to the class of all layers.
    withheld: ClassVar[frozenset[str]] = frozenset({"inputs", "trainable", "activity_regularizer"})

    output_mode: Literal["int", "one_hot", "multi_hot", "count"] = "int"

    @model_validator(mode="after")
    def _keras_has_no_such_arguments(self) -> Self:
        if not self.trainable or self.activity_regularizer:
            raise wording.misfit(f"{self.called()} learns nothing in training: leave this out", "trainable")
        return self

    @override
    def puts_out_integers(self, integers: bool) -> bool:
        return self.output_mode == "int"

    @override
    def integer_bounds(self, bounds: tuple[int, int] | None) -> tuple[int, int] | None:
        return (0, self.depth() - 1) if self.output_mode == "int" else None

    def depth(self) -> int:
        """How many places there are."""
        raise NotImplementedError


class Discretization(_Looking):
    """The bin that each number falls into."""

    refused: ClassVar[Mapping[str, str]] = {
        "num_bins": "Keras learns the bins then, and here they are given by bin_boundaries",
        "epsilon": "it is for bins that Keras is to learn, and here they are given by bin_boundaries",
        "sparse": _DENSE,
    }

    bin_boundaries: Annotated[tuple[Real, ...], Field(min_length=1, max_length=10_000)]

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if list(self.bin_boundaries) != sorted(set(self.bin_boundaries)):
            raise wording.misfit("bin_boundaries must rise from each to the next", "bin_boundaries")
        return self

    @override
    def output_shape(self, shape: Shape) -> Shape:
        if self.output_mode == "int":
            return shape
        # Keras counts along the first axis of a row here, and says so.
        return _hot(shape, self.depth()) if self.output_mode == "one_hot" else (*shape[1:], self.depth())

    @override
    def depth(self) -> int:
        return len(self.bin_boundaries) + 1


class IntegerLookup(_Looking):
    """The place of an integer in a vocabulary; those that are not in it share the first places."""

    refused: ClassVar[Mapping[str, str]] = {
        "max_tokens": _GIVEN,
        "pad_to_max_tokens": _GIVEN,
        "oov_token": "it is what unknown places are turned back into, and the way back is not taken",
        "invert": "it turns places back into integers, which a data set has already",
        "idf_weights": "output_mode tf_idf is not taken: Keras learns it from documents",
        "vocabulary_dtype": "the integers of data sets have one type",
        "oov_method": "unknown integers are shared out by their remainder",
        "salt": "unknown integers are shared out by their remainder",
        "sparse": _DENSE,
    }

    vocabulary: Annotated[tuple[Whole, ...], Field(min_length=1, max_length=100_000)]
    num_oov_indices: Annotated[int, Field(strict=True, ge=1, le=100_000)] = 1
    mask_token: Whole | None = None

    @override
    def puts_out_integers(self, integers: bool) -> bool:
        # Keras 3.15 says that ones and zeros are floats here, and puts out integers.
        return True

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if len(set(self.vocabulary)) < len(self.vocabulary):
            raise wording.misfit("vocabulary has an integer twice", "vocabulary")
        if self.mask_token in self.vocabulary:
            raise wording.misfit("vocabulary has the mask_token too", "mask_token")
        return self

    @override
    def output_shape(self, shape: Shape) -> Shape:
        if self.output_mode == "int":
            return shape
        if self.output_mode == "one_hot":
            return _hot(shape, self.depth())
        return _counted(self, shape, self.depth())

    @override
    def depth(self) -> int:
        masks = self.mask_token is not None and self.output_mode == "int"
        return len(self.vocabulary) + self.num_oov_indices + masks


MEMBERS: tuple[type[Layer], ...] = (Normalization, CategoryEncoding, Discretization, IntegerLookup)
