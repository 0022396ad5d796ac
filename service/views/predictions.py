"""Predictions, in the shape of TensorFlow Serving's REST API.

https://www.tensorflow.org/tfx/serving/api_rest says what its clients send and expect.
"""

from typing import Any

from flask import Response

from core.datasets.table_inputs import TableInputs
from core.errors import InvalidRequestError, MalformedError
from service import answers, auth, bodies, parts, routes, serving
from service.predicting import Network
from service.views.models import LabelPath, ModelPath, VersionPath

api = routes.blueprint("predictions", "/v1/models")


@api.post("/<string:model>:predict")
def predict(path: ModelPath) -> Response:
    """Predict with a model's latest version."""
    return _predict(path.model)


@api.post("/<model>/versions/<int(max=2147483647):version>:predict")
def predict_with_version(path: VersionPath) -> Response:
    """Predict with one version of a model."""
    return _predict(path.model, version=path.version)


@api.post("/<model>/labels/<string:label>:predict")
def predict_with_label(path: LabelPath) -> Response:
    """Predict with the version that a label is on."""
    return _predict(path.model, label=path.label)


@api.get("/<model>/metadata")
def metadata(path: ModelPath) -> Response:
    """Tell what the latest version takes and puts out, as TensorFlow Serving does."""
    return _metadata(path.model)


@api.get("/<model>/versions/<int(max=2147483647):version>/metadata")
def metadata_of_version(path: VersionPath) -> Response:
    """Tell what one version takes and puts out."""
    return _metadata(path.model, version=path.version)


@api.get("/<model>/labels/<label>/metadata")
def metadata_of_label(path: LabelPath) -> Response:
    """Tell what the version that a label is on takes and puts out."""
    return _metadata(path.model, label=path.label)


def _predict(name: str, *, version: int | None = None, label: str | None = None) -> Response:
    found = _find(name, version, label)
    network = parts.of_app().networks.get(found.version_id, found.artifacts)
    # As TensorFlow Serving does: `curl -d` says that it sends a form.
    document = bodies.document(of_any_type=True)
    by_row = "instances" in document
    if by_row == ("inputs" in document):
        raise MalformedError('The body must be an object with either "instances" or "inputs".')
    rows = document["instances"] if by_row else _rows(network, document["inputs"])
    if not isinstance(rows, list) or not rows:
        raise MalformedError(f'"{"instances" if by_row else "inputs"}" must be a list of one row or more.')
    return answers.json({"predictions" if by_row else "outputs": network.predict(rows)})


def _find(name: str, version: int | None, label: str | None) -> serving.Found:
    own, user = parts.of_app(), auth.caller()

    def look_up() -> serving.Found:
        with own.database.reading() as session:
            return serving.find(session, user, name, version=version, label=label)

    return own.memory.recall(("model", user.id, name, version, label), look_up)


def _rows(network: Network, inputs: object) -> object:
    """Rows from the columnar format: all of them as one list, or a list for each named input."""
    if not isinstance(inputs, dict):
        return inputs
    table = isinstance(network.encoding.inputs, TableInputs)
    if not table or inputs.keys() == {"inputs"}:
        if len(inputs) != 1:
            raise InvalidRequestError('"inputs" must be a list of rows, or an object with one such list.')
        return next(iter(inputs.values()))
    lengths = {len(column) if isinstance(column, list) else -1 for column in inputs.values()}
    if len(lengths) != 1 or -1 in lengths:
        raise InvalidRequestError('"inputs" by column name must be lists, all of one length.')
    return [dict(zip(inputs, row, strict=True)) for row in zip(*inputs.values(), strict=True)]


def _metadata(name: str, *, version: int | None = None, label: str | None = None) -> Response:
    found = _find(name, version, label)
    network = parts.of_app().networks.get(found.version_id, found.artifacts)
    inputs = network.encoding.input_parts[0].inputs
    signature = {
        "inputs": {
            "inputs": _tensor("DT_INT32" if inputs.dtype == "int32" else "DT_FLOAT", inputs.shape, "inputs")
        },
        "outputs": {"outputs": _tensor("DT_FLOAT", network.output_shape, "outputs")},
        "method_name": "tensorflow/serving/predict",
    }
    return answers.json(
        {
            "model_spec": {"name": found.name, "signature_name": "", "version": str(found.version)},
            "metadata": {"signature_def": {"signature_def": {"serving_default": signature}}},
        }
    )


def _tensor(dtype: str, shape: list[int], name: str) -> dict[str, Any]:
    sizes = [{"size": str(size), "name": ""} for size in (-1, *shape)]
    return {"dtype": dtype, "tensor_shape": {"dim": sizes, "unknown_rank": False}, "name": name}
