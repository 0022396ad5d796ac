"""Where a picture lies in an archive says what it is: its folder is its class, and train or test above it."""

from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Any, NamedTuple, Protocol, TypeVar

from core import errors
from core.datasets import pictures, wording
from core.datasets.splitting import TEST, TRAIN, VALIDATION

# Pictures of formats that are not taken: who packs them means them to be rows, so they are no mere warning.
STRANGERS = frozenset(
    {
        ".svg",
        ".tif",
        ".tiff",
        ".heic",
        ".heif",
        ".avif",
        ".jp2",
        ".ico",
        ".psd",
        ".eps",
        ".ai",
        ".tga",
        ".dng",
    }
)


class Named(Protocol):
    """An entry of an archive."""

    filename: str


Entry = TypeVar("Entry", bound=Named)


class Row(NamedTuple):
    """A picture: its entry in the archive, the folder it lies in, and whether it is kept for the test."""

    entry: Any
    folder: str
    test: bool


class Layout(NamedTuple):
    """The rows in their order; whether the archive says which are for the test; and warnings."""

    rows: list[Row]
    apart: bool
    warnings: list[str]


def pictures_of(entries: Sequence[Entry]) -> tuple[list[Entry], list[Entry]]:
    """The entries that are pictures by their endings, and the others.

    Raises:
        errors.InvalidDataError: There is a picture of a format that is not taken, or none at all.
    """
    found = [entry for entry in entries if pictures.is_named(entry.filename)]
    names = [entry.filename for entry in entries]
    strangers = [name for name in names if PurePosixPath(name).suffix.lower() in STRANGERS]
    if strangers:
        raise errors.InvalidDataError(f"{pictures.TAKEN} taken, and not {wording.listing(strangers)}")
    if not found:
        raise errors.InvalidDataError(
            "There is no picture in the archive: one folder for each class is expected, with files of "
            + ", ".join(sorted(pictures.ENDINGS))
        )
    return found, [entry for entry in entries if not pictures.is_named(entry.filename)]


def lay_out(entries: Sequence[Entry], *, classes: bool = True) -> Layout:
    """The rows that the pictures `entries` make; with `classes`, every one has a folder.

    A folder that all of them lie in says nothing, and is left out; so is what lies between a class and its
    pictures.

    Raises:
        errors.InvalidDataError: A picture lies in no folder.
    """
    paths = _inside([(entry, PurePosixPath(entry.filename).parts) for entry in entries])
    splits = {parts[0].lower() for _, parts in paths if len(parts) > 1}
    apart = bool(splits & TRAIN) and splits <= TRAIN | TEST | VALIDATION and all(len(p) > 1 for _, p in paths)
    rows = []
    for entry, parts in paths:
        split, rest = (parts[0].lower(), parts[1:]) if apart else ("", parts)
        if classes and len(rest) < 2:
            raise errors.InvalidDataError(
                f"{wording.quote(entry.filename)} lies in no folder of a class: "
                "the folder of a picture is its class"
            )
        rows.append(Row(entry, rest[0] if len(rest) > 1 else "", split in TEST))
    rows.sort(key=lambda row: (row.test, order(row.folder), row.entry.filename))
    added = sorted(splits & VALIDATION) if apart else []
    warnings = [f"{wording.quote(name)}: its pictures were added to the training rows" for name in added]
    return Layout(rows, bool(splits & TEST) and apart, warnings)


def order(name: str) -> tuple[int, str]:
    """What class names are sorted by: numbers come first, in their own order."""
    return (int(name), name) if name.isascii() and name.isdigit() and len(name) < 19 else (2**63, name)


def _inside(paths: list[tuple[Entry, tuple[str, ...]]]) -> list[tuple[Entry, tuple[str, ...]]]:
    """The paths without the folders that all of them lie in, as long as folders are left below.

    One to validate on says nothing when there is no other: its rows are there to train on.
    """
    while True:
        tops = {parts[0] for _, parts in paths}
        if len(tops) > 1 or any(len(parts) < 3 for _, parts in paths) or _is_split(tops):
            return paths
        paths = [(entry, parts[1:]) for entry, parts in paths]


def _is_split(tops: set[str]) -> bool:
    return {top.lower() for top in tops} <= TRAIN | TEST
