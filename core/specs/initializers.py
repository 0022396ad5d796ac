"""Keras's initializers: how a layer's weights begin."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from typing_extensions import override

from core.specs import wording
from core.specs.base import Family, Named
from core.specs.scalars import Above0, Real, Seed

_FANS = {
    "input_axes": "fans are counted over the weight's own axes, as Keras does by default",
    "output_axes": "fans are counted over the weight's own axes, as Keras does by default",
}


class Initializer(Named):
    """How weights begin."""

    family: ClassVar[str] = "initializer"

    def check(self, shape: tuple[int, ...]) -> None:
        """Raises a Misfit if weights of `shape` cannot begin this way."""


class Constant(Initializer):
    """The same value everywhere."""

    value: Real = 0.0


class Zeros(Initializer):
    """Zeros."""


class Ones(Initializer):
    """Ones."""


class Identity(Initializer):
    """The identity matrix, times a gain."""

    gain: Real = 1.0

    @override
    def check(self, shape: tuple[int, ...]) -> None:
        if len(shape) != 2:
            raise wording.Misfit(f"Identity is for matrices, and these weights are {wording.by(shape)}")


class RandomNormal(Initializer):
    """Normally distributed."""

    mean: Real = 0.0
    stddev: Real = 0.05
    seed: Seed | None = None


class TruncatedNormal(Initializer):
    """Normally distributed, drawn again beyond two standard deviations."""

    mean: Real = 0.0
    stddev: Real = 0.05
    seed: Seed | None = None


class RandomUniform(Initializer):
    """Uniformly distributed."""

    minval: Real = -0.05
    maxval: Real = 0.05
    seed: Seed | None = None


class _Scaled(Initializer):
    refused: ClassVar[Mapping[str, str]] = _FANS

    seed: Seed | None = None


class GlorotNormal(_Scaled):
    """Glorot's, truncated normal."""


class GlorotUniform(_Scaled):
    """Glorot's, uniform: Keras's default for kernels."""


class HeNormal(_Scaled):
    """He's, truncated normal: for ReLU and its kin."""


class HeUniform(_Scaled):
    """He's, uniform."""


class LecunNormal(_Scaled):
    """LeCun's, truncated normal: for SELU."""


class LecunUniform(_Scaled):
    """LeCun's, uniform."""


class VarianceScaling(Initializer):
    """Scaled by the number of inputs or outputs."""

    refused: ClassVar[Mapping[str, str]] = _FANS

    scale: Above0 = 1.0
    mode: Literal["fan_in", "fan_out", "fan_avg"] = "fan_in"
    distribution: Literal["uniform", "truncated_normal", "untruncated_normal", "normal"] = "truncated_normal"
    seed: Seed | None = None


class Orthogonal(Initializer):
    """A random orthogonal matrix."""

    gain: Real = 1.0
    seed: Seed | None = None

    @override
    def check(self, shape: tuple[int, ...]) -> None:
        if len(shape) < 2:
            raise wording.Misfit(
                f"Orthogonal needs weights of two axes or more, and these are {wording.by(shape)}"
            )


_MEMBERS: tuple[type[Initializer], ...] = (
    Constant,
    Zeros,
    Ones,
    Identity,
    RandomNormal,
    TruncatedNormal,
    RandomUniform,
    GlorotNormal,
    GlorotUniform,
    HeNormal,
    HeUniform,
    LecunNormal,
    LecunUniform,
    VarianceScaling,
    Orthogonal,
)

FAMILY: Family[Initializer] = Family(
    "initializer",
    _MEMBERS,
    aliases={
        **{wording.snake_case(member.__name__): member.__name__ for member in _MEMBERS},
        "IdentityInitializer": "Identity",
        "OrthogonalInitializer": "Orthogonal",
        "normal": "RandomNormal",
        "one": "Ones",
        "uniform": "RandomUniform",
        "zero": "Zeros",
    },
    refused={
        **dict.fromkeys(("STFT", "STFTInitializer", "stft"), "it is for spectrograms alone"),
        "Initializer": "it is what the others are made from",
    },
)

AnyInitializer = Annotated[Initializer, FAMILY]
"""A field's type."""
