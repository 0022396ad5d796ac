"""Targets that are numbers: standardised inside, answered in their own units."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core import errors
from core.datasets import storing, targets, wording
from core.datasets.moments import Moments
from core.datasets.targets import NumberTarget, VectorTarget


def learn(name: str, names: Sequence[str], moments: Moments) -> tuple[NumberTarget | VectorTarget, list[str]]:
    """The target whose training rows have these `moments`, one for each of `names`; and warnings.

    Raises:
        errors.InvalidDataError: Its numbers are too large to compute with.
    """
    means, stds = np.atleast_1d(moments.mean), np.atleast_1d(moments.std)
    if not (np.isfinite(means).all() and np.isfinite(stds).all()):
        raise errors.InvalidDataError(
            f"The target {wording.quote(name)} has numbers too large to compute with"
        )
    constant = [column for column, std in zip(names, stds, strict=True) if std == 0]
    warnings = [f"{column}: the target is the same in every training row" for column in constant]
    stds = np.where(stds == 0, 1, stds)
    if len(names) == 1:
        return NumberTarget(name=name, mean=float(means[0]), std=float(stds[0])), warnings
    return VectorTarget(name=name, names=list(names), means=means.tolist(), stds=stds.tolist()), warnings


def write(
    chunks: Iterable[NDArray[Any]],
    target: NumberTarget | VectorTarget,
    test: NDArray[np.bool_],
    into: Path,
    *,
    index: int = 0,
) -> None:
    """Writes rows of numbers, in parts of shape `(n, columns)`, standardised: `(rows,)` or `(rows, columns)`.

    They are target number `index`.

    Raises:
        errors.InvalidDataError: A test row is too far from the training rows for float32.
    """
    single = isinstance(target, NumberTarget)
    mean, std = targets.scaling(target)
    with storing.SplitWriter(into, "y", mean.shape, np.float32, test, index=index) as writer:
        for chunk in chunks:
            with np.errstate(over="ignore"):
                scaled = ((chunk.astype(np.float64) - mean) / std).astype(np.float32)
            if not np.isfinite(scaled).all():
                raise errors.InvalidDataError(
                    f"The target {wording.quote(target.name)} has a number that is too large"
                )
            writer.write(scaled[:, 0] if single else scaled)
