"""How a network ends, beside what it is compared with."""

from collections.abc import Iterator

from core.errors import Fault
from core.specs import losses
from core.specs.activations import PROBABILITIES, SHARES
from core.specs.backwards import width_of
from core.specs.layers.normalization import MEMBERS as NORMALIZATIONS
from core.specs.metrics import accuracy
from core.specs.resolved import ResolvedOutput
from core.specs.tutor.case import DROPPING, Case, Path
from core.specs.wording import Change, Cure

SIGMOIDS = frozenset({"sigmoid", "hard_sigmoid", "sparse_sigmoid"})
BOUNDED = PROBABILITIES | {"relu", "relu6", "tanh", "hard_tanh", "softsign", "softplus", "exponential"}
"""Activations that numbers of any size do not come out of."""
_NUMBERS = frozenset({"number", "vector"})
_COMPARES = (
    losses.SparseCategoricalCrossentropy,
    losses.CategoricalCrossentropy,
    losses.CategoricalFocalCrossentropy,
    losses.CategoricalGeneralizedCrossEntropy,
    losses.BinaryCrossentropy,
    losses.BinaryFocalCrossentropy,
    losses.KLDivergence,
)
"""Losses that compare probabilities."""
_OF_NUMBERS = tuple(
    loss for loss in losses.FAMILY.members.values() if "class" in loss.kinds and "number" in loss.kinds
)
_OF_SHARES = frozenset({"MeanAbsolutePercentageError", "MeanSquaredLogarithmicError", "Poisson"})
"""Losses and metrics for numbers above 0."""
_ACCURACIES = (
    accuracy.Accuracy,
    accuracy.BinaryAccuracy,
    accuracy.CategoricalAccuracy,
    accuracy.TopKCategoricalAccuracy,
)


def softmax_missing(case: Case, output: ResolvedOutput) -> Iterator[Fault]:
    """Cross-entropy of probabilities on numbers that are none."""
    logits = getattr(output.loss, "from_logits", False)
    if isinstance(output.loss, _COMPARES) and not logits and output.ending not in PROBABILITIES:
        wanted, ender = _fitting(case, output), case.ender(output)
        yield case.advice(
            "softmax_missing",
            f"The loss compares probabilities, and the network ends in {output.ending}, which makes none: "
            f"end it in {wanted}",
            case.at(ender),
            Cure(f"End the network in {wanted}", case.activated(ender, wanted)),
        )


def softmax_doubled(case: Case, output: ResolvedOutput) -> Iterator[Fault]:
    """Probabilities of probabilities: all nearly the same, and slow to learn."""
    if getattr(output.loss, "from_logits", False) and output.ending in PROBABILITIES:
        path: Path = (*case.said_of("loss", output), "from_logits")
        yield case.advice(
            "softmax_doubled",
            f"The network ends in {output.ending}, and with from_logits the loss applies it once more",
            path,
            Cure("Set from_logits to false", (Change(path, value=False),)),
        )
    ender = case.ender(output)
    before = case.before(ender)
    while before is not None and before.layer.ending() is None:
        before = case.before(before)
    twice = before is not None and not width_of(ender.layer) and before.layer.ending() in SHARES
    if output.ending in SHARES and twice:
        yield case.advice(
            "softmax_doubled",
            f"{output.ending} is applied twice, one after the other: once makes probabilities, twice makes "
            "them all nearly the same",
            case.at(ender),
            Cure("Leave the first out", case.straightened(output, ender)),
        )


def sigmoid_for_classes(case: Case, output: ResolvedOutput) -> Iterator[Fault]:
    """Several classes of which one is right, each judged alone."""
    if case.target(output).kind == "class" and output.ending in SIGMOIDS and output.shape[0] > 1:
        ender = case.ender(output)
        yield case.advice(
            "sigmoid_for_classes",
            f"sigmoid judges each of the {output.shape[0]} classes alone, and one of them is right: softmax "
            "shares out the probability among them",
            case.at(ender),
            Cure("End the network in softmax", case.activated(ender, "softmax")),
        )


def softmax_for_labels(case: Case, output: ResolvedOutput) -> Iterator[Fault]:
    """Several labels that may be right together, made to share."""
    if case.target(output).kind == "multilabel" and output.ending in SHARES:
        ender = case.ender(output)
        yield case.advice(
            "softmax_for_labels",
            "Several labels may be right at once, and softmax lets them share one probability: sigmoid "
            "judges each alone",
            case.at(ender),
            Cure("End the network in sigmoid", case.activated(ender, "sigmoid")),
        )


def scores_bent(case: Case, output: ResolvedOutput) -> Iterator[Fault]:
    """Scores that an activation has cut before the loss makes probabilities of them."""
    free = {"linear", "log_softmax", "log_sigmoid"}
    if getattr(output.loss, "from_logits", False) and output.ending not in free | PROBABILITIES:
        ender = case.ender(output)
        yield case.advice(
            "scores_bent",
            f"The network ends in {output.ending}: the scores of the classes should be free to be any "
            "number, before the loss makes probabilities of them",
            case.at(ender),
            Cure("End the network without an activation", case.straightened(output)),
        )


