"""A trained network as files: Keras's own, and ONNX, from which predictions are served."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

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
        with _converting():
            network.export(folder / ONNX, format="onnx", verbose=False)
    except Exception as error:  # noqa: BLE001 - whatever an exporter may raise
        print(f"No ONNX export: {type(error).__name__}: {error}"[:500])
        return files
    return files | {"onnx": str(folder / ONNX)}


@contextmanager
def _converting() -> Iterator[None]:
    """What the conversion needs, and that it keeps to itself what it thinks of its libraries."""
    # The converter takes a second to import, and a job that fails before its end does without.
    from tf2onnx import handler

    logging.getLogger("tf2onnx").setLevel(logging.ERROR)
    handler.tf_op("Erfc")(_Erfc)
    handler.tf_op("Expm1")(_Expm1)
    # Keras computes grouped convolutions in a compiled function of their own, which the converter would
    # leave as it is: so it becomes part of the graph.
    tf.config.run_functions_eagerly(run_eagerly=True)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        tf.config.run_functions_eagerly(run_eagerly=False)


class _Erfc:
    """TensorFlow's `Erfc`, in which Keras's exact GELU ends: `1 - erf(x)`."""

    @classmethod
    def version_9(cls, graph: Any, node: Any, **_: object) -> None:  # noqa: ANN401 - tf2onnx ships no types
        """The same in operators that ONNX has."""
        erf = graph.make_node("Erf", [node.input[0]])
        _replace(graph, node, graph.make_node("Sub", [_one(graph, node), erf.output[0]]))


class _Expm1:
    """TensorFlow's `Expm1`, of which Keras's CELU is made: `exp(x) - 1`."""

    @classmethod
    def version_6(cls, graph: Any, node: Any, **_: object) -> None:  # noqa: ANN401 - tf2onnx ships no types
        """The same in operators that ONNX has."""
        power = graph.make_node("Exp", [node.input[0]])
        _replace(graph, node, graph.make_node("Sub", [power.output[0], _one(graph, node)]))


def _one(graph: Any, node: Any) -> str:  # noqa: ANN401 - tf2onnx ships no types
    name: str = graph.make_const(f"{node.name}_one", np.float32(1)).output[0]
    return name


def _replace(graph: Any, node: Any, by: Any) -> None:  # noqa: ANN401 - tf2onnx ships no types
    graph.replace_all_inputs(node.output[0], by.output[0])
    graph.remove_node(node.name)
