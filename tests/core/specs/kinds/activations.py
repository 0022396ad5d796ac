"""Random activations that are layers."""

from hypothesis import strategies as st

from tests.core.specs.stacks import CONSTRAINT, FRACTION, PLAIN, REGULARIZER, Layers, layer


def kinds(shape: tuple[int, ...]) -> dict[str, Layers]:
    """Layers of `activations`."""
    rank = len(shape)
    axis = st.integers(-rank - 2, rank + 1)
    return {
        "Softmax": layer("Softmax", {}, axis=st.one_of(st.just(-1), axis)),
        "ReLU": layer("ReLU", {}, max_value=FRACTION, negative_slope=FRACTION, threshold=FRACTION),
        "LeakyReLU": layer("LeakyReLU", {}, negative_slope=FRACTION),
        "ELU": layer("ELU", {}, alpha=st.sampled_from([-1.5, 0, 0.5, 2])),
        "PReLU": layer(
            "PReLU",
            {},
            alpha_initializer=PLAIN,
            alpha_regularizer=REGULARIZER,
            alpha_constraint=CONSTRAINT,
            shared_axes=st.one_of(st.none(), axis, st.lists(axis, max_size=2)),
        ),
    }
