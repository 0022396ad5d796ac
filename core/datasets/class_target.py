"""Targets that are classes or labels: the class of each row, their arrays, and that none is only tested."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from core import errors
from core.datasets import splitting, storing, wording
from core.datasets.targets import ClassTarget, MultilabelTarget


@dataclass(frozen=True)
class Classes:
    """A class for each row: `codes` `(rows,)` are indices into `names`, -1 where it is missing."""

    names: list[str]
    codes: NDArray[np.int64]
    warnings: tuple[str, ...] = ()

    def only(self, kept: NDArray[np.bool_]) -> "Classes":
        """Those of the rows that are kept, none of which is missing, and the classes that they have."""
        codes = splitting.masked(self.codes, kept)
        there = np.bincount(codes, minlength=len(self.names)) > 0
        names = [name for name, found in zip(self.names, there.tolist(), strict=True) if found]
        return Classes(names, (np.cumsum(there) - 1)[codes], self.warnings)

    def counts(self, chosen: NDArray[np.bool_]) -> NDArray[np.int64]:
        """How many of the chosen rows are of each class."""
        return np.bincount(self.codes[chosen], minlength=len(self.names))


def write(name: str, classes: Classes, test: NDArray[np.bool_], into: Path, *, index: int = 0) -> ClassTarget:
    """Writes the class of every row, as target number `index`."""
    with storing.SplitWriter(into, "y", (), np.int64, test, index=index) as writer:
        writer.write(classes.codes)
    return ClassTarget(name=name, classes=classes.names)


def write_labels(
    name: str,
    labels: Sequence[str],
    chunks: Iterable[NDArray[Any]],
    test: NDArray[np.bool_],
    into: Path,
    *,
    index: int,
) -> MultilabelTarget:
    """Writes a 1 or a 0 for every label of every row, in parts of shape `(n, labels)`."""
    with storing.SplitWriter(into, "y", (len(labels),), np.float32, test, index=index) as writer:
        for chunk in chunks:
            writer.write(chunk.astype(np.float32, copy=False))
    return MultilabelTarget(name=name, classes=list(labels))


def check_trained(
    names: Sequence[str],
    trained: NDArray[np.int64],
    tested: NDArray[np.int64],
    kind: Literal["class", "label"],
    of: str = "",
) -> None:
    """Refuses a class or label that test rows have, and no training row; `of` says what of.

    Raises:
        errors.InvalidDataError: The sentence says which.
    """
    for at in np.flatnonzero((tested > 0) & (trained == 0)).tolist():
        raise errors.InvalidDataError(
            f"The test rows have the {kind} {wording.quote(names[at])}{of}, and no training row has it"
        )
