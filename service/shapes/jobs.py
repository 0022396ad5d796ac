"""Jobs and their story."""

from datetime import datetime
from typing import Any, Literal

from pydantic import ConfigDict

from service.shapes.common import Shape

Status = Literal["queued", "running", "succeeded", "failed", "cancelled"]
Metrics = dict[str, float | None]


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


class Place(Shape):
    """A place in the queue, and when the job may begin, if that can be guessed. `reason` is why no worker can
    begin it, as long as that is so: `no worker has a GPU`.
    """

    position: int
    reason: str | None
    estimated_start: datetime | None


class JobBrief(Shape):
    """A job in a list. It has a place in the queue while it is queued."""

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
    queue: Place | None


class Waiting(JobBrief):
    """A job in the queue, and whose it is."""

    owner: str


class Recorded(Shape):
    """How many epochs and lines of log there are by now."""

    epochs: int
    lines: int


class Transition(Shape):
    """A change of a job's status."""

    status: Status
    at: datetime
    attempt: int | None = None
    worker: str | None = None
    reason: str | None = None


class Job(JobBrief):
    """A job: `spec` is what was sent, `resolved` all of it with defaults, `plan` how it is run."""

    story: Recorded
    transitions: list[Transition]
    spec: dict[str, Any]
    resolved: dict[str, Any]
    resolved_sha256: str
    plan: dict[str, Any] | None
    environment: dict[str, Any] | None


class Network(Shape):
    """A network, untrained: a spec's `model`, or Keras's JSON of it."""

    model_config = ConfigDict(extra="allow")

    layers: list[dict[str, Any]] | None = None
    outputs: list[str] | None = None
    class_name: Literal["Sequential", "Functional"] | None = None
    config: dict[str, Any] | None = None


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
