"""Random layers for Hypothesis, as a client writes them."""

import math

from hypothesis import strategies as st

from core.specs import activations

Arguments = dict[str, st.SearchStrategy[object]]
Layers = st.SearchStrategy[dict[str, object]]

FLAG = st.booleans()
SMALL = st.integers(1, 5)
FRACTION = st.sampled_from([0, 0.0, 0.25, 0.5, 1.0])
ACTIVATION = st.one_of(st.none(), st.sampled_from([*activations.NAMES, *activations.ALIASES]))
PLAIN = st.sampled_from(["zeros", "ones", "he_normal", "GlorotUniform", "random_normal", "lecun_uniform"])
SQUARE = st.sampled_from(["orthogonal", "identity", "he_uniform"])
REGULARIZER = st.one_of(st.none(), st.sampled_from(["l1", "L2", "L1L2"]))
CONSTRAINT = st.one_of(st.none(), st.sampled_from(["max_norm", "NonNeg", "unit_norm", "min_max_norm"]))
PADDING = st.sampled_from(["valid", "same"])


def window(rank: int, most: int = 4) -> st.SearchStrategy[object]:
    one = st.integers(1, most)
    return st.one_of(one, st.lists(one, min_size=rank, max_size=rank))


def layer(kind: str, needed: Arguments | None = None, **optional: st.SearchStrategy[object]) -> Layers:
    """A layer that has what it needs, and some of the rest."""
    arguments = st.fixed_dictionaries(needed or {}, optional=optional)
    return arguments.map(lambda drawn: {"type": kind, **drawn})


def with_weights(**more: st.SearchStrategy[object]) -> Arguments:
    return {
        "use_bias": FLAG,
        "kernel_initializer": st.one_of(PLAIN, PLAIN, PLAIN, SQUARE),
        "bias_initializer": st.one_of(*[PLAIN] * 9, SQUARE),
        "kernel_regularizer": REGULARIZER,
        "bias_regularizer": REGULARIZER,
        "activity_regularizer": REGULARIZER,
        "kernel_constraint": CONSTRAINT,
        "bias_constraint": CONSTRAINT,
        "trainable": FLAG,
        **more,
    }


def convolution(rank: int, padding: st.SearchStrategy[str]) -> Layers:
    return layer(
        f"Conv{rank}D",
        {"filters": st.integers(1, 6), "kernel_size": window(rank)},
        **with_weights(
            strides=window(rank, 3),
            padding=padding,
            dilation_rate=window(rank, 3),
            groups=st.sampled_from([1, 1, 1, 2]),
            activation=ACTIVATION,
            data_format=st.sampled_from([None, "channels_last"]),
        ),
    )


def pooling(kind: str, rank: int) -> Layers:
    size = {"pool_size": window(rank)}
    options = {"strides": st.one_of(st.none(), window(rank, 3)), "padding": PADDING}
    return layer(kind, size, **options) if kind.startswith("Average") else layer(kind, {}, **size, **options)


def recurrent(kind: str, **more: st.SearchStrategy[object]) -> Layers:
    return layer(
        kind,
        {"units": SMALL},
        **with_weights(
            activation=ACTIVATION,
            recurrent_initializer=st.one_of(PLAIN, SQUARE),
            recurrent_regularizer=REGULARIZER,
            recurrent_constraint=CONSTRAINT,
            dropout=FRACTION,
            recurrent_dropout=FRACTION,
            return_sequences=FLAG,
            go_backwards=FLAG,
            unroll=FLAG,
            seed=st.one_of(st.none(), st.integers(0, 9)),
            **more,
        ),
    )


def normalization(kind: str, axis: st.SearchStrategy[object], **more: st.SearchStrategy[object]) -> Layers:
    return layer(
        kind,
        {},
        axis=axis,
        epsilon=st.sampled_from([0.001, 1]),
        center=FLAG,
        beta_initializer=st.one_of(*[PLAIN] * 9, SQUARE),
        gamma_constraint=CONSTRAINT,
        trainable=FLAG,
        **more,
    )


