"""What the arrays of an `.npz` are for, which their names tell."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from core import errors
from core.datasets import wording

# `x` and `y`, perhaps with a name, perhaps with a split; the name may have underscores of its own.
NAME = re.compile(r"(?P<which>[xy])(?:_(?P<name>.+?))??(?:_(?P<split>train|test))?")
SPLITS = ("", "train", "test")


class Group(NamedTuple):
    """The arrays of one input or target: one, or one to train on and perhaps one to test on."""

    name: str
    arrays: tuple[str, ...]


@dataclass(frozen=True)
class Layout:
    """The inputs and the targets in the order of the file, and the names of arrays that are not read."""

    inputs: tuple[Group, ...]
    targets: tuple[Group, ...]
    others: tuple[str, ...]


def lay_out(names: Sequence[str], *, targets: bool) -> Layout:
    """What each array is for; unless there are to be `targets`, those in the file are not read.

    Raises:
        errors.InvalidDataError: They are not the arrays of a data set.
    """
    xs, ys = _groups(names, "x"), _groups(names, "y") if targets else {}
    splits = {frozenset(group) for group in (*xs.values(), *ys.values())}
    if not xs or (targets and not ys) or splits not in _ALLOWED:
        listed = wording.listing(sorted(names)) if names else "no array"
        expected = (
            "x and y, or x_train, y_train, x_test and y_test are expected" if targets else "x is expected"
        )
        raise errors.InvalidDataError(
            f"It has {listed}, where {expected}; several are called x_NAME or y_NAME"
        )
    inputs, wanted = _listed(xs), _listed(ys)
    used = {array for group in (*inputs, *wanted) for array in group.arrays}
    return Layout(inputs, wanted, tuple(name for name in names if name not in used))


_ALLOWED = [{frozenset({""})}, {frozenset({"train"})}, {frozenset({"train", "test"})}]


def _groups(names: Sequence[str], which: str) -> dict[str, dict[str, str]]:
    """The arrays of each input or target by their split; one without a name is the only one."""
    found: dict[str, dict[str, str]] = {}
    for array in names:
        match = NAME.fullmatch(array)
        if match and match["which"] == which:
            found.setdefault(match["name"] or "", {})[match["split"] or ""] = array
    return {"": found[""]} if "" in found else found


def _listed(groups: dict[str, dict[str, str]]) -> tuple[Group, ...]:
    return tuple(
        Group(name, tuple(group[split] for split in SPLITS if split in group))
        for name, group in groups.items()
    )
