"""From stored arrays to arrays to train on: one pass that checks and learns, and one that writes."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from core import errors
from core.datasets import (
    array_inputs,
    array_target,
    encoding,
    finding,
    number_target,
    splitting,
    storing,
    wording,
)
from core.datasets.array_inputs import INT32, ArrayInputs
from core.datasets.arrays import Arrays, Stored
from core.datasets.limits import Limits
from core.datasets.moments import Moments
from core.datasets.options import Options
from core.datasets.table_inputs import FLOAT32_MAX


def read(arrays: Arrays, options: Options, into: Path, limits: Limits) -> finding.Found:
    """Writes the arrays and their encoding into the folder `into`.

    Raises:
        errors.InvalidDataError: The arrays, or what the options ask of them, make no data set.
    """
    _refuse_columns(options)
    xs = [part for part in (arrays.x, arrays.x_test) if part is not None]
    ys = [part for part in (arrays.y, arrays.y_test) if part is not None]
    _check(xs, ys)
    target = array_target.settle(ys, options, limits)
    classes = target.codes if isinstance(target, array_target.Classes) else None
    test = _test(xs, classes, options)
    if isinstance(target, array_target.Classes):
        array_target.check_classes(target, test, ys[0].name)
    inputs, warnings = _inputs(xs, options, ~test, limits)
    with storing.SplitWriter(into, "x", inputs.shape, inputs.dtype, test) as writer:
        for chunk in _chunks(xs):
            writer.write(array_inputs.scale(inputs, chunk))
    learned, told = _write_target(target, ys[0].name, test, into)
    whole = encoding.Encoding(inputs=inputs, target=learned)
    finding.write_encoding(whole, into)
    untested = finding.untested(test, options.test_split) if arrays.x_test is None else []
    return finding.Found(whole, test, classes, [*arrays.warnings, *warnings, *told, *untested])


def _refuse_columns(options: Options) -> None:
    faults = [
        errors.Fault(errors.pointer("options", name), f"{name}: an .npz has no columns to name")
        for name in ("target", "features", "drop")
        if getattr(options, name)
    ]
    if faults:
        raise errors.InvalidDataError("; ".join(fault.detail for fault in faults), faults)


def _check(xs: list[Stored], ys: list[Stored]) -> None:
    """Refuses arrays that do not belong together."""
    for x, y in zip(xs, ys, strict=True):
        if x.shape[0] != y.shape[0]:
            raise errors.InvalidDataError(
                f"{x.name} has {wording.counted(x.shape[0], 'row')}, and {y.name} has {y.shape[0]:,}"
            )
    first = xs[0]
    for x in xs:
        if x.dtype.kind not in array_inputs.KINDS:
            raise errors.InvalidDataError(f"{x.name} is of the type {x.dtype}, where numbers are expected")
        if x.shape[1:] != first.shape[1:]:
            raise errors.InvalidDataError(
                f"{x.name} has rows of shape {list(x.shape[1:])}, and {first.name} of {list(first.shape[1:])}"
            )
        if x.dtype.kind != first.dtype.kind or _bytes(x) != _bytes(first):
            raise errors.InvalidDataError(
                f"{x.name} is of the type {x.dtype}, and {first.name} of {first.dtype}"
            )


def _bytes(x: Stored) -> bool:
    return x.dtype == np.uint8


def _test(xs: list[Stored], classes: NDArray[np.int64] | None, options: Options) -> NDArray[np.bool_]:
    """Which rows are for testing: those that the file says, else a share."""
    if len(xs) == 1:
        return splitting.choose_test(xs[0].shape[0], classes, options.test_split, options.seed)
    return np.repeat([False, True], [x.shape[0] for x in xs])


def _chunks(parts: list[Stored]) -> Iterator[NDArray[Any]]:
    for part in parts:
        yield from part.chunks()


def _inputs(
    xs: list[Stored], options: Options, train: NDArray[np.bool_], limits: Limits
) -> tuple[ArrayInputs, list[str]]:
    """What a row is, after all rows were looked at."""
    raw = list(xs[0].shape[1:])
    # A row that is a single value is a list of one to a network.
    shape = finding.shape(options.input_shape, raw or [1])
    pictures = _bytes(xs[0]) and len(shape) >= 2 and options.standardize is not True
    if pictures and len(shape) == 2:
        shape = [*shape, 1]
    finding.check_size(len(train), shape, limits)
    survey = _look(xs, train if options.standardize else None)
    whole = xs[0].dtype.kind in "iu" and len(shape) == 1 and not options.standardize
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
    )
    return inputs, warnings


@dataclass
class _Survey:
    """The numbers of all rows; `moments` are of training rows, empty unless rows are standardised."""

    least: float = np.inf
    most: float = -np.inf
    moments: Moments = field(default_factory=Moments)


def _look(xs: list[Stored], train: NDArray[np.bool_] | None) -> _Survey:
    survey, at = _Survey(), 0
    for x in xs:
        refusal = _Refusal(x.name)
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
class _Refusal:
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


def _write_target(
    target: array_target.Classes | array_target.Numbers, name: str, test: NDArray[np.bool_], into: Path
) -> tuple[encoding.Target, list[str]]:
    """Writes the target's arrays; what was learned about it, and warnings."""
    called = name.removesuffix("_train")
    if isinstance(target, array_target.Classes):
        with storing.SplitWriter(into, "y", (), np.int64, test) as writer:
            writer.write(target.codes)
        return encoding.ClassTarget(name=called, classes=target.names), list(target.warnings)
    moments, refusal, at = Moments(), _Refusal(name), 0
    for chunk in target.chunks():
        refusal.look(chunk)
        moments.add(chunk.astype(np.float64)[~test[at : at + len(chunk)]])
        at += len(chunk)
    refusal.speak()
    names = [called] if target.width == 1 else [f"{called}[{index}]" for index in range(target.width)]
    learned, warnings = number_target.learn(called, names, moments)
    number_target.write(target.chunks(), learned, test, into)
    return learned, warnings
