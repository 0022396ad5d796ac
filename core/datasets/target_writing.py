"""The arrays of targets, and what was learned about them from the training rows."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from core import errors
from core.datasets import class_target, naming, number_target, splitting, storing, targets, wording
from core.datasets.class_target import Classes
from core.datasets.moments import Moments
from core.datasets.options import Options
from core.datasets.table_labels import Labels
from core.datasets.table_target import Settled
from core.datasets.targets import OneTarget, SeveralTargets


def choose_test(
    settled: Sequence[Settled], rows: int, marked: NDArray[np.bool_] | None, options: Options
) -> NDArray[np.bool_]:
    """A mask over the rows of those to test on: the marked ones, or else a share of every class.

    Raises:
        errors.InvalidDataError: The marks leave nothing to train on, or a class that only test rows have.
    """
    if marked is not None:
        if marked.all():
            raise errors.InvalidDataError("Every row is marked as one for the test: none is left to train on")
        for target in settled:
            _check(target, marked)
        return marked
    codes = [target.value.codes for target in settled if isinstance(target.value, Classes)]
    test = splitting.choose_test(rows, codes[0] if codes else None, options.test_split, options.seed)
    for other in codes[1:]:
        splitting.train_on_each(test, np.arange(rows), other)
    for target in settled:
        if isinstance(target.value, Labels):
            splitting.train_on_each(test, target.value.owners, target.value.codes)
    return test


def _check(target: Settled, test: NDArray[np.bool_]) -> None:
    value = target.value
    if isinstance(value, Classes | Labels):
        of = f" of the target {wording.quote(target.name)}"
        kind: Literal["class", "label"] = "class" if isinstance(value, Classes) else "label"
        class_target.check_trained(value.names, value.counts(~test), value.counts(test), kind, of)


def counts(settled: Sequence[Settled], test: NDArray[np.bool_]) -> list[list[int]]:
    """For each target the training rows of each class or with each label; [] where there are none."""
    return [
        target.value.counts(~test).tolist() if isinstance(target.value, Classes | Labels) else []
        for target in settled
    ]


def write(
    settled: Sequence[Settled], test: NDArray[np.bool_], into: Path
) -> tuple[OneTarget | SeveralTargets, list[str]]:
    """Writes the arrays of all targets; what was learned about them, and warnings."""
    written = [_write(target, index, test, into) for index, target in enumerate(settled)]
    warnings = [warning for _, told in written for warning in told]
    names = naming.identifiers([target.name for target in settled])
    return targets.together(names, [one for one, _ in written]), warnings


def _write(target: Settled, index: int, test: NDArray[np.bool_], into: Path) -> tuple[OneTarget, list[str]]:
    value = target.value
    if isinstance(value, Classes):
        return class_target.write(target.name, value, test, into, index=index), []
    if isinstance(value, Labels):
        chunks = value.chunks(max(1, storing.PIECE // (4 * len(value.names))))
        return class_target.write_labels(target.name, value.names, chunks, test, into, index=index), []
    moments = Moments()
    moments.add(value.values[~test])
    learned, warnings = number_target.learn(target.name, target.names, moments)
    number_target.write([value.values], learned, test, into, index=index)
    return learned, warnings
