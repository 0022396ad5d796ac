"""Windows that slide over sequences, pictures and volumes: what convolutions and poolings have in common."""

from core.specs import wording
from core.specs.layers.base import Shape

AXES = {
    1: "steps, channels",
    2: "height, width, channels",
    3: "depth, height, width, channels",
}


def slide(spatial: Shape, window: Shape, strides: Shape, padding: str) -> Shape | None:
    """How often the window fits along each axis, or None if it does not fit at all.

    With the padding `same` or `causal` there is room for it at every stride
    (`keras.src.ops.operation_utils.compute_conv_output_shape`).
    """
    room = (
        size - reach if padding == "valid" else size - 1 for size, reach in zip(spatial, window, strict=True)
    )
    fitting = tuple(left // stride + 1 for left, stride in zip(room, strides, strict=True))
    return fitting if min(fitting) > 0 else None


def reach_of(kernel_size: Shape, dilation_rate: Shape) -> Shape:
    """How far a kernel stretches along each axis when its numbers stand `dilation_rate` apart."""
    return tuple((size - 1) * rate + 1 for size, rate in zip(kernel_size, dilation_rate, strict=True))


def check_strides(strides: Shape, dilation_rate: Shape) -> None:
    """Refuses a kernel that both leaps and is spread: Keras takes one of them."""
    if max(strides) > 1 and max(dilation_rate) > 1:
        raise wording.misfit("strides and dilation_rate cannot both be more than 1", "dilation_rate")
