"""Random layers against overfitting."""

from hypothesis import strategies as st

from tests.core.specs.stacks import DATA_FORMAT, FLAG, FRACTION, REGULARIZER, Layers, layer

RATE = st.sampled_from([0.25, 0.5, 1])
SEED = st.one_of(st.none(), st.integers(0, 9))


def kinds(shape: tuple[int, ...]) -> dict[str, Layers]:
    """Layers of `regularization`."""
    common = {"seed": SEED, "trainable": FLAG, "activity_regularizer": REGULARIZER}
    rate = {"rate": RATE}
    return {
        "Dropout": layer("Dropout", rate, noise_shape=noise(shape), **common),
        "AlphaDropout": layer("AlphaDropout", rate, noise_shape=noise(shape), **common),
        "GaussianDropout": layer("GaussianDropout", rate, **common),
        "GaussianNoise": layer("GaussianNoise", {"stddev": FRACTION}, **common),
        "SpatialDropout1D": layer("SpatialDropout1D", rate, seed=SEED),
        "SpatialDropout2D": layer("SpatialDropout2D", rate, seed=SEED, data_format=DATA_FORMAT),
        "SpatialDropout3D": layer("SpatialDropout3D", rate, seed=SEED, data_format=DATA_FORMAT),
        "ActivityRegularization": layer("ActivityRegularization", {}, l1=FRACTION, l2=FRACTION),
    }


def noise(shape: tuple[int, ...]) -> st.SearchStrategy[object]:
    """The shape of a mask: mostly one that fits."""
    sizes = [st.sampled_from([None, 1, size, size + 1]) for size in shape]
    return st.one_of(st.none(), st.tuples(st.sampled_from([None, 1]), *sizes).map(list))
