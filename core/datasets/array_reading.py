"""From stored arrays to arrays to train on: one pass that checks and learns, and one that writes."""

from collections.abc import Sequence
from pathlib import Path

from core import errors
from core.datasets import (
    array_inputs,
    array_survey,
    array_target,
    array_writing,
    encoding,
    finding,
    storing,
    wording,
)
from core.datasets.array_inputs import ArrayInputs
from core.datasets.arrays import Part, Parts, Stored
from core.datasets.limits import Limits
from core.datasets.options import COLUMN_OPTIONS, Options, wrong
from core.datasets.several_inputs import NamedInputs, SeveralInputs
from core.datasets.targets import ReconstructionTarget


def read(parts: Parts, options: Options, into: Path, limits: Limits) -> finding.Found:
    """Writes the arrays and their encoding into the folder `into`.

    Raises:
        errors.InvalidDataError: The arrays, or what the options ask of them, make no data set.
    """
    if options.task == "reconstruction":
        parts = Parts(parts.inputs, (), parts.warnings)
    _refuse(options, parts)
    rows = _rows(parts)
    settled = [(part, array_target.settle(part.stored, options, limits)) for part in parts.targets]
    test = array_writing.choose_test(settled, rows, options)

    learned = [array_survey.learn(part.stored, options, ~test, limits) for part in parts.inputs]
    for index, (part, (inputs, _)) in enumerate(zip(parts.inputs, learned, strict=True)):
        with storing.SplitWriter(into, "x", inputs.shape, inputs.dtype, test, index=index) as writer:
            for stored in part.stored:
                for chunk in stored.chunks():
                    writer.write(array_inputs.scale(inputs, chunk))
    together = _together(parts.inputs, [inputs for inputs, _ in learned])
    target: encoding.Target = ReconstructionTarget(shape=learned[0][0].shape)
    doubts: list[str] = []
    if settled:
        target, doubts = array_writing.write(settled, test, into)
    whole = encoding.Encoding(inputs=together, target=target)
    finding.write_encoding(whole, into)
    told = [warning for _, warnings in learned for warning in warnings]
    untested = finding.untested(test, options.test_split) if len(rows) == 1 else []
    warnings = [*parts.warnings, *told, *doubts, *untested]
    return finding.Found(whole, test, None, warnings, array_writing.counts(settled, test))


def _together(parts: Sequence[Part], learned: Sequence[ArrayInputs]) -> ArrayInputs | SeveralInputs:
    if len(learned) == 1:
        return learned[0]
    named = zip(parts, learned, strict=True)
    return SeveralInputs(parts=[NamedInputs(name=part.name, inputs=inputs) for part, inputs in named])


def _refuse(options: Options, parts: Parts) -> None:
    """Refuses options that say nothing about arrays, or nothing about several."""
    details = {
        name: f"{name}: arrays have no columns to name" for name in COLUMN_OPTIONS if getattr(options, name)
    }
    for name in ("image_size", "channels"):
        if getattr(options, name) is not None:
            details[name] = f"{name}: the rows of an array have a shape already"
    if len(parts.inputs) > 1 and options.input_shape is not None:
        details["input_shape"] = "input_shape: there are several inputs, each with a shape of its own"
    if len(parts.inputs) > 1 and options.task == "reconstruction":
        details["task"] = "task: of several inputs none can be reconstructed, only a single one"
    if details:
        raise wrong(details)


def _rows(parts: Parts) -> list[int]:
    """How many rows there are in each split, after arrays that do not belong together were refused."""
    every = [*parts.inputs, *parts.targets]
    for firsts in zip(*(part.stored for part in every), strict=True):
        for stored in firsts:
            if stored.shape[0] != firsts[0].shape[0]:
                raise errors.InvalidDataError(
                    f"{firsts[0].name} has {wording.counted(firsts[0].shape[0], 'row')}, "
                    f"and {stored.name} has {stored.shape[0]:,}"
                )
    for part in parts.inputs:
        _check(part.stored)
    return [stored.shape[0] for stored in every[0].stored]


def _check(xs: Sequence[Stored]) -> None:
    """Refuses arrays of one input that are no numbers, or differ in more than their rows."""
    first = xs[0]
    for x in xs:
        if x.dtype.kind not in array_inputs.KINDS:
            raise errors.InvalidDataError(f"{x.name} is of the type {x.dtype}, where numbers are expected")
        if x.shape[1:] != first.shape[1:]:
            raise errors.InvalidDataError(
                f"{x.name} has rows of shape {list(x.shape[1:])}, and {first.name} of {list(first.shape[1:])}"
            )
        if x.dtype.kind != first.dtype.kind or array_survey.is_bytes(x) != array_survey.is_bytes(first):
            raise errors.InvalidDataError(
                f"{x.name} is of the type {x.dtype}, and {first.name} of {first.dtype}"
            )
