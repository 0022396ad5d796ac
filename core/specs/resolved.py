"""A job with nothing left to guess: what a trainer is given, and what is kept with a model."""

import hashlib
import json
from typing import Annotated, Literal

from pydantic import Field

from core.specs.base import Data
from core.specs.layers import AnyAugmentation, AnyLayer
from core.specs.losses import AnyLoss
from core.specs.metrics import AnyMetric
from core.specs.optimizers import AnyOptimizer
from core.specs.scalars import Flag, NonNegative, Positive, Real
from core.specs.spec import BatchSize, Precision, Share, TrainingSeed

Encoding = Literal["index", "one_hot", "binary", "value"]


class ResolvedEarlyStopping(Data):
    """`EarlyStopping`, its `mode` never "auto"."""

    monitor: str
    min_delta: NonNegative
    patience: int
    mode: Literal["min", "max"]
    baseline: Real | None
    start_from_epoch: int
    restore_best: Flag


class ResolvedReduceOnPlateau(Data):
    """`ReduceOnPlateau`, its `mode` never "auto"."""

    monitor: str
    factor: float
    patience: int
    min_delta: NonNegative
    mode: Literal["min", "max"]
    cooldown: int
    min_lr: NonNegative


class ResolvedTraining(Data):
    """`Training`, with a schedule and a clip moved into the optimizer, and loss and metrics as objects."""

    optimizer: AnyOptimizer
    loss: AnyLoss
    metrics: tuple[AnyMetric, ...]
    epochs: Positive
    batch_size: BatchSize
    validation_split: Share
    shuffle: Flag
    seed: TrainingSeed
    early_stopping: ResolvedEarlyStopping | None
    reduce_on_plateau: ResolvedReduceOnPlateau | None
    augment: tuple[AnyAugmentation, ...]
    precision: Precision
    initial_model: str | None
    deterministic: Flag


class Resolved(Data):
    """All of a job.

    Attributes:
        input_shape: of one row, without the batch.
        input_dtype: of a row.
        layers: each with all its arguments and a name of its own.
        training: with all its arguments.
        target_encoding: what a batch of targets is, for `n` rows, `k` classes and `w` numbers in a target:
            "index" int32 (n,); "one_hot" float32 (n, k); "binary" float32 (n, 1) of 0 and 1;
            "value" float32 (n, w).
            Keras's hinge losses make -1 and 1 of 0 and 1 by themselves.
        class_weight: what a row of each class weighs, in the order of the classes' numbers.
        max_seconds: after how long the job is ended.
    """

    input_shape: tuple[Positive, ...]
    input_dtype: Literal["float32", "int32"]
    layers: Annotated[tuple[AnyLayer, ...], Field(min_length=1)]
    training: ResolvedTraining
    target_encoding: Encoding
    class_weight: tuple[NonNegative, ...] | None
    max_seconds: Positive

    @property
    def sha256(self) -> str:
        """The hash of its canonical JSON (keys sorted, no spaces), in hexadecimal."""
        text = json.dumps(
            self.model_dump(mode="json"), sort_keys=True, separators=(",", ":"), allow_nan=False
        )
        return hashlib.sha256(text.encode()).hexdigest()
