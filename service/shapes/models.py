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
    parity: dict[str, Any]
    lineage: dict[str, Any]
    inputs: dict[str, Any]
    target: dict[str, Any]
    parameters: int
    artifacts: dict[str, Any]
    ready: bool
    model_version_status: list[ServingStatus]
    created_at: datetime


class Predictions(Shape):
    """What the network puts out for each row, in the units that were uploaded.

    It is called `predictions` for `instances`, and `outputs` for `inputs`.
    """

    predictions: list[Any] | None = None
    outputs: list[Any] | None = None


class Metadata(Shape):
    """What a version takes and puts out, as TensorFlow Serving tells it."""

    model_spec: dict[str, str]
    metadata: dict[str, Any]
