"""The arrays of targets that were arrays, and what was learned about them from the training rows."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core import errors
from core.datasets import array_labels, array_target, class_target, number_target, splitting, targets
from core.datasets.array_labels import Labels
from core.datasets.array_survey import Refusal
from core.datasets.array_target import Numbers
from core.datasets.arrays import Part
from core.datasets.class_target import Classes
from core.datasets.moments import Moments
from core.datasets.options import Options
from core.datasets.targets import OneTarget, SeveralTargets

Settled = tuple[Part, Classes | Numbers | Labels]


def choose_test(settled: Sequence[Settled], rows: Sequence[int], options: Options) -> NDArray[np.bool_]:
    """A mask over the rows of those to test on: the second part of `rows` if there are two, else a share.

    Raises:
        errors.InvalidDataError: There is one class, or a class or label that only test rows have.
    """
    if len(rows) > 1:
        test = np.repeat([False, True], rows)
    else:
        codes = [target.codes for _, target in settled if isinstance(target, Classes)]
        first = codes[0] if codes else None
        test = splitting.choose_test(rows[0], first, options.test_split, options.seed)
        for other in codes[1:]:
            splitting.train_on_each(test, np.arange(rows[0]), other)
        for _, target in settled:
            if isinstance(target, Labels):
                array_labels.train_on_each(target, test)
    for part, target in settled:
        if isinstance(target, Classes):
            array_target.check_classes(target, test, part.stored[0].name)
        if isinstance(target, Labels):
            _check_labels(target, test, part.stored[0].name)
    return test


def _check_labels(target: Labels, test: NDArray[np.bool_], name: str) -> None:
    trained, tested = target.counts(~test), target.counts(test)
    if not (trained.any() or tested.any()):
        raise errors.InvalidDataError(f"No row has a label in {name}")
    class_target.check_trained(target.names, trained, tested, "label", f" of {name}")


def counts(settled: Sequence[Settled], test: NDArray[np.bool_]) -> list[list[int]]:
    """For each target the training rows of each class or with each label; [] where there are none."""
    return [[] if isinstance(target, Numbers) else target.counts(~test).tolist() for _, target in settled]


def write(
    settled: Sequence[Settled], test: NDArray[np.bool_], into: Path
) -> tuple[OneTarget | SeveralTargets, list[str]]:
    """Writes the arrays of all targets; what was learned about them, and warnings."""
    written = [_write(part, target, index, test, into) for index, (part, target) in enumerate(settled)]
    warnings = [warning for _, told in written for warning in told]
    return targets.together([part.name for part, _ in settled], [one for one, _ in written]), warnings


def _write(
    part: Part, target: Classes | Numbers | Labels, index: int, test: NDArray[np.bool_], into: Path
) -> tuple[OneTarget, list[str]]:
    called = part.stored[0].name.removesuffix("_train")
    if isinstance(target, Classes):
        return class_target.write(called, target, test, into, index=index), list(target.warnings)
    if isinstance(target, Labels):
        return class_target.write_labels(called, target.names, target.chunks(), test, into, index=index), []
    moments, refusal, at = Moments(), Refusal(part.stored[0].name), 0
    for chunk in target.chunks():
        refusal.look(chunk)
        moments.add(chunk.astype(np.float64)[~test[at : at + len(chunk)]])
        at += len(chunk)
    refusal.speak()
    names = [called] if target.width == 1 else [f"{called}[{column}]" for column in range(target.width)]
    learned, warnings = number_target.learn(called, names, moments)
    number_target.write(target.chunks(), learned, test, into, index=index)
    return learned, warnings
