"""What layers make of one another."""

from collections.abc import Iterator

from core.errors import Fault
from core.specs.activations import SHARES
from core.specs.backwards import width_of
from core.specs.initializers import Constant, Ones, Zeros
from core.specs.layers import Joining
from core.specs.layers.core import Dense, Embedding
from core.specs.layers.normalization import MEMBERS as NORMALIZATIONS
from core.specs.tutor.case import DROPPING, Case, dense
from core.specs.tutor.outputs import SIGMOIDS
from core.specs.walking import Step
from core.specs.wording import Change, Cure

DEEP = 4
"""Layers with a sigmoid one after another, from which on the first of them hardly learn."""
HIGH_RATE = 0.8
SPARE = 10
"""How many times as many rows as words a table may have."""
SMALL_TABLE = 1000


def no_activation(case: Case) -> Iterator[Fault]:
    """Two Dense layers with nothing between them that bends."""
    for step in case.steps:
        layer = dense(step)
        if layer is None or layer.activation != "linear":
            continue
        if any(isinstance(one.layer, Dense) for one in case.next_bends(step)):
            path = case.at(step, "activation")
            yield case.advice(
                "no_activation",
                "Between this Dense and the next there is no activation: together they can learn no more "
                "than one Dense alone",
                path,
                Cure("Give it the activation relu", case.set_alone(step, "activation", "relu")),
            )


def softmax_hidden(case: Case) -> Iterator[Fault]:
    """A softmax between hidden layers."""
    for step in case.steps:
        layer = dense(step)
        if layer is None or layer.activation not in SHARES:
            continue
        if any(isinstance(one.layer, Dense) for one in case.next_bends(step)):
            path = case.at(step, "activation")
            yield case.advice(
                "softmax_hidden",
                f"{layer.activation} lets all units of a hidden layer share 1, so that little gets through: "
                "it is for the last layer",
                path,
                Cure("Give it the activation relu", case.set_alone(step, "activation", "relu")),
            )


def deep_sigmoid(case: Case) -> Iterator[Fault]:
    """Gradients that vanish on the way back through many sigmoids."""
    helped = any(isinstance(step.layer, (Joining, *NORMALIZATIONS)) for step in case.steps)
    bent = [step for step in case.hidden() if getattr(step.layer, "activation", "") in SIGMOIDS]
    if len(bent) >= DEEP and not helped:
        changes = tuple(Change(case.at(step, "activation"), "relu") for step in bent)
        yield case.advice(
            "deep_sigmoid",
            f"{len(bent)} hidden layers end in a sigmoid: on the way back each lets through a quarter of the "
            "gradient at most, and the first layers hardly learn",
            case.at(bent[0], "activation"),
            Cure("Give them the activation relu", changes),
        )


def dropout_rates(case: Case) -> Iterator[Fault]:
    """Dropouts that leave little or nothing."""
    for step in case.steps:
        names = ("rate",) if isinstance(step.layer, DROPPING) else ("dropout", "recurrent_dropout")
        for name in names:
            rate = getattr(step.layer, name, None)
            if isinstance(rate, float | int) and rate > HIGH_RATE:
                yield _rate(case, step, name, rate)


def _rate(case: Case, step: Step, name: str, rate: float) -> Fault:
    path = case.at(step, name)
    cure = Cure("Set it to 0.5 or less", (Change(path, 0.5),))
    if rate == 1:
        detail = f"{step.layer.called()} with {name} 1 throws everything away: nothing after it can learn"
        return case.advice("dropout_of_one", detail, path, cure)
    detail = f"{step.layer.called()} with {name} {rate} throws nearly everything away"
    return case.advice("dropout_high", detail, path, cure)


def same_weights(case: Case) -> Iterator[Fault]:
    """Hidden units that begin alike stay alike."""
    for step in case.hidden():
        how = getattr(step.layer, "kernel_initializer", None)
        units = getattr(step.layer, width_of(step.layer) or "")
        if isinstance(how, Zeros | Ones | Constant) and units > 1:
            path = case.at(step, "kernel_initializer")
            yield case.advice(
                "same_weights",
                f"All {units} units begin with the same weights, get the same gradients and stay alike: "
                "they are worth one",
                path,
                Cure("Begin with glorot_uniform, Keras's default", (Change(path, "glorot_uniform"),)),
            )


def embedding_too_large(case: Case) -> Iterator[Fault]:
    """A table with many more rows than there are words."""
    for known in case.facts.inputs:
        for step in case.readers(known.name):
            layer = step.layer
            if not isinstance(layer, Embedding) or known.integers is None:
                continue
            words = known.integers[1] + 1
            if layer.input_dim > max(SPARE * words, SMALL_TABLE):
                path = case.at(step, "input_dim")
                yield case.advice(
                    "embedding_too_large",
                    f"The table has {layer.input_dim:,} rows, and the data set has integers up to "
                    f"{words - 1:,}: the others are never looked up",
                    path,
                    Cure(f"Set input_dim to {words}", case.set_alone(step, "input_dim", words)),
                )


LESSONS = (
    no_activation,
    softmax_hidden,
    deep_sigmoid,
    dropout_rates,
    same_weights,
    embedding_too_large,
)
