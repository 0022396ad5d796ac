"""Random normalizations."""

from hypothesis import strategies as st

from tests.core.specs.stacks import CONSTRAINT, FLAG, FRACTION, PLAIN, SQUARE, Layers, layer

EPSILON = st.sampled_from([0.001, 1])


def kinds(shape: tuple[int, ...]) -> dict[str, Layers]:
    """Layers of `normalization`."""
    rank = len(shape)
    axis = st.integers(-rank - 2, rank + 1)
    one = st.one_of(st.just(-1), axis)
    axes = st.lists(st.integers(1, 3), min_size=1, max_size=3)
    last = st.lists(st.integers(-3, -1), min_size=1, max_size=3)
    in_a_row = st.one_of(axis.filter(bool), axes, last)
    return {
        "BatchNormalization": _centred(
            "BatchNormalization", axis=one, scale=FLAG, renorm=FLAG, momentum=FRACTION
        ),
        # With neither scale nor center Keras lets the batch be normalized over, and we never do.
        "LayerNormalization": _centred("LayerNormalization", axis=st.one_of(axis, axes)),
        "GroupNormalization": _centred(
            "GroupNormalization",
            axis=axis.filter(bool),
            scale=FLAG,
            groups=st.sampled_from([-1, 1, 2, 3, 32]),
        ),
        "RMSNormalization": layer("RMSNormalization", {}, axis=st.one_of(axis, axes, last), epsilon=EPSILON),
        "UnitNormalization": layer(
            "UnitNormalization", {}, axis=in_a_row.filter(lambda axis: not _batch(axis, rank))
        ),
    }


def _centred(kind: str, **more: st.SearchStrategy[object]) -> Layers:
    return layer(
        kind,
        {},
        epsilon=EPSILON,
        center=FLAG,
        beta_initializer=st.one_of(*[PLAIN] * 9, SQUARE),
        gamma_constraint=CONSTRAINT,
        trainable=FLAG,
        **more,
    )


def _batch(axis: object, rank: int) -> bool:
    axes = axis if isinstance(axis, list) else [axis]
    return 0 in axes or -rank - 1 in axes
