"""What a network takes and puts out, as TensorFlow Serving tells it."""

from collections.abc import Sequence
from typing import Any

from core.datasets.several_inputs import OneInputs
from core.datasets.text_inputs import TextInputs
from service.predicting import Network

# What a single input and a single output are called.
INPUTS, OUTPUTS = "inputs", "outputs"


def describe(network: Network) -> dict[str, Any]:
    """The signature: every input and output with its type and shape."""
    parts, outputs = network.encoding.input_parts, network.outputs
    inputs = [(part.name, part.inputs) for part in parts] if len(parts) > 1 else [(INPUTS, parts[0].inputs)]
    names = names_of(network) or [OUTPUTS]
    return {
        "inputs": {name: _input(name, one) for name, one in inputs},
        "outputs": {
            name: _tensor("DT_FLOAT", output.shape, name) for name, output in zip(names, outputs, strict=True)
        },
        "method_name": "tensorflow/serving/predict",
    }


def names_of(network: Network) -> list[str] | None:
    """The names by which an answer tells its outputs; None if there is but one, which needs no name."""
    outputs = network.outputs
    return [output.name for output in outputs] if len(outputs) > 1 else None


def _input(name: str, inputs: OneInputs) -> dict[str, Any]:
    if isinstance(inputs, TextInputs):
        return _tensor("DT_STRING", [], name)
    return _tensor("DT_INT32" if inputs.dtype == "int32" else "DT_FLOAT", inputs.shape, name)


def _tensor(dtype: str, shape: Sequence[int], name: str) -> dict[str, Any]:
    sizes = [{"size": str(size), "name": ""} for size in (-1, *shape)]
    return {"dtype": dtype, "tensor_shape": {"dim": sizes, "unknown_rank": False}, "name": name}
