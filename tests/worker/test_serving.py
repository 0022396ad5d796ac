"""Networks as predictions need them: what Keras computes, ONNX Runtime computes too."""

from pathlib import Path

import keras
import numpy as np
import onnxruntime
import pytest
from numpy.typing import NDArray

from worker import exporting

ROWS = np.array([[1, 3, 9], [0, 7, 4], [8, 8, 1]], "int32")


def answers(network: keras.Model, rows: NDArray[np.generic], folder: Path) -> NDArray[np.float32]:
    """What the exported network makes of rows."""
    files = exporting.export(network, folder)
    session = onnxruntime.InferenceSession(files["onnx"], providers=["CPUExecutionProvider"])
    found: NDArray[np.float32] = session.run(None, {session.get_inputs()[0].name: rows})[0]
    return found


@pytest.mark.parametrize("mode", ["int", "one_hot", "multi_hot", "count"])
def test_an_integer_is_looked_up_without_a_table(mode: str, tmp_path: Path) -> None:
    lookup = keras.layers.IntegerLookup(
        vocabulary=[3, 1, 7], num_oov_indices=2, mask_token=0, output_mode=mode
    )
    network = keras.Sequential([keras.Input((3,), dtype="int32"), lookup, keras.layers.Rescaling(1.0)])
    expected = np.asarray(network(ROWS))
    np.testing.assert_array_equal(answers(network, ROWS, tmp_path), expected)
    # What was said otherwise for the conversion is as it was.
    np.testing.assert_array_equal(np.asarray(network(ROWS)), expected)


# Keras saves the layer's count of rows by a way of numpy 1.
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_means_that_were_learned_go_along(tmp_path: Path) -> None:
    rows = np.random.default_rng(0).normal(5, 3, (20, 4)).astype("float32")
    normalization = keras.layers.Normalization()
    network = keras.Sequential([keras.Input((4,)), normalization])
    normalization.adapt(rows)
    found = answers(network, rows, tmp_path)
    np.testing.assert_allclose(found, (rows - rows.mean(0)) / rows.std(0), atol=1e-5)
    np.testing.assert_allclose(np.asarray(network(rows)), found, atol=1e-5)


def test_what_varies_pictures_in_training_leaves_them_alone(tmp_path: Path) -> None:
    pictures = np.random.default_rng(0).random((3, 6, 6, 3)).astype("float32")
    layers = [keras.layers.RandomFlip(), keras.layers.RandomErasing(value_range=(0, 1))]
    network = keras.Sequential([keras.Input((6, 6, 3)), *layers])
    np.testing.assert_array_equal(answers(network, pictures, tmp_path), pictures)


def test_numbers_on_a_bound_are_in_the_bin_above_it(tmp_path: Path) -> None:
    rows = np.array([[-1, 0, 0.5], [1, 2.5, 3]], "float32")
    bins = keras.layers.Discretization(bin_boundaries=[0, 1, 2.5])
    network = keras.Sequential([keras.Input((3,)), bins])
    assert answers(network, rows, tmp_path).tolist() == [[0, 1, 1], [2, 3, 3]]
