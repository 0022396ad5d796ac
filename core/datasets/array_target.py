"""The target of arrays: whether it is a class, a number or a vector, and its value in every row."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core import errors
from core.datasets import class_target, wording
from core.datasets.array_labels import Labels
from core.datasets.arrays import Stored
from core.datasets.class_target import Classes
from core.datasets.limits import Limits
from core.datasets.options import Options, wrong

INTEGERS = "iub"
NUMBERS = "fiub"


@dataclass(frozen=True)
class Numbers:
    """How many numbers a row of the target has, and how to read them: parts of shape `(n, width)`."""

    width: int
    chunks: Callable[[], Iterator[NDArray[Any]]]


def settle(parts: Sequence[Stored], options: Options, limits: Limits) -> Classes | Numbers | Labels:
    """What the target is, from the array that holds it, or from those of the train and the test rows.

    Raises:
        errors.InvalidDataError: It is none of what a target can be, or not what the options say.
    """
    width = _width(parts)
    kind = parts[0].dtype.kind

    def chunks() -> Iterator[NDArray[Any]]:
        for part in parts:
            for chunk in part.chunks():
                yield chunk.reshape(len(chunk), width)

    if width > 1 or options.task == "multilabel":
        return _several(parts[0].name, width, chunks, options)
    if kind in "US" and options.task == "regression":
        raise _task(f"{parts[0].name} holds texts, which are classes")
    if kind == "f" and options.task != "classification":
        return Numbers(1, chunks)
    if options.task == "regression":
        return Numbers(1, chunks)
    return _classes(parts[0].name, (chunk[:, 0] for chunk in chunks()), limits)


def _width(parts: Sequence[Stored]) -> int:
    """How many values a row has."""
    first = parts[0]
    for part in parts:
        if part.dtype.kind not in NUMBERS + "US":
            raise errors.InvalidDataError(
                f"{part.name} is of the type {part.dtype}, where numbers or texts are expected"
            )
        if len(part.shape) > 2:
            raise errors.InvalidDataError(
                f"{part.name} has rows of shape {list(part.shape[1:])}, where a value or a vector is expected"
            )
        if part.shape[1:] != first.shape[1:]:
            raise errors.InvalidDataError(
                f"{part.name} has rows of shape {list(part.shape[1:])}, "
                f"and {first.name} of {list(first.shape[1:])}"
            )
        # The lengths of texts may differ.
        if (part.dtype.kind in "US") != (first.dtype.kind in "US"):
            raise errors.InvalidDataError(
                f"{part.name} is of the type {part.dtype}, and {first.name} of {first.dtype}"
            )
    return first.shape[1] if len(first.shape) == 2 else 1


def _several(
    name: str, width: int, chunks: Callable[[], Iterator[NDArray[Any]]], options: Options
) -> Classes | Numbers | Labels:
    """A target of several values in a row: one-hot classes, labels, or a vector."""
    if options.task == "regression":
        return Numbers(width, chunks)
    bits = one = True
    for chunk in chunks():
        if chunk.dtype.kind in "US":
            raise errors.InvalidDataError(f"{name} has several texts in a row, where one class is expected")
        bits = bits and bool(((chunk == 0) | (chunk == 1)).all())
        one = bits and one and bool((chunk.sum(axis=1) == 1).all())
        if not bits:
            break
    if options.task == "multilabel":
        if bits:
            return Labels([str(at) for at in range(width)], chunks)
        raise _task(f"{name} has other numbers than a 1 or a 0 for each label")
    if one:
        codes = np.concatenate([chunk.argmax(axis=1) for chunk in chunks()])
        return Classes([str(at) for at in range(width)], codes, (f"{name}: read as one-hot classes",))
    if options.task == "classification":
        raise _task(f"{name} has {width:,} values in a row, and they are not one-hot")
    if bits:
        return Labels([str(at) for at in range(width)], chunks)
    return Numbers(width, chunks)


def _classes(name: str, chunks: Iterator[NDArray[Any]], limits: Limits) -> Classes:
    places: dict[Any, int] = {}
    codes = []
    for chunk in chunks:
        if chunk.dtype.kind == "f" and not (np.isfinite(chunk) & (chunk == np.trunc(chunk))).all():
            raise _task(f"{name} has numbers that are not whole, which are no classes")
        values, inverse = np.unique(_plain(chunk), return_inverse=True)
        own = np.array([places.setdefault(value, len(places)) for value in values.tolist()], np.int64)
        codes.append(own[inverse.reshape(-1)])
        if len(places) > limits.max_classes:
            raise errors.InvalidDataError(
                f"{name} has more than {limits.max_classes:,} different values, which is too many for "
                "classes (max_classes); options.task 'regression' reads them as numbers"
            )
    order = {value: at for at, value in enumerate(sorted(places))}
    merged = np.array([order[value] for value in places], np.int64)
    return Classes([str(value) for value in sorted(places)], merged[np.concatenate(codes)])


def _plain(chunk: NDArray[Any]) -> NDArray[Any]:
    """Texts as such, and whole numbers as integers, for their names."""
    if chunk.dtype.kind == "S":
        return np.char.decode(chunk, "utf-8", "replace")
    return chunk.astype(np.int64) if chunk.dtype.kind == "f" else chunk


def _task(detail: str) -> errors.InvalidDataError:
    return wrong({"task": detail})


def check_classes(target: Classes, test: NDArray[np.bool_], name: str) -> None:
    """Refuses classes that cannot be learned: only one, or one that only test rows have.

    Raises:
        errors.InvalidDataError: The sentence says which.
    """
    counts = np.bincount(target.codes, minlength=len(target.names))
    if int((counts > 0).sum()) < 2:
        only = wording.quote(target.names[int(target.codes[0])])
        raise errors.InvalidDataError(
            f"The target {name} is {only} in every row: with one class there is nothing to learn"
        )
    class_target.check_trained(target.names, target.counts(~test), target.counts(test), "class")
