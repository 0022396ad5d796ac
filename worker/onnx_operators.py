"""TensorFlow's operators that the converter does not know, each in operators that ONNX has."""

from typing import Any

import numpy as np

from worker import onnx_resizing


def register() -> None:
    """Tells the converter of all of them."""
    # It takes a second to import, and a job that fails before its end does without.
    from tf2onnx import handler, tfonnx  # noqa: F401 - its own come first, or they would replace ours

    own = (_Erfc, _Expm1, _Bucketize, _RFFT, _Real, _Imag)
    for operator in (*own, *onnx_resizing.OPERATORS):
        handler.tf_op(operator.__name__.lstrip("_"))(operator)


class _Erfc:
    """In which Keras's exact GELU ends: `1 - erf(x)`."""

    @classmethod
    def version_9(cls, graph: Any, node: Any, **_: object) -> None:  # noqa: ANN401 - tf2onnx ships no types
        """The same in operators that ONNX has."""
        erf = graph.make_node("Erf", [node.input[0]])
        _replace(graph, node, graph.make_node("Sub", [_one(graph, node), erf.output[0]]))


class _Expm1:
    """Of which Keras's CELU is made: `exp(x) - 1`."""

    @classmethod
    def version_6(cls, graph: Any, node: Any, **_: object) -> None:  # noqa: ANN401 - tf2onnx ships no types
        """The same in operators that ONNX has."""
        power = graph.make_node("Exp", [node.input[0]])
        _replace(graph, node, graph.make_node("Sub", [power.output[0], _one(graph, node)]))


class _Bucketize:
    """Which bin a number falls into, as Keras's Discretization asks: how many bounds are not above it."""

    @classmethod
    def version_13(cls, graph: Any, node: Any, **_: object) -> None:  # noqa: ANN401 - tf2onnx ships no types
        """The same in operators that ONNX has."""
        bounds = np.array(node.get_attr_value("boundaries"), np.float32)
        wide = graph.make_node("Cast", [node.input[0]], attr={"to": _FLOAT})
        last = _last(graph, node)
        column = graph.make_node("Unsqueeze", [wide.output[0], last])
        below = graph.make_node("Less", [column.output[0], _constant(graph, node, "bounds", bounds)])
        reached = graph.make_node("Not", [below.output[0]])
        counted = graph.make_node("Cast", [reached.output[0]], attr={"to": _INT32})
        _replace(graph, node, graph.make_node("ReduceSum", [counted.output[0], last], attr={"keepdims": 0}))


class _RFFT:
    """The Fourier transform of real numbers, as a product with a matrix; real and imaginary parts stand
    side by side, along an axis of their own at the end, where `_Real` and `_Imag` find them.
    """

    @classmethod
    def version_13(cls, graph: Any, node: Any, **_: object) -> None:  # noqa: ANN401 - tf2onnx ships no types
        """The same in operators that ONNX has."""
        (length,) = node.inputs[1].get_tensor_value(as_list=True)
        angles = 2 * np.pi / length * np.outer(np.arange(length), np.arange(length // 2 + 1))
        parts = [
            graph.make_node("MatMul", [node.input[0], _constant(graph, node, name, matrix)])
            for name, matrix in (("cos", np.cos(angles)), ("sin", -np.sin(angles)))
        ]
        last = _last(graph, node)
        columns = [graph.make_node("Unsqueeze", [part.output[0], last]) for part in parts]
        both = graph.make_node("Concat", [column.output[0] for column in columns], attr={"axis": -1})
        _replace(graph, node, both)


class _Part:
    """One half of what `_RFFT` makes."""

    at: int

    @classmethod
    def version_9(cls, graph: Any, node: Any, **_: object) -> None:  # noqa: ANN401 - tf2onnx ships no types
        """The same in operators that ONNX has."""
        place = graph.make_const(f"{node.name}_at", np.array(cls.at, np.int64)).output[0]
        _replace(graph, node, graph.make_node("Gather", [node.input[0], place], attr={"axis": -1}))


class _Real(_Part):
    at = 0


class _Imag(_Part):
    at = 1


# ONNX's numbers for types (`onnx.TensorProto`).
_FLOAT, _INT32 = 1, 6


def _one(graph: Any, node: Any) -> str:  # noqa: ANN401 - tf2onnx ships no types
    return _constant(graph, node, "one", np.float32(1))


def _constant(graph: Any, node: Any, name: str, value: Any) -> str:  # noqa: ANN401 - tf2onnx ships no types
    made: str = graph.make_const(f"{node.name}_{name}", np.asarray(value, np.float32)).output[0]
    return made


def _last(graph: Any, node: Any) -> str:  # noqa: ANN401 - tf2onnx ships no types
    """The last axis, as ONNX takes it from opset 13 on."""
    axis: str = graph.make_const(f"{node.name}_last", np.array([-1], np.int64)).output[0]
    return axis


def _replace(graph: Any, node: Any, by: Any) -> None:  # noqa: ANN401 - tf2onnx ships no types
    graph.replace_all_inputs(node.output[0], by.output[0])
    graph.remove_node(node.name)
