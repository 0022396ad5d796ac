"""Keras's optimizers."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Self

from pydantic import (
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    StringConstraints,
    TypeAdapter,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema
from typing_extensions import override

from core.specs import schedules, wording
from core.specs.base import Family, Named
from core.specs.scalars import Above0, BelowOne, Flag, Fraction, Natural, NonNegative, Positive, Real

CLIPS = ("clipnorm", "clipvalue", "global_clipnorm")
_RATE: TypeAdapter[float] = TypeAdapter(NonNegative)


class _Rate:
    """An annotation for a number or a schedule, as a union has two errors for one mistake."""

    def read(self, value: object) -> float | schedules.Schedule | str:
        """Whichever it is."""
        if isinstance(value, dict | schedules.Schedule):
            return schedules.FAMILY.read(value)
        return _RATE.validate_python(value)

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            self.read, serialization=core_schema.plain_serializer_function_ser_schema(_written)
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {
            "anyOf": [_RATE.json_schema(), schedules.FAMILY.__get_pydantic_json_schema__(schema, handler)]
        }


def _written(value: object) -> Any:  # noqa: ANN401 - JSON
    return value.model_dump(mode="json") if isinstance(value, Named) else value


LearningRate = Annotated[float | schedules.Schedule, _Rate()]


class Optimizer(Named):
    """How weights follow their gradients."""

    family: ClassVar[str] = "optimizer"
    refused: ClassVar[Mapping[str, str]] = {"name": "it has no effect on training"}

    learning_rate: LearningRate = 0.001
    weight_decay: NonNegative | None = None
    clipnorm: Above0 | None = None
    clipvalue: Above0 | None = None
    global_clipnorm: Above0 | None = None
    use_ema: Flag = False
    ema_momentum: Fraction = 0.99
    ema_overwrite_frequency: Positive | None = None
    loss_scale_factor: Above0 | None = None
    gradient_accumulation_steps: Annotated[int, Field(strict=True, ge=2, le=1_000_000)] | None = None

    @model_validator(mode="after")
    def _one_clip(self) -> Self:
        given = [name for name in CLIPS if getattr(self, name) is not None]
        if len(given) > 1:
            raise wording.misfit(
                f"Only one of {', '.join(CLIPS)} can be given, not {' and '.join(given)}", given[1]
            )
        return self

    def slots(self) -> int:
        """How many numbers it remembers for each that it trains."""
        return self.own_slots() + self.use_ema + (self.gradient_accumulation_steps is not None)

    def own_slots(self) -> int:
        """The same, without what is common to all."""
        return 2


class SGD(Optimizer):
    """Steps down the gradient, with momentum if asked."""

    learning_rate: LearningRate = 0.01
    momentum: Fraction = 0.0
    nesterov: Flag = False

    @override
    def own_slots(self) -> int:
        return int(self.momentum > 0)


class RMSprop(Optimizer):
    """Steps divided by the recent size of gradients."""

    rho: Fraction = 0.9
    momentum: Fraction = 0.0
    epsilon: NonNegative = 1e-7
    centered: Flag = False

    @override
    def own_slots(self) -> int:
        return 1 + (self.momentum > 0) + self.centered


class Adam(Optimizer):
    """Moving averages of gradients and of their squares."""

    beta_1: BelowOne = 0.9
    beta_2: BelowOne = 0.999
    epsilon: NonNegative = 1e-7
    amsgrad: Flag = False

    @override
    def own_slots(self) -> int:
        return 2 + self.amsgrad


class AdamW(Adam):
    """Adam with weight decay."""

    weight_decay: NonNegative | None = 0.004

    @model_validator(mode="after")
    def _decays(self) -> Self:
        if self.weight_decay is None:
            raise wording.misfit("AdamW needs a weight_decay; without one it is Adam", "weight_decay")
        return self


class Adadelta(Optimizer):
    """Steps sized by past steps."""

    rho: Fraction = 0.95
    epsilon: NonNegative = 1e-7


class Adagrad(Optimizer):
    """Steps divided by all past gradients."""

    initial_accumulator_value: NonNegative = 0.1
    epsilon: NonNegative = 1e-7

    @override
    def own_slots(self) -> int:
        return 1


class Adamax(Optimizer):
    """Adam with the largest gradient in place of the mean square."""

    beta_1: BelowOne = 0.9
    beta_2: BelowOne = 0.999
    epsilon: NonNegative = 1e-7


class Adafactor(Optimizer):
    """Adam that remembers rows and columns of matrices in place of all their numbers."""

    beta_2_decay: Annotated[float, Field(strict=True, ge=-100, lt=0)] = -0.8
    epsilon_1: NonNegative = 1e-30
    epsilon_2: NonNegative = 0.001
    clip_threshold: Above0 = 1.0
    relative_step: Flag = True


class Nadam(Optimizer):
    """Adam with Nesterov's momentum."""

    beta_1: BelowOne = 0.9
    beta_2: BelowOne = 0.999
    epsilon: NonNegative = 1e-7


