"""What a client asks for: the document of a job."""

from collections.abc import Iterable
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, PrivateAttr, StringConstraints, TypeAdapter, WithJsonSchema

from core.errors import Fault
from core.specs import wording
from core.specs.base import Data
from core.specs.by_output import ByOutput
from core.specs.keras_json.tracing import Origin
from core.specs.layers import AnyAugmentation
from core.specs.layers.entries import AnyEntry, read_entry
from core.specs.listing import item_by_item
from core.specs.losses import LossOrWord
from core.specs.metrics import MetricOrWord
from core.specs.optimizers import Adam, AnyOptimizer
from core.specs.scalars import Above0, Flag, Identifier, Natural, NonNegative, Positive, Real
from core.specs.schedules import AnySchedule

NAME = r"^[a-z0-9][a-z0-9._-]{0,62}$"

Name = Annotated[str, StringConstraints(strict=True, pattern=NAME)]
Monitor = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=128)]
Mode = Literal["auto", "min", "max"]
ClassWeights = Annotated[
    dict[Annotated[str, StringConstraints(max_length=1000)], NonNegative],
    Field(min_length=1, max_length=100_000),
]
Precision = Literal["float32", "mixed_float16", "mixed_bfloat16"]
Share = Annotated[float, Field(strict=True, ge=0, lt=1)]
TrainingSeed = Annotated[int, Field(strict=True, ge=0, le=2**32 - 1)]
BatchSize = Annotated[int, Field(strict=True, ge=1, le=1_000_000)]

_WEIGHTS: TypeAdapter[dict[str, float]] = TypeAdapter(ClassWeights)


def _class_weight(value: object) -> str | dict[str, float]:
    if isinstance(value, str):
        if value != "balanced":
            raise wording.misfit(
                'class_weight must be "balanced" or an object such as {"cat": 1, "dog": 2.5}'
            )
        return value
    return _WEIGHTS.validate_python(value)


_METRIC: TypeAdapter[Any] = TypeAdapter(MetricOrWord)
_AUGMENTATION: TypeAdapter[Any] = TypeAdapter(AnyAugmentation)
_Metrics = Annotated[
    tuple[MetricOrWord, ...], Field(max_length=32), item_by_item(_METRIC.validate_python, most=32)
]


class GraphInput(Data):
    """What a graph calls an input of the data set, and the shape that it expects of a row; null is any size.

    Inputs are matched by name where all names are the data set's, else in order.
    """

    name: Identifier
    shape: Annotated[tuple[Natural | None, ...], Field(max_length=8)] | None = None


class LayersModel(Data):
    """A network as a list of layers: each takes what the one before it puts out, or what its `inputs` name.

    `outputs` names the layers whose outputs the network puts out; by default the last. `inputs` gives the
    data set's inputs other names.
    """

    inputs: Annotated[tuple[GraphInput, ...], Field(min_length=1, max_length=64)] | None = None
    layers: Annotated[tuple[AnyEntry, ...], Field(min_length=1), item_by_item(read_entry)]
    outputs: Annotated[tuple[Identifier, ...], Field(min_length=1, max_length=64)] | None = None

    _origin: Origin | None = PrivateAttr(None)

    @property
    def origin(self) -> Origin | None:
        """Where it was read from, if that was Keras's JSON."""
        return self._origin

    def read_from(self, origin: Origin) -> Self:
        """The same model, which knows where it was read from."""
        model = self.model_copy()
        model._origin = origin  # noqa: SLF001 - its own
        return model

    def trace(self, faults: Iterable[Fault]) -> list[Fault]:
        """The faults with pointers into the document that was sent."""
        return [self._origin.trace(fault) if self._origin else fault for fault in faults]


class EarlyStopping(Data):
    """Ends training when a metric no longer gets better; Keras's callback of that name.

    `monitor` is by default `val_loss`, or `loss` without a validation split.
    """

    monitor: Monitor | None = None
    min_delta: NonNegative = 0.0
    patience: Annotated[int, Field(strict=True, ge=0, le=1_000_000)] = 0
    mode: Mode = "auto"
    baseline: Real | None = None
    start_from_epoch: Annotated[int, Field(strict=True, ge=0, le=1_000_000)] = 0
    restore_best: Flag = False


class ReduceOnPlateau(Data):
    """Lowers the learning rate when a metric no longer gets better; Keras's ReduceLROnPlateau."""

    monitor: Monitor | None = None
    factor: Annotated[float, Field(strict=True, ge=0, lt=1)] = 0.1
    patience: Annotated[int, Field(strict=True, ge=0, le=1_000_000)] = 10
    min_delta: NonNegative = 1e-4
    mode: Mode = "auto"
    cooldown: Annotated[int, Field(strict=True, ge=0, le=1_000_000)] = 0
    min_lr: NonNegative = 0.0


class Training(Data):
    """How the network is trained; everything has a default.

    A network with several outputs may have `loss` and `metrics` as objects by output's name, `loss_weights`,
    and `targets`: which of the data set's targets an output is compared with.
    """

    optimizer: AnyOptimizer = Adam()
    learning_rate_schedule: AnySchedule | None = None
    loss: Annotated[LossOrWord | dict[str, LossOrWord], ByOutput(LossOrWord)] = "auto"
    loss_weights: Annotated[dict[Identifier, NonNegative], Field(max_length=64)] | None = None
    metrics: Annotated[_Metrics | dict[str, _Metrics], ByOutput(_Metrics)] | None = None
    targets: Annotated[dict[Identifier, str], Field(max_length=64)] | None = None
    epochs: Positive = 5
    batch_size: BatchSize = 32
    validation_split: Share = 0.1
    shuffle: Flag = True
    seed: TrainingSeed = 0
    early_stopping: EarlyStopping | None = None
    reduce_on_plateau: ReduceOnPlateau | None = None
    class_weight: (
        Annotated[
            str | dict[str, float],
            BeforeValidator(_class_weight),
            WithJsonSchema({"anyOf": [{"const": "balanced"}, _WEIGHTS.json_schema()]}),
        ]
        | None
    ) = None
    augment: Annotated[
        tuple[AnyAugmentation, ...],
        Field(max_length=16),
        item_by_item(_AUGMENTATION.validate_python, most=16),
    ] = ()
    precision: Precision = "float32"
    clip_norm: Above0 | None = None
    initial_model: Annotated[str, StringConstraints(strict=True, min_length=1, max_length=200)] | None = None
    deterministic: Flag = False


class Resources(Data):
    """Where the job may run."""

    accelerator: Literal["any", "cpu", "gpu"] = "any"
    gpus: Annotated[int, Field(strict=True, ge=1, le=1024)] = 1


class JobLimits(Data):
    """When the job is ended at the latest; the default is the most that is allowed."""

    max_seconds: Positive | None = None


_Tag = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=64)]
_TagValue = Annotated[str, StringConstraints(strict=True, max_length=256)]


class JobSpec(Data):
    """A job: what to train, on what, and how."""

    name: Name | None = None
    dataset: Annotated[str, StringConstraints(strict=True, min_length=1, max_length=200)]
    model: LayersModel
    training: Training = Training()
    resources: Resources = Resources()
    limits: JobLimits = JobLimits()
    priority: Annotated[int, Field(strict=True, ge=-100, le=100)] = 0
    tags: Annotated[dict[_Tag, _TagValue], Field(default_factory=dict, max_length=32)]
