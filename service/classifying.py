"""Labels with their probabilities, and single numbers: what TensorFlow Serving's `:classify` and `:regress`
answer.
"""

from collections.abc import Sequence
from typing import Any

from core.datasets.targets import ClassTarget, MultilabelTarget, NumberTarget, OneTarget
from core.errors import InvalidRequestError
from core.specs.probabilities import probabilities
from service.predicting import Network

CLASSES = (ClassTarget, MultilabelTarget)
# What a signature is called where nobody has named it.
DEFAULTS = ("", "serving_default")


def classify(network: Network, rows: list[Any], asked: object) -> list[list[list[Any]]]:
    """For each row every class or label with its probability, in the order of the data set's.

    Raises:
        InvalidRequestError: the output has none, or there are several and none is `asked` for.
    """
    place = _choose(network, asked, CLASSES, "classes or labels, for :classify")
    how, target = network.outputs[place].scores, network.targets[place]
    if how is None or not isinstance(target, CLASSES):
        raise InvalidRequestError(
            "This version was made before :classify was there: :predict tells what the network puts out."
        )
    chances = probabilities(how, network.predict(rows)[place])
    names = _names(target.classes, chances.shape[1])
    if len(names) == 2 and chances.shape[1] == 1 and isinstance(target, ClassTarget):
        # A single score speaks for the second of two classes.
        return [[[names[0], 1 - second], [names[1], second]] for second in chances[:, 0].tolist()]
    return [[[name, chance] for name, chance in zip(names, row, strict=True)] for row in chances.tolist()]


def regress(network: Network, rows: list[Any], asked: object) -> list[float]:
    """For each row its number, in the units that were uploaded.

    Raises:
        InvalidRequestError: the output is no number, or there are several and none is `asked` for.
    """
    place = _choose(network, asked, (NumberTarget,), "a number, for :regress")
    numbers: list[float] = network.predict(rows)[place].reshape(len(rows)).tolist()
    return numbers


def _names(classes: Sequence[str], scores: int) -> list[str]:
    """A name for each score: a network may have more than there are classes."""
    return [*classes, *(f"output {place}" for place in range(len(classes), scores))]


def _choose(network: Network, asked: object, kinds: tuple[type[OneTarget], ...], what: str) -> int:
    """The number of the output that is asked for, or the only one whose target is of these kinds."""
    names = [output.name for output in network.outputs]
    fitting = [place for place, target in enumerate(network.targets) if isinstance(target, kinds)]
    if asked is not None and asked not in DEFAULTS:
        fitting = [place for place in fitting if names[place] == asked]
    if len(fitting) == 1:
        return fitting[0]
    if not fitting:
        raise InvalidRequestError(f"No output of that name has {what}: this model's are {', '.join(names)}.")
    several = ", ".join(names[place] for place in fitting)
    raise InvalidRequestError(f'Several outputs have {what}: choose one with "signature_name", of {several}.')
