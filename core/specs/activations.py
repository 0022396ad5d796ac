"""Keras's activations, which a layer takes by name."""

from typing import Annotated

from pydantic import BeforeValidator, WithJsonSchema

from core.specs import wording

NAMES = (
    "celu",
    "elu",
    "exponential",
    "gelu",
    "hard_shrink",
    "hard_sigmoid",
    "hard_silu",
    "hard_tanh",
    "leaky_relu",
    "linear",
    "log_sigmoid",
    "log_softmax",
    "mish",
    "relu",
    "relu6",
    "selu",
    "sigmoid",
    "silu",
    "soft_shrink",
    "softmax",
    "softplus",
    "softsign",
    "sparse_plus",
    "sparse_sigmoid",
    "sparsemax",
    "squareplus",
    "tanh",
    "tanh_shrink",
)
ALIASES = {"swish": "silu", "hard_swish": "hard_silu"}
REFUSED = {
    "glu": "it halves the size of its input, which Keras's own layers do not reckon with",
    "threshold": "it needs two arguments, and an activation is only a name",
}
PROBABILITIES = frozenset({"softmax", "sparsemax", "sigmoid", "hard_sigmoid", "sparse_sigmoid"})
"""What comes out of these lies between 0 and 1, and is no logit."""
SHARES = frozenset({"softmax", "sparsemax"})
"""These share out 1 among all outputs."""


def _read(value: object) -> str:
    if value is None:
        return "linear"
    if not isinstance(value, str):
        raise wording.misfit("An activation is a name such as 'relu'")
    if value in REFUSED:
        raise wording.misfit(f"{value} is not taken: {REFUSED[value]}")
    name = ALIASES.get(value, value)
    if name not in NAMES:
        raise wording.misfit(
            f"There is no activation {wording.short(value)!r}{wording.guess(value, [*NAMES, *ALIASES])}"
        )
    return name


Activation = Annotated[
    str,
    BeforeValidator(_read),
    WithJsonSchema(
        {
            "x-family": "activation",
            "anyOf": [{"type": "string", "enum": [*NAMES, *ALIASES]}, {"type": "null"}],
        }
    ),
]
"""A field's type: a name, or null for `linear`, as in Keras."""
