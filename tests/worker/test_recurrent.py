"""LSTM and GRU as they are traced for XLA, against Keras's own."""

import contextlib
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from worker import recurrent

STEPS, FEATURES, UNITS, ROWS = 6, 3, 4, 5
LAYERS: dict[str, Any] = {
    "LSTM": lambda: layers.LSTM(UNITS),
    "LSTM, all steps": lambda: layers.LSTM(UNITS, return_sequences=True, use_bias=False),
    "LSTM, backwards, dropout": lambda: layers.LSTM(UNITS, go_backwards=True, dropout=0.4, seed=1),
    "GRU": lambda: layers.GRU(UNITS),
    "GRU, all steps": lambda: layers.GRU(UNITS, return_sequences=True, use_bias=False),
    "GRU, backwards, dropout": lambda: layers.GRU(UNITS, go_backwards=True, dropout=0.4, seed=1),
    "Bidirectional": lambda: layers.Bidirectional(layers.GRU(UNITS, return_sequences=True)),
}
OTHERS: dict[str, Any] = {
    "another activation": lambda: layers.LSTM(UNITS, activation="relu"),
    "recurrent dropout": lambda: layers.LSTM(UNITS, recurrent_dropout=0.1),
    "reset before": lambda: layers.GRU(UNITS, reset_after=False),
    "half precision": lambda: layers.GRU(UNITS, dtype="mixed_bfloat16"),
    "SimpleRNN": lambda: layers.SimpleRNN(UNITS),
}


def network(layer: Any, *, masked: bool) -> keras.Model:  # noqa: ANN401 - Keras ships no types
    inputs = keras.Input((STEPS, FEATURES))
    return keras.Model(inputs, layer(layers.Masking()(inputs) if masked else inputs))


def rows(*, masked: bool) -> np.ndarray:
    random = np.random.default_rng(0)
    x = random.normal(size=(ROWS, STEPS, FEATURES)).astype(np.float32)
    if masked:
        x[random.random((ROWS, STEPS)) < 0.4] = 0
        x[0] = 0
    return x


def outputs_and_gradients(built: keras.Model, x: np.ndarray, *, hoisted: bool) -> list[np.ndarray]:
    variables = [variable.value for variable in built.trainable_variables]

    # As a graph: what XLA makes of it is compared with `fit` in test_equality, and takes seconds to compile.
    @tf.function(autograph=False)
    def computed(x: Any) -> Any:  # noqa: ANN401 - tensors
        with tf.GradientTape() as tape:
            tape.watch(x)
            with recurrent.hoisted(built) if hoisted else contextlib.nullcontext():
                outputs = built(x, training=True)
            loss = tf.reduce_sum(outputs * tf.range(float(outputs.shape[-1])))
        return outputs, tape.gradient(loss, [x, *variables])

    return [one.numpy() for one in tf.nest.flatten(computed(tf.constant(x)))]


@pytest.mark.parametrize("masked", [False, True], ids=["", "masked"])
@pytest.mark.parametrize("name", LAYERS)
def test_outputs_and_gradients_are_those_of_kerass_own_loop(name: str, masked: bool) -> None:
    kerass, ours = (network(LAYERS[name](), masked=masked) for _ in range(2))
    ours.set_weights(kerass.get_weights())
    x = rows(masked=masked)
    assert all(recurrent.computes(layer) for layer in recurrent.layers(ours) if hasattr(layer, "cell"))
    expected = outputs_and_gradients(kerass, x, hoisted=False)
    for one, other in zip(outputs_and_gradients(ours, x, hoisted=True), expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", OTHERS)
def test_other_layers_stay_as_they_are(name: str) -> None:
    built = network(OTHERS[name](), masked=False)
    assert not any(recurrent.computes(layer) for layer in recurrent.layers(built))


def test_nothing_is_left_of_it_when_the_function_is_traced() -> None:
    built = network(LAYERS["LSTM"](), masked=False)
    before = dict(vars(built.layers[-1]))
    with recurrent.hoisted(built):
        assert "inner_loop" in vars(built.layers[-1])
    assert vars(built.layers[-1]).keys() == before.keys()
