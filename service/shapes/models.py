"""Models and predictions."""

from datetime import datetime
from typing import Any, Literal

from service.shapes.common import Shape


class ServingStatus(Shape):
    """A version's state, as TensorFlow Serving tells it."""

    version: str
    state: str
    status: dict[str, str]


class VersionBrief(Shape):
    """A version in its model's list."""

    version: int
    test: dict[str, Any]
    parameters: int
    job: str | None
    created_at: datetime


class Model(Shape):
    """A model: its versions, newest first, and which of them the labels are on."""

    id: str
    object: Literal["model"]
    name: str
    versions: list[VersionBrief]
    labels: dict[str, int]
    ready: bool
    model_version_status: list[ServingStatus]
    created_at: datetime


class Version(Shape):
    """A version of a model: its scores on the test split, and what it was made from."""

    id: str
    object: Literal["model_version"]
    name: str
    version: int
    labels: list[str]
    test: dict[str, Any]
    evaluation: dict[str, Any] | None
    parity: dict[str, Any]
    lineage: dict[str, Any]
    inputs: dict[str, Any]
    target: dict[str, Any]
    outputs: list[dict[str, Any]] | None
    parameters: int
    artifacts: dict[str, Any]
    ready: bool
    served_by: Literal["onnxruntime", "worker"]
    model_version_status: list[ServingStatus]
    created_at: datetime


class Predictions(Shape):
    """What the network puts out for each row, in the units that were uploaded.

    It is called `predictions` for `instances`, and `outputs` for `inputs`. Of a network with several outputs,
    each of `predictions` is an object by their names, and so is all of `outputs`.
    """

    predictions: list[Any] | None = None
    outputs: list[Any] | dict[str, list[Any]] | None = None


class Classifications(Shape):
    """For each row every class or label with its probability."""

    results: list[list[tuple[str, float]]]


class Regressions(Shape):
    """For each row its number, in the units that were uploaded."""

    results: list[float | None]


class Metadata(Shape):
    """What a version takes and puts out, as TensorFlow Serving tells it, and what runs it."""

    model_spec: dict[str, str]
    metadata: dict[str, Any]
    served_by: Literal["onnxruntime", "worker"]
