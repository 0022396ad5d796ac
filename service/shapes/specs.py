"""What a spec may be made of, and what there is to say of one."""

from typing import Any, Literal

from pydantic import Field

from service.shapes.common import Shape, Suggestion
from service.shapes.jobs import Job


class Inputs(Shape):
    """How many inputs a layer takes."""

    least: int
    most: int


class Layer(Shape):
    """A layer: where Keras keeps it, where it may be used, and the JSON schema of its arguments."""

    type: str
    object: Literal["layer"]
    description: str
    group: str = Field(description="Keras's own: core, convolutional, pooling …")
    inputs: Inputs
    network: bool = Field(description="Whether a network may have it")
    augmentation: bool = Field(description="Whether training.augment may have it")
    arguments: dict[str, Any]


class Part(Shape):
    """An optimizer, loss, metric or the like: its other names, and the JSON schema of its arguments."""

    type: str
    object: str
    description: str
    names: list[str] = Field(description="Other names that it goes by")
    arguments: dict[str, Any]


class Activation(Shape):
    """An activation, which a layer takes by name."""

    type: str
    object: Literal["activation"]
    names: list[str]


class Warned(Shape):
    """Something that a teacher would say, where, and what to change."""

    code: str
    detail: str
    pointer: str
    suggestion: Suggestion


class LayerSummary(Shape):
    """A layer in its place: what comes out for one row, and what it costs."""

    name: str
    type: str
    output_shape: list[int]
    parameters: int
    multiply_adds: int = Field(description="For one row, forward")
    memory_bytes: int = Field(description="Its share of a training step's")
    inputs: list[str]


class Pace(Shape):
    """How long an epoch will take, and from how many earlier jobs that is known."""

    estimate: float
    from_jobs: int


class Checked(Shape):
    """A job that could be trained."""

    object: Literal["check"]
    layers: list[LayerSummary]
    parameters: int
    trainable_parameters: int
    multiply_adds: int
    memory_bytes: int
    resolved: dict[str, Any]
    seconds_per_epoch: Pace | None
    warnings: list[Warned]


class Template(Shape):
    """A network to start from, as a job on the data set that it was fitted to."""

    name: Literal["dense", "convolutional", "recurrent"]
    object: Literal["template"]
    description: str
    spec: dict[str, Any]


class Submitted(Job):
    """A job that was just taken, and what a teacher would say of it."""

    warnings: list[Warned]
