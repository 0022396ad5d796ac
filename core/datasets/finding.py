"""What every format's reading ends with: an encoding, counts, and the files that were written."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core import errors
from core.datasets import encoding, storing, wording
from core.datasets.array_inputs import ArrayInputs
from core.datasets.limits import Limits
from core.datasets.options import wrong
from core.datasets.several_inputs import NamedInputs, OneInputs
from core.datasets.shown import Shown
from core.datasets.table_inputs import TableInputs
from core.datasets.targets import OneTarget, ReconstructionTarget, SeveralTargets
from core.datasets.text_inputs import TextInputs

MOST_WARNINGS = 100


@dataclass(frozen=True)
class Found:
    """A data set that was read.

    `test` is a mask over its rows; `codes` are their classes, if that is the target. For other targets
    `counts` has, for each, the training rows of each class or with each label, and nothing for numbers.
    `shown` is what the format knows of its rows that the arrays do not tell.
    """

    encoding: encoding.Encoding
    test: NDArray[np.bool_]
    codes: NDArray[np.int64] | None
    warnings: Sequence[str]
    counts: Sequence[list[int]] = ()
    shown: Shown | None = None


def describe(found: Found) -> dict[str, Any]:
    """The fields of a `Reading`, but for its format."""
    held = int(found.test.sum())
    whole = found.encoding
    arrayed = [part for part in whole.target_parts if not isinstance(part.target, ReconstructionTarget)]
    return {
        "rows": len(found.test),
        "inputs": _inputs(whole),
        "target": _target(whole),
        "splits": {"train": len(found.test) - held, "test": held},
        "warnings": _bounded(found.warnings),
        "class_counts": _class_counts(found),
        "arrays": storing.array_files(len(whole.input_parts), len(arrayed)),
        "encoding": storing.ENCODING,
        "preview": storing.PREVIEW,
    }


def _class_counts(found: Found) -> list[int] | list[list[int]]:
    if isinstance(found.encoding.target, SeveralTargets):
        return list(found.counts)
    if found.counts:
        return found.counts[0]
    target = found.encoding.target
    if found.codes is None or not isinstance(target, encoding.ClassTarget):
        return []
    counts: list[int] = np.bincount(found.codes[~found.test], minlength=len(target.classes)).tolist()
    return counts


def _inputs(whole: encoding.Encoding) -> dict[str, Any]:
    parts = [_column(part) | _one_input(part.inputs) for part in whole.input_parts]
    if len(parts) == 1:
        return parts[0]
    return {
        "parts": [{"name": part.name} | shown for part, shown in zip(whole.input_parts, parts, strict=True)]
    }


def _column(part: NamedInputs) -> dict[str, Any]:
    return {} if part.column is None else {"column": part.column}


def _one_input(inputs: OneInputs) -> dict[str, Any]:
    shown: dict[str, Any] = {"shape": inputs.shape, "dtype": inputs.dtype}
    if isinstance(inputs, TableInputs):
        return shown | {
            "columns": [column.model_dump() | {"width": column.width} for column in inputs.columns]
        }
    if isinstance(inputs, TextInputs):
        return shown | {"vocabulary_size": len(inputs.words), "integers": list(inputs.integers)}
    shown |= {"raw_shape": inputs.raw_shape, "pictures": inputs.pictures}
    if isinstance(inputs, ArrayInputs) and inputs.largest is not None:
        shown["largest"] = inputs.largest
    return shown | {"integers": list(inputs.integers)} if inputs.integers else shown


def _target(whole: encoding.Encoding) -> dict[str, Any]:
    parts = [_one_target(part.target) for part in whole.target_parts]
    if not isinstance(whole.target, SeveralTargets):
        return parts[0]
    named = zip(whole.target_parts, parts, strict=True)
    return {"parts": [shown | {"name": part.name, "column": shown["name"]} for part, shown in named]}


def _one_target(target: OneTarget) -> dict[str, Any]:
    # Whoever takes the network elsewhere needs the scaling: it puts out standardised numbers.
    scaling = {"mean", "std", "means", "stds"}
    shown = target.model_dump(include={"name", "kind", "classes", "names", "shape", *scaling})
    return shown | {"width": len(target.names)} if isinstance(target, encoding.VectorTarget) else shown


def _bounded(warnings: Sequence[str]) -> list[str]:
    if len(warnings) <= MOST_WARNINGS:
        return list(warnings)
    return [*warnings[:MOST_WARNINGS], f"and {len(warnings) - MOST_WARNINGS:,} more warnings"]


def check_columns(count: int, limits: Limits) -> None:
    """Refuses a table of more columns than are taken.

    Raises:
        errors.InvalidDataError: The sentence names the limit.
    """
    if count > limits.max_columns:
        raise errors.InvalidDataError(
            f"It has {count:,} columns, and at most {limits.max_columns:,} are taken (max_columns)"
        )


def check_size(rows: int, row_shape: Sequence[int], limits: Limits) -> None:
    """Refuses arrays that would be larger than an upload may unpack to; a number takes four bytes.

    Raises:
        errors.InvalidDataError: The sentence names the limit.
    """
    # Python's integers: these shapes are a stranger's, and their product may not fit 64 bits.
    size = 4 * rows
    for length in row_shape:
        size *= length
    if size > limits.max_unpacked_bytes:
        raise errors.InvalidDataError(
            f"It would unpack to {size:,} bytes, and at most {limits.max_unpacked_bytes:,} are taken "
            "(max_unpacked_bytes)"
        )


def shape(asked: Sequence[int] | None, natural: Sequence[int]) -> list[int]:
    """The shape of a row: `asked`, by the option `input_shape`, or its `natural` one.

    Raises:
        errors.InvalidDataError: A row has more or fewer numbers than that.
    """
    if asked is None:
        return list(natural)
    wanted, given = (int(np.prod(lengths, dtype=object)) for lengths in (asked, natural))
    if wanted != given:
        detail = (
            f"input_shape: {list(asked)} has {wording.counted(wanted, 'number')}, and a row has {given:,}"
        )
        raise wrong({"input_shape": detail})
    return list(asked)


def untested(test: NDArray[np.bool_], share: float) -> list[str]:
    """A warning when rows were wanted for the test and there are none."""
    if share == 0 or test.any():
        return []
    return [f"There are too few rows to keep {share:.0%} of them for the test: there is no test split"]


def write_encoding(found: encoding.Encoding, into: Path) -> None:
    """Writes the encoding into its file."""
    (into / storing.ENCODING).write_bytes(found.dump())