RANKS = {"1D": 2, "2D": 3, "LSTM": 2, "GRU": 2, "SimpleRNN": 2}
"""How many axes a row must have for layers whose names end so; any number for the rest."""


def rank_of(kind: str) -> int | None:
    return next((rank for end, rank in RANKS.items() if kind.endswith(end)), None)


def plain_kinds(shape: tuple[int, ...]) -> dict[str, Layers]:
    """A strategy for the everyday kinds of layer, with arguments that may fit a row of this shape."""
    rank = len(shape)
    axis = st.integers(-rank - 2, rank + 1)
    axes = st.lists(st.integers(1, 3), min_size=1, max_size=3)
    embedding = {"input_dim": st.integers(2, 9), "output_dim": st.integers(1, 4)}
    pools = {f"{kind}Pooling{rank}D": rank for kind in ("Max", "Average") for rank in (1, 2)}
    wholes = [f"Global{kind}" for kind in pools]
    return {
        "Dense": layer("Dense", {"units": SMALL}, **with_weights(activation=ACTIVATION)),
        "Activation": layer("Activation", {"activation": st.sampled_from(activations.NAMES)}),
        "Embedding": layer("Embedding", embedding, mask_zero=FLAG, embeddings_initializer=PLAIN),
        "Softmax": layer("Softmax", {}, axis=st.one_of(st.just(-1), axis)),
        "ReLU": layer("ReLU", {}, max_value=FRACTION, negative_slope=FRACTION, threshold=FRACTION),
        "LeakyReLU": layer("LeakyReLU", {}, negative_slope=FRACTION),
        "Dropout": layer("Dropout", {"rate": st.sampled_from([0.25, 0.5, 1])}, noise_shape=noise(shape)),
        "Flatten": layer("Flatten"),
        "Reshape": layer("Reshape", {"target_shape": targets(math.prod(shape))}),
        "Rescaling": layer("Rescaling", {"scale": st.sampled_from([0.5, 2, -1])}, offset=FRACTION),
        "BatchNormalization": normalization(
            "BatchNormalization", st.one_of(st.just(-1), axis), scale=FLAG, renorm=FLAG, momentum=FRACTION
        ),
        # With neither scale nor center Keras lets the batch be normalized over, and we never do.
        "LayerNormalization": normalization("LayerNormalization", st.one_of(axis, axes)),
        "Conv1D": convolution(1, st.sampled_from(["valid", "same", "causal"])),
        "Conv2D": convolution(2, PADDING),
        **{kind: pooling(kind, rank) for kind, rank in pools.items()},
        **{kind: layer(kind, {}, keepdims=FLAG) for kind in wholes},
        "LSTM": recurrent("LSTM", unit_forget_bias=FLAG, recurrent_activation=ACTIVATION),
        "GRU": recurrent("GRU", reset_after=FLAG, recurrent_activation=ACTIVATION),
        "SimpleRNN": recurrent("SimpleRNN"),
    }


def noise(shape: tuple[int, ...]) -> st.SearchStrategy[object]:
    # Along an axis of one, Keras widens the row to the mask, and says the shape is what it was.
    sizes = [st.sampled_from([None, 1, size, size + 1] if size > 1 else [None, 1]) for size in shape]
    return st.one_of(st.none(), st.tuples(st.sampled_from([None, 1]), *sizes).map(list))


def targets(size: int) -> st.SearchStrategy[list[int]]:
    divisors = [one for one in range(1, size + 1) if size % one == 0]
    pairs = st.sampled_from(divisors).map(lambda one: [one, size // one])
    return st.one_of(
        pairs,
        pairs,
        pairs.map(lambda pair: [pair[0], -1]),
        st.lists(st.integers(1, 4), min_size=0, max_size=3),
        st.sampled_from([[-1], [-1, 1], [-1, 2, 2], [2, -1, 1]]),
    )
