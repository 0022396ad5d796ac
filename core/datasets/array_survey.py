"""What is learned about an input that is an array, in one pass over its rows."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from core import errors
from core.datasets import finding, wording
from core.datasets.array_inputs import INT32, ArrayInputs
from core.datasets.arrays import Stored
from core.datasets.limits import Limits
from core.datasets.moments import Moments
from core.datasets.options import Options
from core.datasets.table_inputs import FLOAT32_MAX


def is_bytes(x: Stored) -> bool:
    """Whether the rows may be pictures."""
    return x.dtype == np.uint8


def learn(
    xs: Sequence[Stored], options: Options, train: NDArray[np.bool_], limits: Limits
) -> tuple[ArrayInputs, list[str]]:
    """What a row is, after all rows were looked at."""
    raw = list(xs[0].shape[1:])
    # A row that is a single value is a list of one to a network.
    shape = finding.shape(options.input_shape, raw or [1])
    pictures = is_bytes(xs[0]) and len(shape) >= 2 and options.standardize is not True
    if pictures and len(shape) == 2:
        shape = [*shape, 1]
    finding.check_size(len(train), shape, limits)
    survey = _look(xs, train if options.standardize else None)
    # What is to be reconstructed is compared with numbers that a network puts out.
    plain = not options.standardize and options.task != "reconstruction"
    whole = xs[0].dtype.kind in "iu" and len(shape) == 1 and plain
    fits = whole and int(survey.least) >= INT32.min and int(survey.most) <= INT32.max
    dtype: Literal["int32", "float32"] = "int32" if fits else "float32"
    warnings = (
        [f"{xs[0].name}: whole numbers too large for int32 became float32"] if whole and not fits else []
    )
    means, stds = _scaling(survey, xs[0].name)
    inputs = ArrayInputs(
        raw_shape=raw,
        shape=shape,
        dtype=dtype,
        pictures=pictures,
        means=means,
        stds=stds,
        integers=(int(survey.least), int(survey.most)) if fits else None,
        largest=None if fits or pictures or means else float(max(abs(survey.least), abs(survey.most))),
    )
    return inputs, warnings


@dataclass
class _Survey:
    """The numbers of all rows; `moments` are of training rows, empty unless rows are standardised."""

    least: float = np.inf
    most: float = -np.inf
    moments: Moments = field(default_factory=Moments)


def _look(xs: Sequence[Stored], train: NDArray[np.bool_] | None) -> _Survey:
    survey, at = _Survey(), 0
    for x in xs:
        refusal = Refusal(x.name)
        for chunk in x.chunks():
            refusal.look(chunk)
            survey.least = min(survey.least, chunk.min())
            survey.most = max(survey.most, chunk.max())
            if train is not None:
                flat = chunk.reshape(len(chunk), -1).astype(np.float64)
                survey.moments.add(flat[train[at : at + len(chunk)]])
            at += len(chunk)
        refusal.speak()
    return survey


def _scaling(survey: _Survey, name: str) -> tuple[list[float], list[float]]:
    """The means and deviations to standardise with; the deviation of what never changes counts as 1."""
    if not survey.moments.count:
        return [], []
    means, stds = survey.moments.mean, survey.moments.std
    if not (np.isfinite(means).all() and np.isfinite(stds).all()):
        raise errors.InvalidDataError(f"{name} has numbers too large to standardise")
    return means.tolist(), np.where(stds == 0, 1, stds).tolist()


@dataclass
class Refusal:
    """Counts the rows of an array with numbers that nothing can be learned from."""

    name: str
    rows: int = 0
    bad: int = 0
    first: int = 0
    why: str = ""

    def look(self, chunk: NDArray[Any]) -> None:
        """The next rows."""
        if chunk.dtype.kind == "f":
            flat = chunk.reshape(len(chunk), -1)
            finite = np.isfinite(flat).all(axis=1)
            # In its own type, a limit of float32 may be infinite.
            fine = finite & (np.abs(flat.astype(np.float64)) <= FLOAT32_MAX).all(axis=1)
            if not fine.all() and not self.bad:
                at = int(np.argmin(fine))
                self.first = self.rows + at
                self.why = (
                    "numbers too large for float32"
                    if finite[at]
                    else "values that are not finite (NaN or infinity)"
                )
            self.bad += int((~fine).sum())
        self.rows += len(chunk)

    def speak(self) -> None:
        """Refuses the array if there were any."""
        if self.bad:
            rows = wording.counted(self.bad, "row has", "rows have")
            raise errors.InvalidDataError(
                f"{self.name}: {rows} {self.why}, the first is {self.name}[{self.first}]"
            )
