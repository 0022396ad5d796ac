"""Random recurrent layers, beside the everyday ones, and layers that hold others."""

from hypothesis import strategies as st

from tests.core.specs.stacks import (
    ACTIVATION,
    FLAG,
    FRACTION,
    PADDING,
    PLAIN,
    SMALL,
    SQUARE,
    Arguments,
    Layers,
    layer,
    recurrent,
    window,
    with_kernel,
)


def kinds(shape: tuple[int, ...]) -> dict[str, Layers]:
    """Layers of `cells`, `convolutional_recurrent` and `wrappers`."""
    films = {f"ConvLSTM{rank}D": _film(rank) for rank in (1, 2, 3)}
    cell = st.one_of(*_cells().values())
    stacked = layer("StackedRNNCells", {"cells": st.lists(cell, min_size=2, max_size=3)})
    rnn = layer(
        "RNN",
        {"cell": st.one_of(cell, stacked)},
        return_sequences=FLAG,
        go_backwards=FLAG,
        unroll=FLAG,
        zero_output_for_mask=FLAG,
    )
    lstm, gru = recurrent("LSTM"), recurrent("GRU")
    sequences = st.one_of(lstm, gru, rnn, films["ConvLSTM1D"])
    dense = layer("Dense", {"units": SMALL}, **with_kernel())
    convolution = layer("Conv1D", {"filters": SMALL, "kernel_size": SMALL}, groups=st.sampled_from([1, 2]))
    both = layer(
        "Bidirectional",
        {"layer": sequences},
        merge_mode=st.sampled_from(["concat", "sum", "mul", "ave"]),
        backward_layer=st.one_of(st.none(), st.none(), sequences),
        trainable=FLAG,
    )
    spectral = layer(
        "SpectralNormalization",
        {"layer": st.one_of(dense, convolution)},
        power_iterations=st.integers(1, 2),
    )
    flat, dropped = layer("Flatten"), layer("Dropout", {"rate": FRACTION})
    inner = st.one_of(dense, convolution, lstm, both, spectral, flat, dropped)
    return {
        **films,
        "RNN": rnn,
        "Bidirectional": both,
        "SpectralNormalization": spectral,
        "TimeDistributed": layer("TimeDistributed", {"layer": inner}, trainable=FLAG),
    }


def _steps() -> Arguments:
    return {name: one for name, one in with_kernel().items() if name != "activity_regularizer"} | {
        "activation": ACTIVATION,
        "recurrent_initializer": st.one_of(PLAIN, SQUARE),
        "dropout": FRACTION,
        "recurrent_dropout": FRACTION,
    }


def _cells() -> dict[str, Layers]:
    own = {"LSTMCell": {"unit_forget_bias": FLAG}, "GRUCell": {"reset_after": FLAG}, "SimpleRNNCell": {}}
    return {kind: layer(kind, {"units": SMALL}, **_steps(), **more) for kind, more in own.items()}


def _film(rank: int) -> Layers:
    return layer(
        f"ConvLSTM{rank}D",
        {"filters": st.integers(1, 3), "kernel_size": window(rank, 3)},
        strides=window(rank, 2),
        padding=PADDING,
        dilation_rate=window(rank, 2),
        return_sequences=FLAG,
        go_backwards=FLAG,
        unit_forget_bias=FLAG,
        **_steps(),
    )
