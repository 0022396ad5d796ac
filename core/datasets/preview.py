"""What one sees of a data set before anything is trained: first rows, statistics, classes, small pictures.

It is made from the arrays that were written, so every format has it; a format that knows more of how its rows
were uploaded, as tables do, says so in `Shown`.
"""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.datasets import array_inputs, finding, previews, shown, storing, targets, thumbnails, wording
from core.datasets.array_inputs import ArrayInputs
from core.datasets.column_statistics import categories, number, numbers
from core.datasets.encoding import Encoding
from core.datasets.picture_inputs import PictureInputs
from core.datasets.several_inputs import OneInputs
from core.datasets.targets import (
    ClassTarget,
    MultilabelTarget,
    NumberTarget,
    ReconstructionTarget,
    VectorTarget,
)

MOST_CLASSES = 500
# What all parts together stay below, each by bounds of its own.
MOST_BYTES = 2**20
# Numbers of a row that are shown one by one, and those that all statistics of an input are made of.
NESTED = 64
MOST_NUMBERS = 2**20
# What a single input is called in a row.
INPUT = "x"

_Written = ClassTarget | NumberTarget | VectorTarget | MultilabelTarget
"""A target that has an array."""


def write(found: finding.Found, into: Path) -> None:
    """Writes the preview of a data set whose arrays are in the folder `into`: a megabyte of JSON at most."""
    document = json.dumps(build(found, into), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    (into / storing.PREVIEW).write_bytes(document.encode(errors="replace"))


def build(found: finding.Found, into: Path) -> dict[str, Any]:
    """The preview as the API tells it, with all the rows that there is room for."""
    arrays = _Arrays(found.encoding, found.test, into)
    own = found.shown or shown.Shown(shown.first(arrays.rows()))
    columns, sampled = (own.columns, own.sampled_rows) if own.columns is not None else arrays.columns()
    return {
        "rows": own.rows,
        previews.HELD: found.test[: len(own.rows)].tolist(),
        "columns": columns[: shown.MOST_COLUMNS],
        "sampled_rows": sampled,
        "class_counts": arrays.class_counts()[:MOST_CLASSES],
        "thumbnails": thumbnails.draw(found.encoding, found.test, into),
    }


class _Arrays:
    """The arrays that were written, read as what was uploaded."""

    def __init__(self, encoding: Encoding, test: NDArray[np.bool_], into: Path) -> None:
        self._encoding, self._test, self._into = encoding, test, into
        self._loaded: dict[str, NDArray[Any]] = {}

    def rows(self) -> Iterator[dict[str, Any]]:
        """The first rows in their order, whichever split they are in: as many as are shown at most."""
        test = self._test[: shown.MOST_ROWS]
        places = np.where(test, np.cumsum(test), np.cumsum(~test)) - 1
        for held, at in zip(test.tolist(), places.tolist(), strict=True):
            split: storing.Split = "test" if held else "train"
            row: dict[str, Any] = {}
            for index, part in enumerate(self._encoding.input_parts):
                raw = _raw(part.inputs, self._load("x", index, split)[at : at + 1])[0]
                row[self._called(index)] = _nested(raw)
            for index, target in self._targets():
                row[target.name] = _answer(target, self._load("y", index, split)[at : at + 1])
            yield row

    def columns(self) -> tuple[list[dict[str, Any]], int]:
        """Statistics of inputs and targets, and of how many training rows they are."""
        count = int((~self._test).sum())
        sampled, columns = count, []
        for index, part in enumerate(self._encoding.input_parts):
            width = int(np.prod(part.inputs.shape))
            places = shown.sample(count, max(1, min(shown.MOST_SAMPLED, MOST_NUMBERS // width)))
            raw = _raw(part.inputs, self._load("x", index, "train")[places])
            columns += _columns(self._called(index), raw)
            sampled = min(sampled, len(places))
        for index, target in self._targets():
            y = self._load("y", index, "train")[shown.sample(count, min(sampled, shown.MOST_SAMPLED))]
            columns += _target_columns(target, y)
        return columns, sampled

    def class_counts(self) -> list[dict[str, Any]]:
        """How many rows of each split have each class or label."""
        several = len(self._encoding.target_parts) > 1
        counted = []
        for index, target in self._targets():
            if isinstance(target, ClassTarget | MultilabelTarget):
                counts = {split: self._counts(target, index, split) for split in storing.SPLITS}
                told = {"target": wording.short(target.name)} if several else {}
                counted += [
                    told | {"class": wording.short(name)} | {split: counts[split][at] for split in counts}
                    for at, name in enumerate(target.classes)
                ]
        return counted

    def _counts(self, target: ClassTarget | MultilabelTarget, index: int, split: storing.Split) -> list[int]:
        y = self._load("y", index, split)
        if isinstance(target, ClassTarget):
            counts: list[int] = np.bincount(y, minlength=len(target.classes)).tolist()
            return counts
        return [int(column.sum()) for column in y.T]

    def _load(self, which: storing.Which, index: int, split: storing.Split) -> NDArray[Any]:
        name = storing.array_name(which, index, split)
        if name not in self._loaded:
            self._loaded[name] = np.load(self._into / f"{name}.npy", mmap_mode="r")
        return self._loaded[name]

    def _called(self, index: int) -> str:
        parts = self._encoding.input_parts
        return parts[index].name if len(parts) > 1 else INPUT

    def _targets(self) -> list[tuple[int, _Written]]:
        """The targets that have arrays, and their places among these."""
        found = [part.target for part in self._encoding.target_parts]
        return list(enumerate(part for part in found if not isinstance(part, ReconstructionTarget)))


def _raw(inputs: OneInputs, rows: NDArray[Any]) -> NDArray[Any]:
    """Encoded rows in the units and the shape that were uploaded."""
    plain = inputs.array if isinstance(inputs, PictureInputs) else inputs
    if not isinstance(plain, ArrayInputs):
        return np.asarray(rows)
    unscaled = array_inputs.unscale(plain, np.asarray(rows))
    whole = np.round(unscaled).astype(np.uint8) if plain.pictures else unscaled
    return whole.reshape(len(rows), *plain.raw_shape)


def _nested(value: NDArray[Any]) -> object:
    """An array as JSON, or what is in it when that is too much to look at."""
    if value.size <= NESTED:
        return _listed(value.tolist())
    return {
        "shape": list(value.shape),
        "min": number(value.min()),
        "max": number(value.max()),
        "mean": number(np.mean(value, dtype=np.float64)),
    }


def _listed(value: Any) -> object:  # noqa: ANN401 - lists of lists of numbers
    return [_listed(part) for part in value] if isinstance(value, list) else number(value)


def _answer(target: _Written, y: NDArray[Any]) -> object:
    """The target of one row as it was uploaded."""
    if isinstance(target, ClassTarget):
        return wording.short(target.classes[int(y[0])])
    if isinstance(target, MultilabelTarget):
        return [wording.short(target.classes[at]) for at in np.flatnonzero(y[0])]
    return _nested(targets.decode(target, np.asarray(y))[0])


def _columns(name: str, raw: NDArray[Any]) -> list[dict[str, Any]]:
    """Each number of a row that is a list of a few, or else all numbers together."""
    if raw.ndim == 2 and raw.shape[1] <= shown.MOST_COLUMNS:
        return [numbers(f"{name}[{at}]", raw[:, at]) for at in range(raw.shape[1])]
    return [numbers(name, raw.reshape(-1))]


def _target_columns(target: _Written, y: NDArray[Any]) -> list[dict[str, Any]]:
    if isinstance(target, ClassTarget | MultilabelTarget):
        counts = np.bincount(y, minlength=len(target.classes)) if y.ndim == 1 else y.sum(axis=0)
        named = {name: int(count) for name, count in zip(target.classes, counts, strict=True) if count}
        return [categories(target.name, Counter(named), 0)]
    raw = targets.decode(target, y).reshape(len(y), -1)
    names = target.names if isinstance(target, VectorTarget) else [target.name]
    return [numbers(name, raw[:, at]) for at, name in enumerate(names)]
