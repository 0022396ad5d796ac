"""Our arithmetic against Keras's own: random stacks of layers, built and run."""

import os
import warnings
from functools import cache

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from core.specs.layers import AUGMENTATIONS, LAYERS, Joining
from core.specs.walking import Step
from core.specs.wording import Misfit
from tests.core.specs.kinds import every_kind
from tests.core.specs.stacks import rank_of, walk

Drawn = tuple[tuple[int, ...], str, list[dict[str, object]]]

EXAMPLES = int(os.environ.get("FITTINGROOM_EXAMPLES", "100"))


ALONE = [kind for kind, member in LAYERS.members.items() if not issubclass(member, Joining)]
OF_INTEGERS = {"Embedding", "ReversibleEmbedding", "CategoryEncoding", "IntegerLookup"}
BY_ARGUMENT = {
    *("Activation", "ReLU", "LSTM", "GRU", "SimpleRNN"),
    *("RNN", "Bidirectional", "TimeDistributed", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"),
    *("Masking", "Resizing", "RandomGrayscale", "STFTSpectrogram"),
    *("Dropout", "AlphaDropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D"),
    *("GaussianDropout", "GaussianNoise", "ActivityRegularization", "RMSNormalization"),
    *AUGMENTATIONS.members,
}
CONV1 = {"type": "Conv1D", "filters": 4, "kernel_size": 3}
CONV2 = {"type": "Conv2D", "filters": 4, "kernel_size": 3}
BACK1 = {"type": "Conv1DTranspose", "filters": 2, "kernel_size": 4}
BACK2 = {"type": "Conv2DTranspose", "filters": 2, "kernel_size": 3}
DEPTH2 = {"type": "DepthwiseConv2D", "kernel_size": 3}
# Few random layers come here, and mistakes like to.
CORNERS = [
    ((9, 2), [CONV1 | {"dilation_rate": 3}]),
    ((7, 2), [CONV1 | {"dilation_rate": 3}]),
    ((6, 2), [CONV1 | {"dilation_rate": 3}]),
    ((7, 2), [CONV1 | {"padding": "causal", "dilation_rate": 2}]),
    ((7, 2), [CONV1 | {"padding": "same", "strides": 3}]),
    ((7, 4), [CONV1 | {"groups": 2, "use_bias": False}]),
    ((7, 3), [CONV1 | {"groups": 2}]),
    ((3, 3, 1), [CONV2 | {"kernel_size": 5}]),
    ((5, 6, 1), [CONV2 | {"strides": [2, 3]}]),
    ((7, 8, 1), [CONV2 | {"dilation_rate": [3, 1]}]),
    ((7, 8, 3), [{"type": "MaxPooling2D", "pool_size": 3}]),
    ((7, 8, 3), [{"type": "MaxPooling2D", "pool_size": 3, "strides": [1, 2], "padding": "same"}]),
    ((2, 8, 3), [{"type": "AveragePooling2D", "pool_size": 3}]),
    ((6,), [{"type": "Reshape", "target_shape": [-1, 4]}]),
    ((6,), [{"type": "Reshape", "target_shape": [3, -1]}, {"type": "Flatten"}]),
    ((1,), [{"type": "Reshape", "target_shape": []}, {"type": "Flatten"}]),
    ((1,), [{"type": "Reshape", "target_shape": []}, {"type": "Dense", "units": 2}]),
    ((5, 3), [{"type": "GRU", "units": 2, "reset_after": False}]),
    ((5, 3), [{"type": "GRU", "units": 2, "bias_initializer": "orthogonal"}]),
    ((5, 3), [{"type": "LSTM", "units": 2, "bias_initializer": "orthogonal"}]),
    ((5, 3), [{"type": "LSTM", "units": 2, "unroll": True, "return_sequences": True}]),
    ((5, 3), [{"type": "BatchNormalization", "renorm": True, "axis": 1}]),
    ((5, 3), [{"type": "BatchNormalization", "axis": -3}]),
    ((5, 3), [{"type": "BatchNormalization", "trainable": False}]),
    ((5, 3), [{"type": "LayerNormalization", "axis": [1, 2], "scale": False}]),
    ((5, 3), [{"type": "LayerNormalization", "axis": 3}]),
    ((5,), [{"type": "Dense", "units": 5, "kernel_initializer": "identity"}]),
    ((5, 3), [CONV1 | {"kernel_initializer": "identity"}]),
    ((5, 4, 3, 2), [CONV2 | {"type": "Conv3D", "dilation_rate": [2, 1, 1]}]),
    ((5, 4, 3, 2), [CONV2 | {"type": "Conv3D", "kernel_size": 2, "groups": 2}]),
    ((5, 3), [BACK1]),
    ((5, 3), [BACK1 | {"strides": 6}]),
    ((5, 3), [BACK1 | {"strides": 3, "padding": "same"}]),
    ((5, 3), [BACK1 | {"strides": 3, "padding": "same", "output_padding": 0}]),
    ((5, 3), [BACK1 | {"strides": 3, "padding": "same", "output_padding": 2}]),
    ((5, 3), [BACK1 | {"strides": 3, "output_padding": 3}]),
    ((5, 3), [BACK1 | {"padding": "same", "output_padding": 0, "dilation_rate": 2}]),
    ((5, 3), [BACK1 | {"padding": "same", "output_padding": 0, "dilation_rate": 3}]),
    ((1, 4, 3), [BACK2 | {"padding": "same", "output_padding": 0, "strides": [1, 2]}]),
    ((4, 4, 3), [BACK2 | {"dilation_rate": 2, "output_padding": 0}]),
    ((4, 4, 3), [BACK2 | {"dilation_rate": 2, "strides": 2}]),
    ((7, 8, 3), [DEPTH2 | {"strides": [1, 2], "depth_multiplier": 2}]),
    ((7, 8, 3), [DEPTH2 | {"strides": [2, 1], "dilation_rate": [1, 3], "padding": "same"}]),
    ((7, 8, 3), [DEPTH2 | {"dilation_rate": 4}]),
    ((7, 8, 3), [{"type": "UpSampling2D", "interpolation": "area"}, {"type": "Flatten"}]),
    ((6,), [{"type": "PReLU", "shared_axes": 0}]),
    ((6, 2), [{"type": "PReLU", "shared_axes": []}]),
    ((6, 2), [{"type": "PReLU", "shared_axes": -2}]),
    ((4, 6), [{"type": "GroupNormalization"}]),
    ((4, 6), [{"type": "GroupNormalization", "groups": 4}]),
    ((4, 6), [{"type": "RMSNormalization", "axis": [1, 2]}]),
    ((4, 4), [{"type": "RMSNormalization", "axis": 1}]),
    ((3, 4), [{"type": "RMSNormalization", "axis": 1}]),
    ((5,), [{"type": "AlphaDropout", "rate": 1}]),
    ((5,), [{"type": "GaussianDropout", "rate": 1}]),
    ((5, 3), [{"type": "SpatialDropout1D", "rate": 1}]),
    ((5, 3), [{"type": "SpatialDropout1D", "rate": 0.5, "trainable": False}]),
    ((5, 3), [{"type": "Cropping1D", "cropping": [2, 2]}]),
    ((5, 3), [{"type": "Cropping1D", "cropping": [3, 2]}]),
    ((5, 3), [{"type": "Permute", "dims": [2, 1]}, CONV1]),
]


def ours(stack: list[dict[str, object]], shape: tuple[int, ...], dtype: str) -> list[Step] | None:
    """Our verdict: the steps, or None."""
    try:
        return walk([LAYERS.read(one) for one in stack], shape, dtype)
    except (ValidationError, Misfit):
        return None


def keras_s(stack: list[dict[str, object]], shape: tuple[int, ...], dtype: str) -> keras.Model | None:
    """Keras's verdict: a model that said what it makes of rows, made it in training, and found the way back;
    or None.
    """
    try:
        network = keras.Sequential([keras.Input(shape, dtype=dtype), *(made(one) for one in stack)])
        output = trained(network, tf.ones((2, *shape), dtype), back=passes(stack))
    except Exception:  # noqa: BLE001 - Keras and TensorFlow raise a dozen kinds for what does not fit
        return None
    return network if output.shape[1:] == network.output_shape[1:] else None


def made(one: object) -> object:
    """The object of Keras's that a document describes, with those in it."""
    if isinstance(one, list):
        return [made(item) for item in one]
    if not isinstance(one, dict):
        return one
    arguments = {name: made(value) for name, value in one.items() if name != "type"}
    return getattr(keras.layers, one["type"])(**arguments)


def trained(network: keras.Model, rows: tf.Tensor, *, back: bool) -> tf.Tensor:
    """What a step of training makes of rows, after the gradients of all weights (and, if asked for, of the
    rows) were taken.
    """
    with tf.GradientTape() as tape:
        tape.watch(rows if back and rows.dtype.is_floating else [])
        output = network(rows, training=True)
        loss = tf.reduce_sum(tf.cast(output, tf.float32))
    weights = [one.value for one in network.trainable_variables]
    tape.gradient(loss, [rows, *weights] if back and rows.dtype.is_floating else weights)
    return output


def passes(stack: list[dict[str, object]]) -> bool:
    """Whether the way back is said to lead to the rows."""
    return all(LAYERS.read(one).passes_gradient() for one in stack)


@st.composite
def stacks(draw: st.DrawFn, first_kind: str | None = None) -> Drawn:
    """A data set's row and some layers: of `first_kind` and one more at most, or any few."""
    rank = first_kind and rank_of(first_kind)
    most = 7 if (rank or 1) < 4 else 4
    shape = tuple(draw(st.lists(st.integers(1, most), min_size=rank or 1, max_size=rank or 3)))
    integers = first_kind in OF_INTEGERS or (first_kind is None and draw(st.integers(0, 3)) == 0)
    dtype = "int32" if integers else "float32"
    stack = [draw(every_kind(shape)[first_kind])] if first_kind else []
    for _ in range(draw(st.integers(0, 1) if first_kind else st.integers(1, 4))):
        before = shape
        if stack:
            steps = ours(stack, shape, dtype)
            if steps is None:
                break
            before = steps[-1].output_shape
        stack.append(draw(next_layer(before, embed=integers and not stack)))
    return shape, dtype, stack


@cache
def next_layer(shape: tuple[int, ...], *, embed: bool) -> st.SearchStrategy[dict[str, object]]:
    """Mostly a layer for as many axes as there are."""
    kinds = dict(every_kind(shape))
    embedding = st.one_of(kinds.pop("Embedding"), kinds.pop("ReversibleEmbedding"))
    fitting = [one for kind, one in kinds.items() if rank_of(kind) == len(shape)]
    anywhere = [one for kind, one in kinds.items() if rank_of(kind) is None]
    misfits = [one for kind, one in kinds.items() if rank_of(kind) not in {None, len(shape)}]
    rest = st.one_of(
        st.one_of(fitting or anywhere), st.one_of(anywhere), st.one_of(anywhere), st.one_of(misfits)
    )
    return st.one_of(embedding, rest) if embed else rest


def some(examples: int) -> settings:
    return settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


@pytest.mark.timeout(4 * 3600)
@some(EXAMPLES)
@given(stacks())
def test_shapes_parameters_and_verdict_of_a_stack_are_keras_s(drawn: Drawn) -> None:
    agree(drawn)


@pytest.mark.timeout(4 * 3600)
@pytest.mark.parametrize("kind", ALONE)
def test_shapes_parameters_and_verdict_of_every_layer_are_keras_s(kind: str) -> None:
    # One property for each kind: drawn at random, the rarer ones would hardly be seen in a hundred stacks.
    some(max(EXAMPLES // 16, 5))(given(stacks(kind))(agree))()


@pytest.mark.parametrize(("shape", "stack"), CORNERS)
def test_shapes_parameters_and_verdict_in_a_corner_are_keras_s(
    shape: tuple[int, ...], stack: list[dict[str, object]]
) -> None:
    agree((shape, "float32", stack))


def agree(drawn: Drawn) -> None:
    """Fails unless we say of a stack what Keras says."""
    shape, dtype, stack = drawn
    if beyond_us(stack, dtype):
        return
    steps = ours(stack, shape, dtype)
    if steps is None and stricter(stack, shape, dtype):
        return
    with warnings.catch_warnings():
        # Keras warns of masks that a layer drops, and of poolings that make nothing.
        warnings.simplefilter("ignore")
        network = keras_s(stack, shape, dtype)
    assert (steps is not None) == (network is not None)
    if steps is None:
        return
    for step, theirs in zip(steps, network.layers, strict=True):
        assert step.output_shape == theirs.output.shape[1:]
        assert sum(weight.size for weight in step.weights) == theirs.count_params()
        shapes = sorted(tuple(variable.shape) for variable in theirs.weights if "seed" not in variable.path)
        assert sorted(weight.shape for weight in step.weights) == shapes
        if step.layer.trainable:
            trained = sum(int(np.prod(variable.shape)) for variable in theirs.trainable_variables)
            assert trained == sum(weight.size for weight in step.weights if weight.trainable)


def beyond_us(stack: list[dict[str, object]], dtype: str) -> bool:
    """What we refuse, for a reason, although Keras would go on."""
    # TensorFlow does some of these to integers, with some arguments: which ones is nobody's business.
    words_by_number = dtype == "int32" and stack[0]["type"] not in OF_INTEGERS
    return words_by_number and any(one["type"] in BY_ARGUMENT for one in stack)


def stricter(stack: list[dict[str, object]], shape: tuple[int, ...], dtype: str) -> bool:
    """Whether it may be we who are stricter than Keras."""
    *before, last = stack
    steps = ours(before, shape, dtype) if before else []
    if steps is None:
        return stricter(before, shape, dtype)
    taken, integers = steps[-1].output_shape if steps else shape, dtype == "int32"
    for step in steps:
        integers = step.layer.puts_out_integers(integers)
    if beyond_the_last(last, taken, made_integers=integers and bool(before), integers=integers):
        return True
    # Keras builds these, and they fail in the first batch of most sizes, but not of all.
    if any(
        "Transpose" in str(one["type"]) and one.get("output_padding") in (0, [0], [0, 0], [0, 0, 0])
        for one in stack
    ):
        return True
    # What learns from the rows must stand before all else.
    return any(one["type"] == "Normalization" and "mean" not in one for one in stack[1:])


def beyond_the_last(
    last: dict[str, object], taken: tuple[int, ...], *, made_integers: bool, integers: bool
) -> bool:
    """Whether we refuse the last layer rows of that shape for a reason that Keras may not see."""
    # It depends on arguments which layers Keras lets compute with integers that a layer made.
    if made_integers and last["type"] in BY_ARGUMENT:
        return True
    # It draws what it does: with other colours, it fails only now and then.
    if last["type"] == "AugMix":
        return len(taken) == 3 and taken[-1] not in {1, 3}
    # Keras takes off the fractions without a word.
    if last["type"] == "CategoryEncoding" and not integers:
        return True
    # Keras counts along the first axis, and says that it is the last: with axes alike, nothing shows it.
    default = {"CategoryEncoding": "multi_hot", "IntegerLookup": "int"}.get(str(last["type"]))
    return len(taken) > 1 and bool(default) and last.get("output_mode", default) in {"multi_hot", "count"}
