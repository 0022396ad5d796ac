"""The arrays of targets, and what was learned about them from the training rows."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core import errors
from core.datasets import naming, number_target, splitting, storing, wording
from core.datasets.moments import Moments
from core.datasets.options import Options
from core.datasets.table_labels import Labels
from core.datasets.table_target import Classes, Settled
from core.datasets.targets import ClassTarget, MultilabelTarget, NamedTarget, OneTarget, SeveralTargets


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
    classes = [target.value for target in settled if isinstance(target.value, Classes)]
    test = splitting.choose_test(
        rows, classes[0].codes if classes else None, options.test_split, options.seed
    )
    for other in classes[1:]:
        splitting.train_on_each(test, np.arange(rows), other.codes)
    for target in settled:
        if isinstance(target.value, Labels):
            splitting.train_on_each(test, target.value.owners, target.value.codes)
    return test


def _check(target: Settled, test: NDArray[np.bool_]) -> None:
    value = target.value
    if isinstance(value, Classes | Labels):
        only = np.flatnonzero((value.counts(test) > 0) & (value.counts(~test) == 0))
        for at in only.tolist():
            called = "class" if isinstance(value, Classes) else "label"
            raise errors.InvalidDataError(
                f"The test rows have the {called} {wording.quote(value.names[at])} of the target "
                f"{wording.quote(target.name)}, and no training row has it"
            )


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
    if len(written) == 1:
        return written[0][0], warnings
    names = naming.identifiers([target.name for target in settled])
    parts = [NamedTarget(name=name, target=one) for name, (one, _) in zip(names, written, strict=True)]
    return SeveralTargets(parts=parts), warnings


def _write(target: Settled, index: int, test: NDArray[np.bool_], into: Path) -> tuple[OneTarget, list[str]]:
    value = target.value
    if isinstance(value, Classes):
        with storing.SplitWriter(into, "y", (), np.int64, test, index=index) as writer:
            writer.write(value.codes)
        return ClassTarget(name=target.name, classes=value.names), []
    if isinstance(value, Labels):
        with storing.SplitWriter(into, "y", (len(value.names),), np.float32, test, index=index) as writer:
            for chunk in value.chunks(max(1, storing.PIECE // (4 * len(value.names)))):
                writer.write(chunk)
        return MultilabelTarget(name=target.name, classes=value.names), []
    moments = Moments()
    moments.add(value.values[~test])
    learned, warnings = number_target.learn(target.name, target.names, moments)
    number_target.write([value.values], learned, test, into, index=index)
    return learned, warnings
