"""Random convolutions."""

from hypothesis import strategies as st

from tests.core.specs.stacks import (
    ACTIVATION,
    DATA_FORMAT,
    PADDING,
    Layers,
    layer,
    window,
    with_bias,
    with_kernel,
)

RANKS = (1, 2, 3)
FILTERS = st.integers(1, 6)


def kinds(shape: tuple[int, ...]) -> dict[str, Layers]:
    """Layers of `convolutional`, `convolutional_transpose` and `convolutional_separable`."""
    del shape
    causal = st.sampled_from(["valid", "same", "causal"])
    return {
        **{f"Conv{rank}D": _convolution(rank, causal if rank == 1 else PADDING) for rank in RANKS},
        **{f"Conv{rank}DTranspose": _transpose(rank) for rank in RANKS},
        **{f"DepthwiseConv{rank}D": _depthwise(rank) for rank in (1, 2)},
        **{f"SeparableConv{rank}D": _separable(rank) for rank in (1, 2)},
    }


def _slide(rank: int, padding: st.SearchStrategy[str] = PADDING) -> dict[str, st.SearchStrategy[object]]:
    # Strides and dilation together are mostly refused: each is rarer than it would be alone.
    rare = st.one_of(st.just(1), window(rank, 3))
    return {
        "strides": rare,
        "dilation_rate": rare,
        "padding": padding,
        "activation": ACTIVATION,
        "data_format": DATA_FORMAT,
    }


def _convolution(rank: int, padding: st.SearchStrategy[str]) -> Layers:
    return layer(
        f"Conv{rank}D",
        {"filters": FILTERS, "kernel_size": window(rank)},
        groups=st.sampled_from([1, 1, 1, 1, 2]),
        **with_kernel(),
        **_slide(rank, padding),
    )


def _transpose(rank: int) -> Layers:
    few = st.integers(0, 2)
    more = st.one_of(st.none(), few, st.lists(few, min_size=rank, max_size=rank))
    return layer(
        f"Conv{rank}DTranspose",
        {"filters": st.integers(1, 3), "kernel_size": window(rank)},
        output_padding=more,
        **with_kernel(),
        **_slide(rank),
    )


def _depthwise(rank: int) -> Layers:
    return layer(
        f"DepthwiseConv{rank}D",
        {"kernel_size": window(rank)},
        depth_multiplier=st.integers(1, 3),
        **with_bias("depthwise"),
        **_slide(rank),
    )


def _separable(rank: int) -> Layers:
    return layer(
        f"SeparableConv{rank}D",
        {"filters": FILTERS, "kernel_size": window(rank)},
        depth_multiplier=st.integers(1, 3),
        **with_bias("depthwise", "pointwise"),
        **_slide(rank),
    )
