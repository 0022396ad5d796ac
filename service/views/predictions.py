"""Predictions, in the shape of TensorFlow Serving's REST API.

https://www.tensorflow.org/tfx/serving/api_rest says what its clients send and expect.
"""

from collections.abc import Callable
from typing import Any

from flask import Response

from core.errors import MalformedError
from service import answers, auth, bodies, classifying, columns, parts, routes, serving, signatures
from service.predicting import Network
from service.views.models import LabelPath, ModelPath, VersionPath

api = routes.blueprint("predictions", "/v1/models")

SERVED_BY = "X-Served-By"
# What rows are called where they are given one by one.
BY_ROW = ("instances", "examples")


@api.post("/<string:model>:predict")
def predict(path: ModelPath) -> Response:
    """Predict with a model's latest version."""
    return _predict(_find(path))


@api.post("/<model>/versions/<int(max=2147483647):version>:predict")
def predict_with_version(path: VersionPath) -> Response:
    """Predict with one version of a model."""
    return _predict(_find(path))


@api.post("/<model>/labels/<string:label>:predict")
def predict_with_label(path: LabelPath) -> Response:
    """Predict with the version that a label is on."""
    return _predict(_find(path))


@api.post("/<string:model>:classify")
def classify(path: ModelPath) -> Response:
    """Tell the probability of every class with a model's latest version."""
    return _results(_find(path), classifying.classify)


@api.post("/<model>/versions/<int(max=2147483647):version>:classify")
def classify_with_version(path: VersionPath) -> Response:
    """Tell the probability of every class with one version of a model."""
    return _results(_find(path), classifying.classify)


@api.post("/<model>/labels/<string:label>:classify")
def classify_with_label(path: LabelPath) -> Response:
    """Tell the probability of every class with the version that a label is on."""
    return _results(_find(path), classifying.classify)


@api.post("/<string:model>:regress")
def regress(path: ModelPath) -> Response:
    """Predict a number for each row with a model's latest version."""
    return _results(_find(path), classifying.regress)


@api.post("/<model>/versions/<int(max=2147483647):version>:regress")
def regress_with_version(path: VersionPath) -> Response:
    """Predict a number for each row with one version of a model."""
    return _results(_find(path), classifying.regress)


@api.post("/<model>/labels/<string:label>:regress")
def regress_with_label(path: LabelPath) -> Response:
    """Predict a number for each row with the version that a label is on."""
    return _results(_find(path), classifying.regress)


@api.get("/<model>/metadata")
def metadata(path: ModelPath) -> Response:
    """Tell what the latest version takes and puts out, as TensorFlow Serving does."""
    return _metadata(_find(path))


@api.get("/<model>/versions/<int(max=2147483647):version>/metadata")
def metadata_of_version(path: VersionPath) -> Response:
    """Tell what one version takes and puts out."""
    return _metadata(_find(path))


@api.get("/<model>/labels/<label>/metadata")
def metadata_of_label(path: LabelPath) -> Response:
    """Tell what the version that a label is on takes and puts out."""
    return _metadata(_find(path))


def _predict(found: serving.Found) -> Response:
    network = parts.of_app().networks.get(found)
    # As TensorFlow Serving does: `curl -d` says that it sends a form.
    document = bodies.document(of_any_type=True)
    by_row = "instances" in document
    if by_row == ("inputs" in document):
        raise MalformedError('The body must be an object with either "instances" or "inputs".')
    given = document["instances"] if by_row else columns.rows_of(network.encoding.inputs, document["inputs"])
    rows = _rows(network, given, "instances" if by_row else "inputs")
    outputs, names = network.predict(rows), signatures.names_of(network)
    told: Any = outputs[0]
    if names and by_row:
        told = [dict(zip(names, row, strict=True)) for row in zip(*outputs, strict=True)]
    elif names:
        told = dict(zip(names, outputs, strict=True))
    return _answer(network, {"predictions" if by_row else "outputs": told})


def _results(found: serving.Found, tell: Callable[[Network, list[Any], object], list[Any]]) -> Response:
    network = parts.of_app().networks.get(found)
    document = bodies.document(of_any_type=True)
    called = [name for name in BY_ROW if name in document]
    if len(called) != 1:
        raise MalformedError('The body must be an object with "examples", a list of rows.')
    rows = _rows(network, document[called[0]], called[0])
    return _answer(network, {"results": tell(network, rows, document.get("signature_name"))})


def _rows(network: Network, given: object, called: str) -> list[Any]:
    if not isinstance(given, list) or not given:
        raise MalformedError(f'"{called}" must be a list of one row or more.')
    return columns.flat(network.encoding.inputs, given)


def _answer(network: Network, told: dict[str, Any]) -> Response:
    answer = answers.json(told)
    answer.headers[SERVED_BY] = network.engine.served_by
    return answer


def _find(path: ModelPath) -> serving.Found:
    own, user = parts.of_app(), auth.caller()
    asked = path.model_dump()
    name = asked.pop("model")

    def look_up() -> serving.Found:
        with own.database.reading() as session:
            return serving.find(session, user, name, **asked)

    return own.memory.recall(("model", user.id, name, *asked.items()), look_up)


def _metadata(found: serving.Found) -> Response:
    network = parts.of_app().networks.get(found)
    signature = signatures.describe(network)
    return _answer(
        network,
        {
            "model_spec": {"name": found.name, "signature_name": "", "version": str(found.version)},
            "metadata": {"signature_def": {"signature_def": {"serving_default": signature}}},
            "served_by": network.engine.served_by,
        },
    )
