"""How one cell of a table is read. The file and the rows of a prediction go through the same functions.

A cell is text (of a CSV file, or in JSON) or a JSON number, boolean or null.
"""

import math

MISSING = frozenset({"", "NA", "N/A", "NaN", "nan", "null", "None", "?"})


def text(cell: str) -> str | None:
    """The text of a cell without the blanks around it; None when it is missing."""
    stripped = cell.strip()
    return None if stripped in MISSING else stripped


def number(cell: object) -> float | None:
    """The number in a cell, NaN when it is missing, and None when it is no number.

    Infinities are given as they are; whoever asks decides what they mean. Booleans count as 1 and 0, because
    numpy, which reads whole batches at once, takes them so.
    """
    if isinstance(cell, str):
        return _parse(cell)
    if cell is None:
        return math.nan
    if isinstance(cell, int | float):
        try:
            return float(cell)
        except OverflowError:
            return math.inf if cell > 0 else -math.inf
    return None


def _parse(cell: str) -> float | None:
    stripped = text(cell)
    if stripped is None:
        return math.nan
    # Python's own digits may be grouped, as in 1_000; nobody's files are.
    if "_" in stripped:
        return None
    try:
        return float(stripped)
    except ValueError:
        return None


def labels(cell: object) -> list[str] | None:
    """What a cell of a category may be called, the likeliest first; [] when missing, None when it is no text.

    JSON says `true` where a file said `True`, and `2.0` may have been `2`.
    """
    if isinstance(cell, str):
        stripped = text(cell)
        return [] if stripped is None else [stripped]
    if cell is None:
        return []
    if isinstance(cell, bool):
        return [str(cell), str(cell).lower(), str(cell).upper()]
    if isinstance(cell, float):
        if math.isnan(cell):
            return []
        return [repr(cell), *([str(int(cell))] if cell.is_integer() else [])]
    return [str(cell)] if isinstance(cell, int) else None
