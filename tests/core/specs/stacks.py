"""Random layers for Hypothesis, as a client writes them; and a walk along a list of them."""

from collections.abc import Sequence

from hypothesis import strategies as st

from core.specs import activations
from core.specs.facts import InputFacts
from core.specs.graph import INPUT, wire
from core.specs.layers import Layer, augmentation
from core.specs.walking import Step, walk_graph

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
DATA_FORMAT = st.sampled_from([None, "channels_last"])


def walk(layers: Sequence[Layer], input_shape: tuple[int, ...], input_dtype: str) -> list[Step]:
    """`walk_graph` for a plain list of layers."""
    only = InputFacts(INPUT, input_shape, "int32" if input_dtype == "int32" else "float32")
    return walk_graph(wire(layers, None, [INPUT]), [only])


def window(rank: int, most: int = 4) -> st.SearchStrategy[object]:
    one = st.integers(1, most)
    return st.one_of(one, st.lists(one, min_size=rank, max_size=rank))


def layer(kind: str, needed: Arguments | None = None, **optional: st.SearchStrategy[object]) -> Layers:
    """A layer that has what it needs, and some of the rest."""
    arguments = st.fixed_dictionaries(needed or {}, optional=optional)
    return arguments.map(lambda drawn: {"type": kind, **drawn})


def with_bias(*parts: str) -> Arguments:
    """Arguments of layers with a bias and weights that Keras calls `parts` in their arguments."""
    about = {}
    for part in parts:
        about[f"{part}_initializer"] = st.one_of(PLAIN, PLAIN, PLAIN, SQUARE)
        about[f"{part}_regularizer"] = REGULARIZER
        about[f"{part}_constraint"] = CONSTRAINT
    return about | {
        "use_bias": FLAG,
        "bias_initializer": st.one_of(*[PLAIN] * 9, SQUARE),
        "bias_regularizer": REGULARIZER,
        "bias_constraint": CONSTRAINT,
        "activity_regularizer": REGULARIZER,
        "trainable": FLAG,
    }


def with_kernel(**more: st.SearchStrategy[object]) -> Arguments:
    return with_bias("kernel") | more


def recurrent(kind: str, **more: st.SearchStrategy[object]) -> Layers:
    return layer(
        kind,
        {"units": SMALL},
        **with_kernel(
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


RANKS = {
    "RepeatVector": 1,
    "ConvLSTM1D": 3,
    "ConvLSTM2D": 4,
    "ConvLSTM3D": 5,
    "1D": 2,
    "2D": 3,
    "3D": 4,
    "1DTranspose": 2,
    "2DTranspose": 3,
    "3DTranspose": 4,
    "LSTM": 2,
    "GRU": 2,
    "SimpleRNN": 2,
    "RNN": 2,
    "Bidirectional": 2,
    "STFTSpectrogram": 2,
    "MelSpectrogram": 1,
    "Resizing": 3,
    "CenterCrop": 3,
    "AutoContrast": 3,
    "ContrastLimitedAdaptiveHistogramEqualization": 3,
} | dict.fromkeys((one.__name__ for one in augmentation.MEMBERS), 3)
"""How many axes a row must have for layers whose names end so; any number for the rest."""


def rank_of(kind: str) -> int | None:
    return next((rank for end, rank in RANKS.items() if kind.endswith(end)), None)


def plain_kinds(shape: tuple[int, ...]) -> dict[str, Layers]:
    """A strategy for the everyday kinds of layer, with arguments that may fit a row of this shape."""
    del shape
    embedding = {"input_dim": st.integers(2, 9), "output_dim": st.integers(1, 4)}
    return {
        "Dense": layer("Dense", {"units": SMALL}, **with_kernel(activation=ACTIVATION)),
        "Activation": layer("Activation", {"activation": st.sampled_from(activations.NAMES)}),
        "Embedding": layer("Embedding", embedding, mask_zero=FLAG, embeddings_initializer=PLAIN),
        "Rescaling": layer("Rescaling", {"scale": st.sampled_from([0.5, 2, -1])}, offset=FRACTION),
        "LSTM": recurrent("LSTM", unit_forget_bias=FLAG, recurrent_activation=ACTIVATION),
        "GRU": recurrent("GRU", reset_after=FLAG, recurrent_activation=ACTIVATION),
        "SimpleRNN": recurrent("SimpleRNN"),
    }
