"""A trained network as files: Keras's own, and ONNX, from which predictions are served."""

import logging
import warnings
from pathlib import Path

import keras

KERAS, ONNX = "model.keras", "model.onnx"


def export(network: keras.Model, folder: Path) -> dict[str, str]:
    """Writes both, and answers the paths by format. Not every network can be said in ONNX: then it is left
    out, and the log says why.
    """
    network.save(folder / KERAS)
    files = {"keras": str(folder / KERAS)}
    logging.getLogger("tf2onnx").setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what the exporter thinks of its own libraries
            network.export(folder / ONNX, format="onnx", verbose=False)
    except Exception as error:  # noqa: BLE001 - whatever an exporter may raise
        print(f"No ONNX export: {type(error).__name__}: {error}"[:500])
        return files
    return files | {"onnx": str(folder / ONNX)}
