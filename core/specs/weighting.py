"""What rows of each class weigh."""

from collections.abc import Mapping

from core.specs import wording
from core.specs.facts import TargetFacts


def resolve(asked: str | dict[str, float], target: TargetFacts) -> tuple[float, ...]:
    """A weight for every class, in the order of their numbers; raises a Misfit, its path from the document's
    root.

    "balanced" is scikit-learn's rule: rows / (classes x rows of the class), so that all classes weigh the
    same. Without a data set, when there are no counts yet, it is 1 for each.
    """
    if target.kind != "class":
        raise wording.Misfit(
            "Only classes can be weighed, and this data set's target is numbers", "training", "class_weight"
        )
    if isinstance(asked, str):
        return _balanced(target)
    weights = [1.0] * len(target.classes)
    numbers = {name: number for number, name in enumerate(target.classes)}
    for key, weight in asked.items():
        weights[_number(key, numbers)] = weight
    if not any(weights):
        raise wording.Misfit("Some class must weigh more than 0", "training", "class_weight")
    return tuple(weights)


def _balanced(target: TargetFacts) -> tuple[float, ...]:
    rows, classes = sum(target.class_counts), len(target.classes)
    if not rows:
        return (1.0,) * classes
    return tuple(rows / (classes * count) if count else 1.0 for count in target.class_counts)


def _number(key: str, numbers: Mapping[str, int]) -> int:
    """The class that goes by that name, or else has that number."""
    if key in numbers:
        return numbers[key]
    if key.isascii() and key.isdecimal() and len(key) < 10 and int(key) < len(numbers):
        return int(key)
    raise wording.Misfit(
        f"There is no class {wording.short(key)!r}{wording.guess(key, map(repr, numbers))}",
        "training",
        "class_weight",
        key,
    )
