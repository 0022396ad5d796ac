"""Numbers, sizes and names as a reader's language writes them: what `text.js` does for the scripts."""

from babel.numbers import format_decimal, format_percent

from service import language
from service.language import translated as _

DIGITS = 4
NONE, TIMES = "\N{EN DASH}", "\N{MULTIPLICATION SIGN}"
# What is longer is no name that anybody reads; a table of them could be of any size.
LONGEST_NAME = 120


def number(value: float | None) -> str:
    """A number with four digits that mean something; a dash for none."""
    if value is None:
        return NONE
    rounded = float(f"{value:.{DIGITS}g}")
    if rounded and not 1e-4 <= abs(rounded) < 1e9:
        return f"{rounded:g}"
    return format_decimal(rounded, locale=language.current(), decimal_quantization=False)


def whole(value: int) -> str:
    """A whole number."""
    return format_decimal(value, locale=language.current())


def percent(share: float | None) -> str:
    """A share of one: 93.4 %."""
    if share is None:
        return NONE
    return format_percent(round(share, 3), locale=language.current(), decimal_quantization=False)


def size(count: int) -> str:
    """A number of bytes: 12.3 MB."""
    units = (_("B"), _("kB"), _("MB"), _("GB"), _("TB"))
    step, left = 0, float(count)
    while left >= 1000 and step < len(units) - 1:
        step, left = step + 1, left / 1000
    return f"{number(float(f'{left:.3g}'))} {units[step]}"


def short(text: str) -> str:
    """A name, cut off where it is longer than anybody reads."""
    return text if len(text) <= LONGEST_NAME else text[: LONGEST_NAME - 1] + "…"


def shape(sizes: list[int]) -> str:
    """8 by 8 by 1."""
    return f" {TIMES} ".join(str(one) for one in sizes)


def duration(seconds: float) -> str:
    """48 s, 3 min 20 s, 2 h 5 min."""
    if seconds < 10:
        return f"{number(round(seconds, 1))} s"
    rounded = round(seconds)
    if rounded < 60:
        return f"{rounded} s"
    if rounded < 3600:
        return f"{rounded // 60} min {rounded % 60} s"
    return f"{rounded // 3600} h {rounded % 3600 // 60} min"


def cell(value: object) -> str:
    """What stands in a row of a data set."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return number(value)
    return NONE if value is None else short(str(value))


def moment(at: str) -> str:
    """A time as the API tells it, for who has no script that puts it into their zone."""
    return f"{at[:10]} {at[11:16]} UTC"
