"""A trained network as files: Keras's own, and ONNX, from which predictions are served."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import keras
import tensorflow as tf

from worker import onnx_operators, serving

KERAS, ONNX = "model.keras", "model.onnx"


def export(network: keras.Model, folder: Path) -> dict[str, str]:
    """Writes both, and answers the paths by format. Not every network can be said in ONNX: then it is left
    out, and the log says why.

    Args:
        network: has been called.
        folder: where the files go.
    """
    network.save(folder / KERAS)
    files = {"keras": str(folder / KERAS)}
    try:
        with _converting(), serving.served(network) as still:
            still.export(folder / ONNX, format="onnx", verbose=False)
    except Exception as error:  # noqa: BLE001 - whatever an exporter may raise
        print(f"No ONNX export: {type(error).__name__}: {error}"[:500])
        return files
    return files | {"onnx": str(folder / ONNX)}


@contextmanager
def _converting() -> Iterator[None]:
    """What the conversion needs, and that it keeps to itself what it thinks of its libraries."""
    logging.getLogger("tf2onnx").setLevel(logging.ERROR)
    onnx_operators.register()
    # Keras computes grouped convolutions in a compiled function of their own, which the converter would
    # leave as it is: so it becomes part of the graph.
    tf.config.run_functions_eagerly(run_eagerly=True)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        tf.config.run_functions_eagerly(run_eagerly=False)
