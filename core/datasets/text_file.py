"""Files of text: which characters they use, and their lines, each of a bounded length."""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from core import errors

PIECE = 2**20
# Characters of a line, and of a quoted value.
LONGEST = 8 * 2**20
BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    # Before UTF-16, whose mark UTF-32's begins with.
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def encoding(path: Path, called: str) -> tuple[str, list[str]]:
    """The encoding of the whole file, which should be a `called`, and warnings.

    Raises:
        errors.InvalidDataError: It is not text.
    """
    with path.open("rb") as file:
        head = file.read(4)
    marked = next((name for mark, name in BOMS if head.startswith(mark)), None)
    try:
        _survey(path, marked or "utf-8", called)
    except UnicodeDecodeError as error:
        if marked:
            code = marked.removesuffix("-sig").upper()
            raise errors.InvalidDataError(
                f"It is not a {called}: it begins as {code} does, and is not ({error.reason})"
            ) from None
        _survey(path, "latin-1", called)
        return "latin-1", ["The file is not UTF-8 and was read as Latin-1"]
    return marked or "utf-8", []


def _survey(path: Path, coding: str, called: str) -> None:
    """Refuses binary files, and raises UnicodeDecodeError for those that are not in that encoding."""
    decoder = codecs.getincrementaldecoder(coding)()
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            if "\0" in decoder.decode(piece):
                raise errors.InvalidDataError(f"It is not a {called}: it has zero bytes, as binary files do")
    decoder.decode(b"", final=True)


@dataclass
class Lines:
    """The lines of a file, each of a bounded length, counted as they are taken."""

    file: TextIO
    number: int = 0
    characters: int = 0
    # A line that was looked at and put back.
    waiting: list[str] = field(default_factory=list)

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self.waiting.pop() if self.waiting else self.file.readline(LONGEST)
        if not line:
            raise StopIteration
        self.number += 1
        self.characters += len(line)
        if len(line) >= LONGEST:
            raise errors.InvalidDataError(
                f"Line {self.number:,} is longer than {LONGEST // 2**20} million characters"
            )
        return line
