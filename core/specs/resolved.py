"""A job with nothing left to guess: what a trainer is given, and what is kept with a model."""

import hashlib
import json
from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import Field

from core.specs.base import Data
from core.specs.layers import AnyAugmentation, Layer
from core.specs.layers.entries import Again, AnyEntry, Entry
from core.specs.losses import AnyLoss
from core.specs.metrics import AnyMetric
from core.specs.optimizers import AnyOptimizer
from core.specs.scalars import Flag, Natural, NonNegative, Positive, Real
from core.specs.spec import BatchSize, Precision, Share, TrainingSeed

Encoding = Literal["index", "one_hot", "binary", "value", "input"]


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
    """`Training` with schedule and clip moved into the optimizer; losses and metrics are with the outputs."""

    optimizer: AnyOptimizer
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


class ResolvedInput(Data):
    """An input of the network: its name in the graph, and what a row of it is, without the batch."""

    name: str
    shape: tuple[Positive, ...]
    dtype: Literal["float32", "int32"]


class ResolvedOutput(Data):
    """An output of the network, and what it is compared with.

    Attributes:
        name: of the layer that puts it out.
        target: the number of the data set's target, from 0.
        encoding: what a batch of targets is, for `n` rows, `k` classes and `w` numbers in a target:
            "index" int32 (n,); "one_hot" float32 (n, k); "binary" float32 (n, 1) of 0 and 1;
            "value" float32 (n, w); "input" the network's first input itself.
            Keras's hinge losses make -1 and 1 of 0 and 1 by themselves.
        shape: of one row of what is put out.
        ending: the activation that shapes it.
        loss: with all its arguments.
        loss_weight: what the loss counts beside those of other outputs.
        metrics: with all their arguments, and names that differ.
    """

    name: str
    target: Natural
    encoding: Encoding
    shape: tuple[Positive, ...]
    ending: str
    loss: AnyLoss
    loss_weight: NonNegative
    metrics: tuple[AnyMetric, ...]


class Resolved(Data):
    """All of a job.

    Attributes:
        inputs: of the network, in the order of the data set's.
        layers: each after those that it takes, with all its arguments, a name of its own and its inputs.
        outputs: in the order that was asked for.
        training: with all its arguments.
        class_weight: what a row of each class weighs, in the order of the classes' numbers.
        max_seconds: after how long the job is ended.
    """

    inputs: Annotated[tuple[ResolvedInput, ...], Field(min_length=1)]
    layers: Annotated[tuple[AnyEntry, ...], Field(min_length=1)]
    outputs: Annotated[tuple[ResolvedOutput, ...], Field(min_length=1)]
    training: ResolvedTraining
    class_weight: tuple[NonNegative, ...] | None
    max_seconds: Positive

    @cached_property
    def made(self) -> dict[str, Layer]:
        """The layers by name, each once, however often it is applied."""
        return {entry.name or "": entry for entry in self.layers if isinstance(entry, Layer)}

    def layer_of(self, entry: Entry) -> Layer:
        """The layer that is applied there."""
        return self.made[entry.layer] if isinstance(entry, Again) else entry

    @property
    def is_chain(self) -> bool:
        """Whether each layer takes what the one before it puts out, which Keras calls sequential."""
        before = [self.inputs[0].name, *(entry.name for entry in self.layers)]
        alone = len(self.inputs) == len(self.outputs) == 1
        return alone and all(
            isinstance(entry, Layer) and entry.inputs == (name,)
            for entry, name in zip(self.layers, before, strict=False)
        )

    @property
    def sha256(self) -> str:
        """The hash of its canonical JSON (keys sorted, no spaces), in hexadecimal."""
        return _hash(self.model_dump(mode="json"))

    @property
    def work_sha256(self) -> str:
        """The hash of what decides how long a step of the training takes: the network with losses and
        metrics, the batch size, the precision, the augmentation, and the optimizer's type.

        How inputs and layers are called makes no difference, but inside of wrappers. Arguments that cost no
        time do: a dropout's rate, say.
        """
        training = self.training.model_dump(mode="json", include={"batch_size", "precision", "augment"})
        return _hash({**self._network(), **training, "optimizer": type(self.training.optimizer).__name__})

    @property
    def meaning_sha256(self) -> str:
        """The hash of what a spec means: the same for two that differ in names alone, or in the seed."""
        training = self.training.model_dump(mode="json", exclude={"seed"})
        return _hash({**self._network(), "training": training, "class_weight": self.class_weight})

    def _network(self) -> dict[str, Any]:
        """Inputs, layers and outputs, with places where they have names."""
        network = self.model_dump(mode="json", include={"inputs", "layers", "outputs"})
        places = {one["name"]: place for place, one in enumerate([*network["inputs"], *network["layers"]])}
        return {key: [_nameless(one, places) for one in items] for key, items in network.items()}


def _nameless(one: dict[str, Any], places: Mapping[str, int]) -> dict[str, Any]:
    """An input, layer or output with places where it has names: its own, its inputs', its shared layer's."""
    found = {**one, "name": places[one["name"]]}
    if one.get("inputs"):
        found["inputs"] = [places[name] for name in one["inputs"]]
    if isinstance(one.get("layer"), str):
        found["layer"] = places[one["layer"]]
    return found


def _hash(document: dict[str, Any]) -> str:
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()
