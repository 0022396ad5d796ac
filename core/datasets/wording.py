"""Words for the sentences in which a reader says what is wrong with a file."""

import difflib
import json
from collections.abc import Iterable, Sequence

# A name or value can be as long as a file; a sentence that quotes it should not be.
QUOTED = 60
# Comparing names costs the product of their lengths, and names come from strangers.
COMPARED = 100


def quote(value: object) -> str:
    """`value` in a few characters that all print: a text in quotes, anything else as JSON has it."""
    if isinstance(value, str):
        return repr(short(value))
    try:
        return short(json.dumps(value, default=str))
    except (ValueError, RecursionError):
        return "something"


def short(text: str, most: int = QUOTED) -> str:
    """`text`, cut off where it is longer than a reader wants."""
    return text if len(text) <= most else text[: most - 1] + "…"


def did_you_mean(name: str, names: Iterable[str]) -> str:
    """`"; did you mean 'x'?"` when one of `names` is close to `name`, else nothing."""
    if len(name) > COMPARED:
        return ""
    by_fold = {known.casefold(): known for known in names if len(known) <= COMPARED}
    close = difflib.get_close_matches(name.casefold(), by_fold, n=1)
    return f"; did you mean {quote(by_fold[close[0]])}?" if close else ""


def listing(names: Sequence[str], most: int = 5) -> str:
    """The first few of `names`, quoted, and how many more there are."""
    shown = ", ".join(quote(name) for name in names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most:,} more"


def counted(number: int, one: str, many: str | None = None) -> str:
    """`1 row`, `2 rows`, `1,234 rows`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
