"""Names for the parts of an input or a target: words that a network's layers may have too."""

import re
from collections.abc import Iterable, Sequence

LONGEST = 63
# What a table's columns of numbers and categories are called together.
COLUMNS = "columns"


def identifiers(names: Sequence[str], taken: Iterable[str] = ()) -> list[str]:
    """Each of `names` as `[A-Za-z][A-Za-z0-9_.-]{0,62}`, all different, and none of them one of `taken`."""
    used = {name.casefold() for name in taken}
    found = []
    for name in names:
        word = _word(name)
        number = 1
        while word.casefold() in used:
            number += 1
            suffix = f"_{number}"
            word = _word(name)[: LONGEST - len(suffix)] + suffix
        used.add(word.casefold())
        found.append(word)
    return found


def _word(name: str) -> str:
    word = re.sub(r"[^A-Za-z0-9_.-]+", "_", name.strip()).strip("_")
    return (word if re.match(r"[A-Za-z]", word) else f"part_{word}".rstrip("_"))[:LONGEST]
