"""What network, loss and target have to do with one another."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from core.specs import wording
from core.specs.activations import PROBABILITIES, SHARES
from core.specs.backwards import Steps, before, ender, width_of
from core.specs.facts import TargetFacts
from core.specs.graph import Node
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

_KINDS = {
    "class": "a class",
    "number": "a number",
    "vector": "a list of numbers",
    "multilabel": "a list of labels",
    "reconstruction": "the input itself",
}


class Output(NamedTuple):
    """What comes out of a network.

    Attributes:
        name: of the layer that puts it out.
        shape: of one row.
        ending: the activation that shapes it.
        path: to the argument that sets its width, or else to the last layer; it begins at the layers.
        shared: whether that argument sets the width of something else too.
    """

    name: str
    shape: tuple[int, ...]
    ending: str
    path: tuple[str | int, ...]
    shared: bool

    @property
    def width(self) -> int:
        """How many numbers it has."""
        return math.prod(self.shape)

    @property
    def logits(self) -> bool:
        """Whether these are scores without bounds, and not probabilities."""
        return self.ending not in PROBABILITIES


def output(steps: Steps, name: str, target: TargetFacts) -> Output:
    """What the layer of that name puts out; raises a Misfit, its path from the layers, unless it is flat, or
    of the input's shape where it is compared with that.
    """
    step = steps[name]
    shape = step.output_shape
    if len(shape) != 1 and target.kind != "reconstruction":
        raise wording.Misfit(
            f"The network puts out {wording.by(shape)} for each row, and it should be one flat list "
            "of numbers: put a Flatten, or a pooling over everything, before the last Dense",
            step.node.place,
            code="flatten_missing",
            cure=_flatter(steps, step),
        )
    node, argument = _decisive(steps, step)
    path = (node.made, argument) if argument else (node.place,)
    return Output(name, shape, ender(steps, step).layer.ending() or "linear", path, node.shared)


def _flatter(steps: Steps, last: Step) -> wording.Cure:
    """A Flatten before the Dense that makes the outputs, where a list of layers has room for one."""
    detail = "Put a Flatten before the layer that makes the outputs"
    maker, argument = _decisive(steps, last)
    if argument != "units" or maker.layer.inputs is not None or maker.shared:
        return wording.Cure(detail)
    return wording.Cure(detail, (wording.Change((maker.place,), {"type": "Flatten"}),))


def _decisive(steps: Steps, last: Step) -> tuple[Node, str | None]:
    """The layer that sets the number of outputs and its argument, or the last layer if there is none."""
    step: Step | None = last
    while step is not None:
        if argument := width_of(step.layer):
            return step.node, argument
        if (step.output_shape,) != step.input_shapes:
            break
        step = before(steps, step)
    return last.node, None


def choose_loss(said: Loss | str, target: TargetFacts, out: Output, metrics: Sequence[Metric | str]) -> Loss:
    """The loss with everything decided; a word stands for the cross-entropy (or squared error) that fits."""
    if isinstance(said, Loss):
        return said.with_logits(out.logits)
    if target.kind != "class":
        if said == "auto" and target.kind != "multilabel":
            return MeanSquaredError()
        if target.kind in {"number", "vector"}:
            raise _needs("Cross-entropy", target)
        return BinaryCrossentropy(from_logits=out.logits)
    if out.width == 1 and len(target.classes) == 2:
        return BinaryCrossentropy(from_logits=out.logits)
    # Some metrics compare rows with rows, for which classes must be one-hot.
    rows = any(isinstance(metric, Metric) and "index" not in metric.encodings for metric in metrics)
    if rows and out.width == len(target.classes):
        return CategoricalCrossentropy(from_logits=out.logits)
    return SparseCategoricalCrossentropy(from_logits=out.logits)


def encode(loss: Loss, target: TargetFacts, out: Output, said: tuple[str, ...]) -> Encoding:
    """How targets are written for `loss`; raises a Misfit, its path from the document's root, if they cannot
    be. `said` is the path to what is said of the loss.
    """
    name = type(loss).__name__
    if target.kind not in loss.kinds:
        raise _needs(name, target).moved(*said)
    if target.kind == "class":
        return _encode_class(loss, target, out)
    if target.kind == "reconstruction":
        _check_reconstruction(target, out)
        return "input"
    if out.width != target.width:
        raise _width(
            target.width, f"{target.width} as the target has {wording.counted(target.width, 'number')}", out
        )
    if loss.one_score_each and out.width < 2:
        raise wording.Misfit(f"{name} compares several outputs, and there is 1", *said)
    return "value"


def _check_reconstruction(target: TargetFacts, out: Output) -> None:
    if out.shape != target.shape:
        raise wording.Misfit(
            f"The network puts out {wording.by(out.shape)}, and it should put out what went in, "
            f"{wording.by(target.shape)}",
            "model",
            "layers",
            *out.path,
        )


def _encode_class(loss: Loss, target: TargetFacts, out: Output) -> Encoding:
    classes = len(target.classes)
    if loss.takes == "index":
        if out.width < max(classes, 2):
            raise _width(classes, f"at least {classes}, one for each class", out)
        return "index"
    if out.width == 1 and classes == 2 and not loss.one_score_each:
        if out.ending in SHARES:
            raise _width(2, f"2, as {out.ending} over a single one is always 1", out)
        return "binary"
    if out.width != classes:
        alone = ", or 1 for both" if classes == 2 and not loss.one_score_each else ""
        raise _width(classes, f"{classes}, one for each class{alone}", out)
    return "one_hot"


def default_metrics(loss: Loss, target: TargetFacts) -> list[Metric | str]:
    """What is measured if nobody says."""
    if target.kind == "class":
        return ["accuracy"]
    if target.kind == "multilabel" or isinstance(loss, BinaryCrossentropy | BinaryFocalCrossentropy):
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
    if encoding in {"value", "input"} and not isinstance(loss, BinaryCrossentropy | BinaryFocalCrossentropy):
        raise wording.Misfit(
            f"{word} is for classes, and this target is numbers: use mean_absolute_error",
            code="accuracy_for_numbers",
            cure=wording.Cure(
                "Use mean_absolute_error", (wording.Change((), "mean_absolute_error", "replace"),)
            ),
        )
    return BinaryAccuracy(name=word)


def _needs(name: str, target: TargetFacts) -> wording.Misfit:
    """That a loss is for classes, and the target is none; its path begins at the loss."""
    detail = f"{name} is for classes, and this data set's target is {_KINDS[target.kind]}"
    code, loss, hint = "crossentropy_for_numbers", "mean_squared_error", ""
    if target.kind == "multilabel":
        code, loss = "one_hot_labels", "binary_crossentropy"
    elif target.kind == "vector":
        # Numbers are standardised, so that zeros and ones are not what they were.
        hint = "; if these are zeros and ones, upload the data set with the task 'multilabel'"
    cure = wording.Cure(f"Use {loss}", (wording.Change((), loss),))
    return wording.Misfit(f"{detail}: use {loss}{hint}", code=code, cure=cure)


def _width(number: int, wanted: str, out: Output) -> wording.Misfit:
    cure = wording.Cure(f"Set it to {number}", (wording.Change(out.path, number),))
    if out.path[-1] != "units" or out.shared:
        cure = wording.Cure(f"End the network with a Dense of {wording.counted(number, 'unit')}")
    return wording.Misfit(
        f"The network puts out {wording.counted(out.width, 'number')}, and it should put out {wanted}",
        *out.path,
        code="units_mismatch",
        cure=cure,
    ).moved("model", "layers")
