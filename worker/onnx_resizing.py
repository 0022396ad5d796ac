"""TensorFlow's ways to resize pictures that ONNX has not, or not to the last digit, as matrix products."""

from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray


class _Resize:
    """One picture is `rows @ picture @ columns`, whatever the kernel: each axis has a matrix of its own."""

    @classmethod
    def matrix(cls, node: Any, before: int, after: int) -> NDArray[np.float32]:  # noqa: ANN401 - no types
        """What makes `after` numbers of `before`: TensorFlow's own operator, applied to a unit matrix."""
        # The converter works inside a graph, in which nothing is computed: so this has one of its own.
        with tf.Graph().as_default() as graph, tf.compat.v1.Session(graph=graph) as session:
            unit = tf.reshape(tf.eye(before), (1, before, 1, before))
            resized = tf.reshape(cls.apply(node, unit, after), (after, before))
            return np.asarray(session.run(resized), np.float32)

    @classmethod
    def apply(cls, node: Any, columns: Any, height: int) -> Any:  # noqa: ANN401 - tf2onnx ships no types
        """TensorFlow's operator on pictures of one column, with all that was asked for but the size."""
        raise NotImplementedError

    @classmethod
    def version_13(cls, graph: Any, node: Any, **_: object) -> None:  # noqa: ANN401 - tf2onnx ships no types
        """The same in operators that ONNX has."""
        _, height, width, channels = graph.get_shape(node.input[0])
        tall, wide = (int(one) for one in node.inputs[1].get_tensor_value(as_list=True))

        def constant(name: str, value: Any) -> str:  # noqa: ANN401 - an array or a list
            made: str = graph.make_const(f"{node.name}_{name}", value).output[0]
            return made

        def shaped(name: str, given: str, shape: tuple[int, ...]) -> str:
            made: str = graph.make_node("Reshape", [given, constant(name, np.array(shape, np.int64))]).output[
                0
            ]
            return made

        rows = constant("rows", cls.matrix(node, height, tall))
        columns = constant("columns", cls.matrix(node, width, wide))
        lines = shaped("lines", node.input[0], (-1, height, width * channels))
        taller = graph.make_node("MatMul", [rows, lines]).output[0]
        pictures = shaped("pictures", taller, (-1, tall, width, channels))
        wider = graph.make_node("MatMul", [columns, pictures])
        graph.replace_all_inputs(node.output[0], wider.output[0])
        graph.remove_node(node.name)


class ScaleAndTranslate(_Resize):
    """In which `tf.image.resize` ends for Lanczos kernels, and for whatever is to be antialiased."""

    @classmethod
    def apply(cls, node: Any, columns: Any, height: int) -> Any:  # noqa: ANN401 - tf2onnx ships no types
        """As `tf.image.resize` calls it: over the whole picture, and not shifted."""
        return tf.raw_ops.ScaleAndTranslate(
            images=columns,
            size=(height, 1),
            scale=(height / columns.shape[1], 1.0),
            translation=(0.0, 0.0),
            kernel_type=node.get_attr_str("kernel_type"),
            antialias=bool(node.get_attr_int("antialias")),
        )


class ResizeArea(_Resize):
    """The mean over what a pixel covers."""

    @classmethod
    def apply(cls, node: Any, columns: Any, height: int) -> Any:  # noqa: ANN401 - tf2onnx ships no types
        """With edges where they were."""
        del node
        return tf.raw_ops.ResizeArea(images=columns, size=(height, 1))


class ResizeBicubic(_Resize):
    """Whose coefficients TensorFlow rounds in a way of its own."""

    @classmethod
    def apply(cls, node: Any, columns: Any, height: int) -> Any:  # noqa: ANN401 - tf2onnx ships no types
        """As `tf.image.resize` calls it."""
        half = bool(node.get_attr_int("half_pixel_centers"))
        return tf.raw_ops.ResizeBicubic(images=columns, size=(height, 1), half_pixel_centers=half)


OPERATORS = (ScaleAndTranslate, ResizeArea, ResizeBicubic)
