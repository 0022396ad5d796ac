"""Arrays as Keras's `fit` takes them, in the `.npz` that the service reads.

This takes numpy, which whoever has arrays has.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fittingroom.errors import InputError

Array = NDArray[Any]
# As many numbers as a request of a few megabytes holds in JSON.
NUMBERS_AT_A_TIME = 200_000


class Split(NamedTuple):
    """Rows of every input, and of every target; there is none where the input itself is to be reconstructed.

    The names are the inputs' and the targets' own; a single one is called "".
    """

    x: dict[str, Array]
    y: dict[str, Array]

    @property
    def rows(self) -> int:
        """How many there are."""
        return len(next(iter(self.x.values())))


def split(given: Any, inputs: Sequence[str] = (), outputs: Sequence[str] = ()) -> Split:  # noqa: ANN401 (arrays, in Keras's many forms)
    """`(x, y)`, each an array, several by name, or several in the order of the names.

    Raises:
        InputError: they are not as many rows.
    """
    x, y = given
    found = Split(named(x, inputs), {} if y is None or y is x else named(y, outputs))
    lengths = [len(one) if one.ndim else 0 for one in (*found.x.values(), *found.y.values())]
    if not found.x or len(set(lengths)) != 1 or not lengths[0]:
        told = ", ".join(map(str, lengths)) or "none"
        raise InputError(f"x and y must be arrays of as many rows, and at least one; they have {told}")
    return found


def named(given: Any, names: Sequence[str] = ()) -> dict[str, Array]:  # noqa: ANN401 (likewise)
    """Arrays by name: a single one is called "", and what is listed without `names` `part_1` and so on.

    Raises:
        InputError: two names are the same word to the service.
    """
    pairs = _pairs(given, names)
    known: dict[str, str] = {}
    for name, _ in pairs:
        word = _word(name)
        if word in known:
            raise InputError(f"{known[word]!r} and {name!r} are both {word!r} to the service: rename one")
        known[word] = name
    return {name: np.asarray(array) for name, array in pairs}


def _pairs(given: Any, names: Sequence[str]) -> list[tuple[str, Any]]:  # noqa: ANN401 (arrays, in Keras's many forms)
    if isinstance(given, Mapping):
        return [(str(name), array) for name, array in given.items()]
    if (
        isinstance(given, list | tuple)
        and given
        and all(np.ndim(one) and hasattr(one, "shape") for one in given)
    ):
        if len(names) != len(given):
            names = [f"part_{place}" for place in range(1, len(given) + 1)]
        return list(zip(names, given, strict=True))
    return [("", given)]


def numbers(found: Split) -> Split:
    """Bytes as other numbers: the service would take them for pictures, and scale them to [0, 1]."""
    return found._replace(
        x={
            name: array.astype(np.float32) if array.dtype == np.uint8 and array.ndim > 2 else array
            for name, array in found.x.items()
        }
    )


def write(train: Split, test: Split | None, path: Path) -> None:
    """Writes the file."""
    np.savez_compressed(path, allow_pickle=False, **_contents(train, test))


def mark(train: Split, test: Split | None, options: Mapping[str, Any]) -> str:
    """A SHA-256 that is the same for the same arrays that are read the same way.

    Raises:
        InputError: there are Python objects among them, which no file may hold.
    """
    found = hashlib.sha256()
    for name, array in _contents(train, test).items():
        if array.dtype.hasobject:
            raise InputError(f"{name} holds Python objects: make them numbers, or texts by astype(str)")
        found.update(f"{name} {array.dtype.descr} {array.shape}\n".encode())
        found.update(np.ascontiguousarray(array).reshape(-1).view(np.uint8).data)
    found.update(json.dumps(options, sort_keys=True).encode())
    return found.hexdigest()


def _contents(train: Split, test: Split | None) -> dict[str, Array]:
    """The arrays by their names in the file."""
    parts = [("train", train), *([("test", test)] if test else [])]
    return {
        "_".join(word for word in (which, _word(name), part) if word): array
        for which in ("x", "y")
        for part, rows in parts
        for name, array in (rows.x if which == "x" else rows.y).items()
    }


def rows_of(given: Any) -> list[Any]:  # noqa: ANN401 (rows or arrays)
    """Rows as a prediction takes them, from arrays as `fit` does; rows that are some already stay what they
    are.
    """
    if isinstance(given, list) and given and isinstance(given[0], Mapping | str):
        return given
    found = named(given)
    listed = [array.tolist() for array in found.values()]
    if "" in found:
        return list(listed[0])
    if isinstance(given, Mapping):
        names = [_word(name) for name in found]
        return [dict(zip(names, row, strict=True)) for row in zip(*listed, strict=True)]
    return [list(row) for row in zip(*listed, strict=True)]


def in_parts(rows: list[Any]) -> Iterator[list[Any]]:
    """The rows, as many at a time as one request has room for."""
    size = max(1, NUMBERS_AT_A_TIME // _size(rows[0])) if rows else 1
    for at in range(0, len(rows), size):
        yield rows[at : at + size]


def _size(row: Any) -> int:  # noqa: ANN401 (JSON)
    if isinstance(row, Mapping):
        row = list(row.values())
    return max(1, sum(map(_size, row))) if isinstance(row, list) else 1


def _word(name: str) -> str:
    """A name as the service will call it."""
    return re.sub(r"[^A-Za-z0-9_.-]+", "_", name)
