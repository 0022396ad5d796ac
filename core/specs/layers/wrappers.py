"""Keras's layers that hold another layer."""

from collections.abc import Mapping, Sequence
from typing import Annotated, ClassVar, Literal, Self

from pydantic import model_validator
from typing_extensions import override

from core.specs import wording
from core.specs.activations import SHARES
from core.specs.base import Family
from core.specs.layers import (
    convolutional,
    convolutional_transpose,
    core,
    einsum_dense,
    plain,
    preprocessing_features,
)
from core.specs.layers.base import Applied, Layer, Shape, Weight
from core.specs.layers.names import REFUSED
from core.specs.scalars import Size


class _Wrapper(Layer):
    """A layer that holds one; what is in it takes what it is given."""

    def inner(self) -> Layer:
        """The layer in it."""
        raise NotImplementedError

    @override
    def passes_gradient(self) -> bool:
        return self.inner().passes_gradient()


def inside(layer: Layer, field: str, shape: Shape) -> Applied:
    """What the layer in `field` of another makes of `shape`; its Misfits lead there."""
    with wording.within(field):
        if layer.inputs is not None:
            raise wording.Misfit("A layer in another takes what that is given, and has no inputs", "inputs")
        applied = layer.applied([shape])
        layer.check_parts(applied)
    if layer.trainable:
        return applied
    return applied._replace(weights=[weight.frozen() for weight in applied.weights])


_WRAPPERS = ("Bidirectional", "TimeDistributed", "SpectralNormalization")


def _family(members: Sequence[type[Layer]], why: str) -> Family[Layer]:
    names = {member.__name__ for member in members}
    known = {member.__name__ for member in plain.MEMBERS} | set(_WRAPPERS)
    return Family(
        "layer",
        members,
        refused=REFUSED | dict.fromkeys(sorted(known - names), why),
        bare_names=False,
    )


_WITH_KERNEL = (
    core.Dense,
    *einsum_dense.MEMBERS,
    *convolutional.MEMBERS,
    *convolutional_transpose.MEMBERS,
)
_AT_A_STEP = tuple(
    member
    for member in plain.MEMBERS
    if not issubclass(member, core.Embedding) and member not in preprocessing_features.MEMBERS
)
_SEQUENCES = _family(plain.RECURRENT, "Bidirectional holds a recurrent layer, such as LSTM")


class Bidirectional(_Wrapper):
    """A recurrent layer along a sequence, and another along it backwards."""

    refused: ClassVar[Mapping[str, str]] = {"weights": "weights are learned here"}
    integers: ClassVar[Literal["floats", "keeps", "refuses"]] = "refuses"

    layer: Annotated[Layer, _SEQUENCES]
    merge_mode: Literal["concat", "sum", "mul", "ave"] = "concat"
    backward_layer: Annotated[Layer, _SEQUENCES] | None = None

    @model_validator(mode="after")
    def _layers_agree(self) -> Self:
        back = self.backward_layer
        if back is None:
            if _says(self.layer, "go_backwards"):
                raise wording.misfit(
                    "layer must go forwards, as its copy goes backwards", "layer", "go_backwards"
                )
            return self
        if _says(self.layer, "go_backwards") == _says(back, "go_backwards"):
            raise wording.misfit(
                "backward_layer must go the other way: its go_backwards must not be that of layer",
                "backward_layer",
            )
        if _says(self.layer, "return_sequences") != _says(back, "return_sequences"):
            raise wording.misfit(
                "layer and backward_layer must both return sequences, or neither", "backward_layer"
            )
        return self

    @override
    def applied(self, shapes: Sequence[Shape]) -> Applied:
        (shape,) = shapes
        one = inside(self.layer, "layer", shape)
        back = one if self.backward_layer is None else inside(self.backward_layer, "backward_layer", shape)
        if one.output_shape != back.output_shape:
            raise wording.Misfit(
                f"layer puts out {wording.by(one.output_shape)}, and backward_layer "
                f"{wording.by(back.output_shape)}: they must be alike",
                "backward_layer",
            )
        output = one.output_shape
        if self.merge_mode == "concat":
            output = (*output[:-1], 2 * output[-1])
        return Applied(
            output,
            [*one.weights, *back.weights],
            one.multiply_adds + back.multiply_adds,
            one.working_size + back.working_size,
        )

    @override
    def ending(self) -> str | None:
        one = self.layer.ending()
        back = one if self.backward_layer is None else self.backward_layer.ending()
        # Two that each share out 1 do so together only by their mean; a sum of probabilities may be 2.
        alike = self.merge_mode == "ave" or (self.merge_mode != "sum" and one not in SHARES)
        return one if one == back and alike else "linear"

    @override
    def mask(self, masked: bool) -> bool:
        return masked and _says(self.layer, "return_sequences")

    @override
    def inner(self) -> Layer:
        return self.layer


def _says(layer: Layer, flag: str) -> bool:
    return bool(getattr(layer, flag))


class SpectralNormalization(_Wrapper):
    """A layer whose kernel is kept from growing, by its largest singular value."""

    layer: Annotated[
        Layer,
        _family(
            _WITH_KERNEL,
            "SpectralNormalization holds a layer with a kernel, such as Dense or Conv2D",
        ),
    ]
    power_iterations: Size = 1

    @override
    def applied(self, shapes: Sequence[Shape]) -> Applied:
        (shape,) = shapes
        applied = inside(self.layer, "layer", shape)
        width = applied.weights[0].shape[-1]
        vector = Weight("vector_u", (1, width), trainable=False)
        return applied._replace(weights=[*applied.weights, vector])

    @override
    def ending(self) -> str | None:
        return self.layer.ending()

    @override
    def inner(self) -> Layer:
        return self.layer


class TimeDistributed(_Wrapper):
    """The same layer at every step."""

    passes_mask: ClassVar[bool] = True
    integers: ClassVar[Literal["floats", "keeps", "refuses"]] = "refuses"

    layer: Annotated[
        Layer,
        _family(
            (*_AT_A_STEP, Bidirectional, SpectralNormalization),
            "TimeDistributed holds a layer that computes at each step, and no other of its own kind",
        ),
    ]

    @override
    def applied(self, shapes: Sequence[Shape]) -> Applied:
        (shape,) = shapes
        if len(shape) < 2:
            raise wording.Misfit(
                f"TimeDistributed takes rows of two axes or more, the first for the steps, and gets "
                f"{wording.by(shape)}"
            )
        steps = shape[0]
        applied = inside(self.layer, "layer", shape[1:])
        return Applied(
            (steps, *applied.output_shape),
            applied.weights,
            steps * applied.multiply_adds,
            steps * applied.working_size,
        )

    @override
    def ending(self) -> str | None:
        return self.layer.ending()

    @override
    def inner(self) -> Layer:
        return self.layer


MEMBERS: tuple[type[Layer], ...] = (Bidirectional, SpectralNormalization, TimeDistributed)
