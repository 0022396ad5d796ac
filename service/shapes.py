"""What answers look like. These describe the API to its readers; a test holds the real answers to them."""

from datetime import datetime
from typing import Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

Status = Literal["queued", "running", "succeeded", "failed", "cancelled"]
Item = TypeVar("Item", bound=BaseModel)
Metrics = dict[str, float | None]


class Shape(BaseModel):
    """An object with these members and no others."""

    model_config = ConfigDict(extra="forbid")


class Listed(Shape, Generic[Item]):
    """A page of a list. More is had with `?after=` the id of its last item."""

    object: Literal["list"]
    data: list[Item]
    has_more: bool


class Fault(Shape):
    """One thing that is wrong, and where: a JSON pointer into what was sent."""

    pointer: str
    detail: str


class Problem(Shape):
    """An error (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[Fault] = []
    request_id: str
    limit: str | None = Field(None, description="The limit that was passed, where one was")
    value: int | None = Field(None, description="The limit's value")
    asked: int | None = Field(None, description="What was asked for, where that is known")


class PredictionError(Shape):
    """An error of the prediction protocol."""

    error: str


class Dataset(Shape):
    """A data set, as it was understood."""

    id: str
    object: Literal["dataset"]
    name: str
    format: str
    bytes: int
    sha256: str
    rows: int
    inputs: dict[str, Any]
    target: dict[str, Any]
    splits: dict[str, int]
    warnings: list[str]
    options: dict[str, Any]
    created_at: datetime


class Made(Shape):
    """The model version that a job made."""

    id: str
    name: str
    version: int


class JobError(Shape):
    """Why a job failed, and what may help."""

    code: Literal["nan_loss", "out_of_memory", "time_limit", "worker_lost", "invalid_data", "internal"]
    message: str
    hint: str
    retryable: bool


class JobBrief(Shape):
    """A job in a list."""

    id: str
    object: Literal["job"]
    name: str
    status: Status
    cancel_requested: bool
    progress: dict[str, Any] | None
    metrics: Metrics
    attempt: int
    error: JobError | None
    model: Made | None
    dataset: dict[str, str]
    priority: int
    tags: dict[str, str]
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class Place(Shape):
    """A place in the queue, and when the job may begin, if that can be guessed."""

    position: int
    estimated_start: datetime | None


class Transition(Shape):
    """A change of a job's status."""

    status: Status
    at: datetime
    attempt: int | None = None
    worker: str | None = None
    reason: str | None = None


class Job(JobBrief):
    """A job: `spec` is what was sent, `resolved` all of it with defaults, `plan` how it is run."""

    queue: Place | None
    transitions: list[Transition]
    spec: dict[str, Any]
    resolved: dict[str, Any]
    resolved_sha256: str
    plan: dict[str, Any] | None
    environment: dict[str, Any] | None


class Epoch(Shape):
    """An epoch's figures."""

    epoch: int
    metrics: Metrics
    learning_rate: float | None
    seconds: float
    at: datetime


class LogLine(Shape):
    """A line that the training printed."""

    number: int
    line: str
    attempt: int
    at: datetime


class Event(Shape):
    """Something that happened. The `id` is for `Last-Event-ID`."""

    id: str
    event: Literal["status", "progress", "epoch", "log", "end"]
    data: dict[str, Any]


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


class Token(Shape):
    """A bearer token."""

    id: str
    object: Literal["token"]
    user: str
    role: Literal["admin", "user"]
    created_at: datetime


class NewToken(Token):
    """A token that was just made. It is shown this once."""

    token: str


class Quota(Shape):
    """How much of a limit is used."""

    limit: int
    used: int
    left: int


class User(Shape):
    """Somebody who may own things."""

    id: str
    object: Literal["user"]
    name: str
    role: Literal["admin", "user"]
    created_at: datetime
    quota: dict[str, Quota]


class Limit(Shape):
    """A limit: its value and, where it is used up, what is left."""

    limit: str
    value: int
    unit: str
    description: str
    used: int | None = None
    left: int | None = None


class Worker(Shape):
    """A worker that said something lately, and the jobs that it runs."""

    name: str
    object: Literal["worker"]
    slots: int
    devices: list[str]
    draining: bool
    running: list[str]
    started_at: datetime
    seen_at: datetime


class Layer(Shape):
    """A layer: the JSON schema of its arguments; `augmentation` is for `training.augment` alone."""

    type: str
    object: Literal["layer"]
    description: str
    augmentation: bool
    arguments: dict[str, Any]


class Alive(Shape):
    """The process answers."""

    status: Literal["ok"]


class Check(Shape):
    """Whether one part is there."""

    ok: bool
    detail: str


class Ready(Shape):
    """Whether the service can work: the database, the broker and the artifacts must be there."""

    status: Literal["ready", "not ready"]
    checks: dict[str, Check]
