"""Random core layers, beside the everyday ones."""

from hypothesis import strategies as st

from tests.core.specs.stacks import ACTIVATION, FLAG, PLAIN, SMALL, Layers, layer, with_kernel


def kinds(shape: tuple[int, ...]) -> dict[str, Layers]:
    """Layers of `core` and `einsum_dense`."""
    embedding = {"input_dim": st.integers(2, 9), "output_dim": st.integers(1, 4)}
    return {
        "ReversibleEmbedding": layer(
            "ReversibleEmbedding", embedding, mask_zero=FLAG, embeddings_initializer=PLAIN
        ),
        "Masking": layer("Masking", {}, mask_value=st.sampled_from([0, 1, 0.5])),
        "Identity": layer("Identity"),
        # With axes to spare and no dots for them, Keras goes by the numbers in the shape.
        "EinsumDense": st.sampled_from(
            [one for one in EQUATIONS if "..." in one[0] or one[0].index(",") > len(shape)]
        ).flatmap(lambda one: _einsum(shape, *one)),
    }


EQUATIONS = [
    ("ab,bc->ac", "c"),
    ("abc,cd->abd", "bd"),
    ("abc,bcd->ad", "d"),
    ("abc,cde->abde", "de"),
    ("abcd,bd->abc", "bc"),
    ("...b,bc->...c", "c"),
    ("...bc,cd->...bd", "b"),
    ("...bcd,db->...cb", "cb"),
    ("ab...,bc->ac...", "c"),
    ("abc...,bcd->adb...", "d"),
    ("abc,c->ab", "b"),
    ("ab,c->abc", "c"),
    ("ab,bc->ca", "c"),
    ("ab,bc->b", "b"),
    ("ab,bc->ad", "d"),
    ("aab,bc->ac", "c"),
    ("ab...,bc->ac", "c"),
]


def _einsum(shape: tuple[int, ...], equation: str, bias: str) -> Layers:
    """With an output_shape that mostly fits."""
    given, output = equation.split(",", maxsplit=1)[0], equation.split("->")[1]
    letters = given.strip(".")
    dots = given.startswith("...") and len(letters) <= len(shape)
    row = shape[len(shape) - len(letters) :] if dots else (0, *shape)
    sizes = dict(zip(letters, row, strict=False))
    wanted = output.strip(".")[0 if dots else 1 :]
    outputs = st.tuples(*(st.sampled_from([sizes.get(one, 3)] * 8 + [2]) for one in wanted)).map(list)
    return layer(
        "EinsumDense",
        {"equation": st.just(equation), "output_shape": st.one_of(*[outputs] * 8, SMALL)},
        **{name: one for name, one in with_kernel().items() if name != "use_bias"},
        bias_axes=st.sampled_from([bias, bias, None, "c"]),
        activation=ACTIVATION,
    )