class Ftrl(Optimizer):
    """Follow the regularized leader: for sparse inputs."""

    learning_rate_power: Annotated[float, Field(strict=True, ge=-100, le=0)] = -0.5
    initial_accumulator_value: NonNegative = 0.1
    l1_regularization_strength: NonNegative = 0.0
    l2_regularization_strength: NonNegative = 0.0
    l2_shrinkage_regularization_strength: NonNegative = 0.0
    beta: NonNegative = 0.0


class Lion(Optimizer):
    """Steps by the sign of the momentum."""

    beta_1: Annotated[float, Field(strict=True, gt=0, le=1)] = 0.9
    beta_2: Fraction = 0.99

    @override
    def own_slots(self) -> int:
        return 1


class Lamb(Optimizer):
    """Adam with a trust ratio for every layer: for large batches."""

    beta_1: BelowOne = 0.9
    beta_2: BelowOne = 0.999
    epsilon: NonNegative = 1e-7


class Muon(Optimizer):
    """Orthogonal steps for matrices, Adam for the rest."""

    weight_decay: NonNegative | None = 0.004
    adam_beta_1: BelowOne = 0.9
    adam_beta_2: BelowOne = 0.999
    adam_weight_decay: NonNegative | None = 0.004
    epsilon: NonNegative = 1e-7
    # Keras reads them as regular expressions: only letters, so that none can take for ever.
    exclude_layers: (
        Annotated[
            tuple[Annotated[str, StringConstraints(strict=True, pattern=r"^[A-Za-z0-9_/-]{1,64}$")], ...],
            Field(max_length=64),
        ]
        | None
    ) = None
    exclude_embeddings: Flag = True
    muon_a: Real = 3.4445
    muon_b: Real = -4.775
    muon_c: Real = 2.0315
    adam_lr_ratio: NonNegative = 1
    momentum: Fraction = 0.95
    ns_steps: Annotated[int, Field(strict=True, ge=0, le=100)] = 5
    nesterov: Flag = True
    rms_rate: NonNegative | None = 0.2


class ScheduleFreeAdamW(Optimizer):
    """AdamW that averages its steps instead of a schedule."""

    learning_rate: LearningRate = 0.0025
    beta_1: BelowOne = 0.9
    beta_2: BelowOne = 0.999
    epsilon: NonNegative = 1e-8
    warmup_steps: Natural = 0


FAMILY: Family[Optimizer] = Family(
    "optimizer",
    (
        Adadelta,
        Adafactor,
        Adagrad,
        Adam,
        AdamW,
        Adamax,
        Ftrl,
        Lamb,
        Lion,
        Muon,
        Nadam,
        RMSprop,
        SGD,
        ScheduleFreeAdamW,
    ),
    refused={
        "LossScaleOptimizer": "training.precision mixed_float16 brings it along",
        "MultiOptimizer": "it takes other optimizers apart by layer, and a job has one",
        "OptimizerMap": "it takes other optimizers apart by layer, and a job has one",
        "Optimizer": "it is what the others are made from",
    },
    any_case=True,
)

AnyOptimizer = Annotated[Optimizer, FAMILY]
"""A field's type."""
