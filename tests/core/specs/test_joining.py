"""Layers of several inputs against Keras's own: random shapes, arguments and masks, built and trained."""

import os
import warnings

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from core.specs.layers import LAYERS, Applied, Joining
from core.specs.wording import Misfit
from tests.core.specs.stacks import CONSTRAINT, FLAG, FRACTION, PLAIN, REGULARIZER, SMALL, Layers, layer

EXAMPLES = max(int(os.environ.get("FITTINGROOM_EXAMPLES", "100")) // 20, 5)
Drawn = tuple[dict[str, object], list[tuple[int, ...]]]

SIZE = st.integers(1, 3)
PLAIN_MERGES = ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum")
KINDS = [kind for kind, member in LAYERS.members.items() if issubclass(member, Joining)]


def shapes(kind: str) -> st.SearchStrategy[list[tuple[int, ...]]]:
    """Inputs that are mostly alike but in a few axes."""
    rank = 2 if kind in {"GroupQueryAttention", "AdditiveAttention"} else st.integers(1, 3)
    first = st.lists(SIZE, min_size=1, max_size=3) if rank != 2 else st.tuples(SIZE, SIZE).map(list)
    count = st.integers(2, 3) if kind not in {"Dot", "Subtract"} else st.sampled_from([2, 2, 2, 3])
    return st.tuples(first, count).flatmap(
        lambda drawn: st.lists(_like(drawn[0]), min_size=drawn[1], max_size=drawn[1])
    )


def _like(shape: list[int]) -> st.SearchStrategy[tuple[int, ...]]:
    changed = st.tuples(*(st.sampled_from([size] * 6 + [1, size + 1]) for size in shape))
    return st.one_of(*[changed] * 7, st.lists(SIZE, min_size=1, max_size=3).map(tuple))


def arguments(kind: str) -> Layers:
    """Arguments that may fit."""
    axis = st.integers(-4, 4)
    heads = {
        "dropout": FRACTION,
        "use_bias": FLAG,
        "use_gate": FLAG,
        "sliding_window": st.one_of(st.none(), SMALL),
        "kernel_initializer": st.one_of(PLAIN, st.just("orthogonal")),
        "kernel_regularizer": REGULARIZER,
        "kernel_constraint": CONSTRAINT,
        "trainable": FLAG,
    }
    counts = {name: st.sampled_from([1, 2, 2]) for name in ("num_query_heads", "num_key_value_heads")}
    return {
        **{merge: layer(merge) for merge in PLAIN_MERGES},
        "Concatenate": layer("Concatenate", {}, axis=axis),
        "Dot": layer(
            "Dot", {"axes": st.one_of(axis, st.lists(axis, min_size=2, max_size=2))}, normalize=FLAG
        ),
        "MultiHeadAttention": layer(
            "MultiHeadAttention",
            {"num_heads": SIZE, "key_dim": SIZE},
            value_dim=SIZE,
            output_shape=st.one_of(SIZE, st.lists(SIZE, min_size=1, max_size=2)),
            attention_axes=st.one_of(axis, st.lists(axis, min_size=1, max_size=2)),
            **heads,
        ),
        "GroupQueryAttention": layer("GroupQueryAttention", {"head_dim": SIZE, **counts}, **heads),
        "Attention": layer(
            "Attention", {}, use_scale=FLAG, score_mode=st.sampled_from(["dot", "concat"]), dropout=FRACTION
        ),
        "AdditiveAttention": layer("AdditiveAttention", {}, use_scale=FLAG, dropout=FRACTION),
    }[kind]


def ours(one: dict[str, object], given_shapes: list[tuple[int, ...]]) -> Applied | None:
    try:
        read = LAYERS.read(one)
        if not read.least_inputs <= len(given_shapes) <= read.most_inputs:
            return None
        applied = read.applied(given_shapes)
        read.check_parts(applied)
    except (ValidationError, Misfit):
        return None
    return applied


def keras_s(one: dict[str, object], given_shapes: list[tuple[int, ...]]) -> keras.Model | None:
    """A model that said what it makes of rows, made it in training, and found the way back; or None."""
    try:
        made = getattr(keras.layers, one["type"])(
            **{name: value for name, value in one.items() if name != "type"}
        )
        inputs = [keras.Input(shape) for shape in given_shapes]
        output = made(*inputs) if LAYERS.members[one["type"]].one_by_one else made(inputs)
        network = keras.Model(inputs, output)
        rows = [tf.ones((2, *shape)) for shape in given_shapes]
        with tf.GradientTape() as tape:
            tape.watch(rows)
            found = network(rows, training=True)
        tape.gradient(found, [*rows, *(variable.value for variable in network.trainable_variables)])
    except Exception:  # noqa: BLE001 - Keras and TensorFlow raise a dozen kinds for what does not fit
        return None
    return network if found.shape == (2, *network.output_shape[1:]) else None


def beyond_us(one: dict[str, object], given_shapes: list[tuple[int, ...]]) -> bool:
    """What we refuse, for a reason, although Keras would go on."""
    kind = one["type"]
    if kind in {"Attention", "AdditiveAttention"}:
        # TensorFlow stretches axes of 1, and mixes rows of a batch where there is one axis.
        return min(map(len, given_shapes)) < 2 or any(1 in shape for shape in given_shapes)
    if kind == "Dot":
        # An axis that is far out is counted round and round.
        return isinstance(one["axes"], int) and one["axes"] < -1
    # The same in whatever axes a MultiHeadAttention does not attend to; and it can attend to the batch.
    return kind == "MultiHeadAttention" and (
        any(1 in shape[:-1] for shape in given_shapes)
        or min(map(len, given_shapes)) < 2
        or "attention_axes" in one
    )


@pytest.mark.timeout(4 * 3600)
@pytest.mark.parametrize("kind", KINDS)
def test_shapes_parameters_and_verdict_of_a_joining_layer_are_keras_s(kind: str) -> None:
    settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )(given(st.tuples(arguments(kind), shapes(kind)))(agree))()


def agree(drawn: Drawn) -> None:
    """Fails unless we say of a layer what Keras says."""
    applied = ours(*drawn)
    if applied is None and beyond_us(*drawn):
        return
    with warnings.catch_warnings():
        # Of sequences that are attended to in another order, and the like.
        warnings.simplefilter("ignore")
        network = keras_s(*drawn)
    assert (applied is not None) == (network is not None)
    if applied is None or network is None:
        return
    assert network.output_shape[1:] == applied.output_shape
    theirs = [tuple(one.shape) for one in network.weights if "seed" not in one.path]
    assert sorted(theirs) == sorted(weight.shape for weight in applied.weights)
    assert sum(int(np.prod(shape)) for shape in theirs) == sum(weight.size for weight in applied.weights)
