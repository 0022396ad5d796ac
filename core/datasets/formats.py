"""Which format an upload is in: told by the names of its files, if their first bytes do not say otherwise."""

import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from core import errors
from core.datasets import wording
from core.datasets.reading import Upload

Format = Literal["csv", "tsv", "parquet", "jsonl", "npz", "idx", "images"]

# Of MNIST's format, the third byte: the type of the numbers.
IDX_TYPES = frozenset({0x08, 0x09, 0x0B, 0x0C, 0x0D, 0x0E})
GZIP = b"\x1f\x8b"
HEAD = 512


class Kind(NamedTuple):
    """What an ending stands for: a format, how many files an upload may have, and what they begin with."""

    format: Format
    most_files: int
    begins: str | None = None


ENDINGS = {
    # Two, whose names say which to train on and which to test on.
    ".csv": Kind("csv", 2),
    ".tsv": Kind("tsv", 2),
    ".parquet": Kind("parquet", 2, "a Parquet table"),
    ".jsonl": Kind("jsonl", 2),
    ".ndjson": Kind("jsonl", 2),
    ".npz": Kind("npz", 1, "a zip archive"),
    ".zip": Kind("images", 1, "a zip archive"),
}
TABLES = frozenset({"csv", "tsv", "parquet", "jsonl"})
IDX = Kind("idx", 4)
# What a file's first bytes say it is, for when its name says something else.
MAGIC = (
    (b"PK\x03\x04", "a zip archive"),
    (b"PK\x05\x06", "a zip archive"),
    (GZIP, "a gzip archive"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"%PDF", "a PDF document"),
    (b"PAR1", "a Parquet table"),
    (b"\x93NUMPY", "a single array (.npy)"),
    (b"\x89HDF", "an HDF5 file"),
    (b"SQLite format 3", "a SQLite database"),
)


def recognise(files: Sequence[Upload]) -> Format:
    """The format that all of `files` are in.

    Raises:
        errors.InvalidDataError: They are in none that is read, in several, or too many.
    """
    if not files:
        raise errors.InvalidDataError("One file is expected, and there is none")
    kinds = [_kind(file) for file in files]
    first = kinds[0]
    for file, kind in zip(files, kinds, strict=True):
        if kind != first:
            raise errors.InvalidDataError(
                f"{wording.quote(file.name)} is in another format than {wording.quote(files[0].name)}"
            )
    if len(files) > first.most_files:
        most = "One file is" if first.most_files == 1 else f"At most {first.most_files} files are"
        names = wording.listing([file.name for file in files])
        raise errors.InvalidDataError(f"{most} expected, and there are {len(files)}: {names}")
    return first.format


def _kind(file: Upload) -> Kind:
    with file.path.open("rb") as opened:
        head = opened.read(HEAD)
    if not head:
        raise errors.InvalidDataError(f"{wording.quote(file.name)} is an empty file")
    if is_idx(head):
        return IDX
    kind = ENDINGS.get(Path(file.name).suffix.lower())
    if kind is None:
        raise errors.InvalidDataError(
            f"{wording.quote(file.name)} is in no format that is read: {', '.join(ENDINGS)}, "
            "or the IDX files of MNIST"
        )
    found = next((called for magic, called in MAGIC if head.startswith(magic)), None)
    if found and found != kind.begins:
        raise errors.InvalidDataError(f"{wording.quote(file.name)} is not what its name says: it is {found}")
    return kind


def is_table(name: str) -> bool:
    """Whether a file of that name is a table."""
    kind = ENDINGS.get(Path(name).suffix.lower())
    return kind is not None and kind.format in TABLES


def is_idx(head: bytes) -> bool:
    """Whether a file, packed by gzip or not, begins as MNIST's do: two zeros, a type, and how many axes."""
    if head.startswith(GZIP):
        try:
            head = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16).decompress(head, 4)
        except zlib.error:
            return False
    return len(head) >= 4 and head[:2] == b"\0\0" and head[2] in IDX_TYPES and 1 <= head[3] <= 8