def units_mismatch(case: Case, output: ResolvedOutput) -> Iterator[Fault]:
    """More outputs than classes: the others are never right."""
    classes, given = len(case.target(output).classes), output.shape[0] if output.shape else 1
    if output.encoding != "index" or given <= classes:
        return
    maker = case.maker(output)
    # Of a row that was made flat, the number of units is not the number of outputs.
    argument = width_of(maker.layer) if maker.output_shape == output.shape else None
    changes = case.set_alone(maker, argument, classes) if argument else ()
    yield case.advice(
        "units_mismatch",
        f"The network puts out {given:,} numbers, and there are {classes:,} classes: the others are never "
        "right",
        case.at(maker, *([argument] if argument else [])),
        Cure(f"Put out {classes}, one for each class", changes),
    )


def mse_for_classes(case: Case, output: ResolvedOutput) -> Iterator[Fault]:
    """A loss for numbers, on classes."""
    if case.target(output).kind in {"class", "multilabel"} and isinstance(output.loss, _OF_NUMBERS):
        path = case.said_of("loss", output)
        yield case.advice(
            "mse_for_classes",
            f"{type(output.loss).__name__} measures distances between numbers, and the target is a class: "
            "cross-entropy learns classes faster and better",
            path,
            Cure('Say "auto": it takes the cross-entropy that fits', (Change(path, "auto"),)),
        )


def accuracy_for_numbers(case: Case, output: ResolvedOutput) -> Iterator[Fault]:
    """How often a number is exactly right is hardly ever."""
    asked = case.spec.training.metrics
    if asked is None or case.target(output).kind not in _NUMBERS:
        return
    for place, metric in enumerate(output.metrics):
        if isinstance(metric, _ACCURACIES):
            path: Path = (*case.said_of("metrics", output), place)
            yield case.advice(
                "accuracy_for_numbers",
                f"{type(metric).__name__} counts how often a prediction is right, and a number hardly ever "
                "is: mean_absolute_error tells how far it is off",
                path,
                Cure("Use mean_absolute_error", (Change(path, "mean_absolute_error", "replace"),)),
            )


def standardised_target(case: Case, output: ResolvedOutput) -> Iterator[Fault]:
    """Shares and logarithms of numbers that are as often below 0 as above."""
    if case.target(output).kind not in _NUMBERS:
        return
    found: list[tuple[str, Path, object]] = []
    if type(output.loss).__name__ in _OF_SHARES:
        found.append((type(output.loss).__name__, case.said_of("loss", output), "mean_squared_error"))
    for place, metric in enumerate(output.metrics):
        if type(metric).__name__ in _OF_SHARES:
            path: Path = (*case.said_of("metrics", output), place)
            found.append((type(metric).__name__, path, "mean_absolute_error"))
    for name, path, instead in found:
        yield case.advice(
            "standardised_target",
            f"{name} is about the size of a number, and numbers are trained on with mean 0 and deviation 1: "
            "it would say nothing of those that were uploaded",
            path,
            Cure(f"Use {instead}", (Change(path, instead, "replace"),)),
        )


def bounded_output(case: Case, output: ResolvedOutput) -> Iterator[Fault]:
    """Numbers that cannot come out of the last activation."""
    if case.target(output).kind not in _NUMBERS or output.ending not in BOUNDED:
        return
    ender = case.ender(output)
    cure = Cure("End the network without an activation", case.straightened(output))
    if output.ending in SHARES and output.shape == (1,):
        yield case.advice(
            "softmax_of_one", f"{output.ending} over a single number is always 1", case.at(ender), cure
        )
    elif not isinstance(output.loss, _COMPARES):
        yield case.advice(
            "bounded_output",
            f"The network ends in {output.ending}, which some numbers never come out of, and the target is "
            "any number (and has mean 0 inside)",
            case.at(ender),
            cure,
        )


def dropout_on_output(case: Case, output: ResolvedOutput) -> Iterator[Fault]:
    """Answers that are thrown away at random."""
    for step in case.after_maker(output):
        if isinstance(step.layer, DROPPING):
            yield case.advice(
                "dropout_on_output",
                f"{step.layer.called()} after the last layer with weights throws answers away, not what "
                "they are made from: put it before that layer",
                case.at(step),
                Cure("Leave it out", case.without(step)),
            )


def normalization_on_output(case: Case, output: ResolvedOutput) -> Iterator[Fault]:
    """Answers that depend on who else is in the batch."""
    for step in case.after_maker(output):
        if isinstance(step.layer, NORMALIZATIONS):
            yield case.advice(
                "normalization_on_output",
                f"{step.layer.called()} after the last layer with weights changes the answers themselves: "
                "put it between hidden layers",
                case.at(step),
                Cure("Leave it out", case.without(step)),
            )


def _fitting(case: Case, output: ResolvedOutput) -> str:
    alone = case.target(output).kind == "multilabel" or output.shape == (1,)
    return "sigmoid" if alone or isinstance(output.loss, losses.BinaryCrossentropy) else "softmax"


LESSONS = (
    softmax_missing,
    softmax_doubled,
    sigmoid_for_classes,
    softmax_for_labels,
    scores_bent,
    units_mismatch,
    mse_for_classes,
    standardised_target,
    accuracy_for_numbers,
    bounded_output,
    dropout_on_output,
    normalization_on_output,
)
