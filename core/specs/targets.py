"""What network, loss and target have to do with one another."""

from collections.abc import Sequence
from typing import NamedTuple

from core.specs import wording
from core.specs.activations import PROBABILITIES
from core.specs.facts import Facts
from core.specs.losses import (
    BinaryCrossentropy,
    BinaryFocalCrossentropy,
    CategoricalCrossentropy,
    Loss,
    MeanSquaredError,
    SparseCategoricalCrossentropy,
)
from core.specs.metrics import Metric
from core.specs.metrics.accuracy import BinaryAccuracy, CategoricalAccuracy, SparseCategoricalAccuracy
from core.specs.metrics.regression import MeanAbsoluteError
from core.specs.resolved import Encoding
from core.specs.walking import Step

_SHARES = frozenset({"softmax", "sparsemax"})
"""Activations that share out 1 among all outputs."""


class Output(NamedTuple):
    """What comes out of a network: how many numbers, through which activation, and the path to what decides
    it.
    """

    width: int
    ending: str
    path: tuple[str | int, ...]

    @property
    def logits(self) -> bool:
        """Whether these are scores without bounds, and not probabilities."""
        return self.ending not in PROBABILITIES


def output(steps: Sequence[Step]) -> Output:
    """What comes out at the end; raises a Misfit, its path from the layers, unless it is flat."""
    last = len(steps) - 1
    shape = steps[last].output_shape
    if len(shape) != 1:
        raise wording.Misfit(
            f"The network puts out {wording.by(shape)} for each row, and it should be one flat list "
            "of numbers: put a Flatten, or a pooling over everything, before the last Dense",
            last,
        )
    endings = (step.layer.ending() for step in reversed(steps))
    ending = next((one for one in endings if one is not None), "linear")
    return Output(shape[0], ending, _width_path(steps))


def _width_path(steps: Sequence[Step]) -> tuple[str | int, ...]:
    """The argument that sets the number of outputs, or the last layer if there is none."""
    for place in range(len(steps) - 1, -1, -1):
        step = steps[place]
        for argument in ("units", "filters"):
            if argument in type(step.layer).model_fields:
                return (place, argument)
        if step.output_shape != step.input_shape:
            break
    return (len(steps) - 1,)


def choose_loss(said: Loss | str, facts: Facts, out: Output, metrics: Sequence[Metric | str]) -> Loss:
    """The loss with everything decided; a word stands for the cross-entropy (or squared error) that fits."""
    if isinstance(said, Loss):
        return said.with_logits(out.logits)
    if facts.target_kind != "class":
        if said == "auto":
            return MeanSquaredError()
        if facts.target_kind == "number":
            raise wording.Misfit(_needs("Cross-entropy", facts))
        return BinaryCrossentropy(from_logits=out.logits)
    if out.width == 1 and len(facts.classes) == 2:
        return BinaryCrossentropy(from_logits=out.logits)
    # Some metrics compare rows with rows, for which classes must be one-hot.
    rows = any(isinstance(metric, Metric) and "index" not in metric.encodings for metric in metrics)
    if rows and out.width == len(facts.classes):
        return CategoricalCrossentropy(from_logits=out.logits)
    return SparseCategoricalCrossentropy(from_logits=out.logits)


def encode(loss: Loss, facts: Facts, out: Output) -> Encoding:
    """How targets are written for `loss`; raises a Misfit, its path from the document's root, if they cannot
    be.
    """
    name = type(loss).__name__
    if facts.target_kind not in loss.kinds:
        raise wording.Misfit(_needs(name, facts), "training", "loss")
    if facts.target_kind != "class":
        if out.width != facts.target_width:
            raise _width(
                f"{facts.target_width} as the target has {_count(facts.target_width, 'number')}", out
            )
        if loss.one_score_each and out.width < 2:
            raise wording.Misfit(f"{name} compares several outputs, and there is 1", "training", "loss")
        return "value"
    classes = len(facts.classes)
    if loss.takes == "index":
        if out.width < max(classes, 2):
            raise _width(f"at least {classes}, one for each class", out)
        return "index"
    if out.width == 1 and classes == 2 and not loss.one_score_each:
        if out.ending in _SHARES:
            raise _width(f"2, as {out.ending} over a single one is always 1", out)
        return "binary"
    if out.width != classes:
        alone = ", or 1 for both" if classes == 2 and not loss.one_score_each else ""
        raise _width(f"{classes}, one for each class{alone}", out)
    return "one_hot"


def default_metrics(loss: Loss, facts: Facts) -> list[Metric | str]:
    """What is measured if nobody says."""
    if facts.target_kind == "class":
        return ["accuracy"]
    if isinstance(loss, BinaryCrossentropy | BinaryFocalCrossentropy):
        return [BinaryAccuracy(name="binary_accuracy")]
    return [MeanAbsoluteError(name="mean_absolute_error")]


def choose_metric(said: Metric | str, loss: Loss, encoding: Encoding, out: Output) -> Metric:
    """The metric with everything decided; a word stands for the accuracy that fits, as in Keras."""
    metric = said if isinstance(said, Metric) else _accuracy(said, loss, encoding)
    if isinstance(metric, BinaryAccuracy) and out.logits and "threshold" not in metric.model_fields_set:
        # A logit of 0 is a probability of one half.
        metric = metric.model_copy(update={"threshold": 0.0})
    metric = metric.with_logits(out.logits)
    metric.check(encoding, out.width)
    return metric


def _accuracy(word: str, loss: Loss, encoding: Encoding) -> Metric:
    if encoding == "index":
        return SparseCategoricalAccuracy(name=word)
    if encoding == "one_hot":
        return CategoricalAccuracy(name=word)
    if encoding == "value" and not isinstance(loss, BinaryCrossentropy | BinaryFocalCrossentropy):
        raise wording.Misfit(f"{word} is for classes, and this target is numbers: use mean_absolute_error")
    return BinaryAccuracy(name=word)


def _needs(name: str, facts: Facts) -> str:
    target = {"class": "a class", "number": "a number", "vector": "a list of numbers"}[facts.target_kind]
    return f"{name} is for classes, and this data set's target is {target}: use mean_squared_error"


def _width(wanted: str, out: Output) -> wording.Misfit:
    return wording.Misfit(
        f"The network puts out {_count(out.width, 'number')}, and it should put out {wanted}",
        "model",
        "layers",
        *out.path,
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
