"""What was understood of a data set, in words: what stands in a row, and what is to be told of it."""

import json
from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.language import translated as _
from service.language import translated_number as ngettext
from service.pages import figures

# Of options that name columns, of which there can be thousands.
LONGEST = 4000


def inputs(told: dict[str, Any]) -> list[dict[str, Any]]:
    """The inputs of a data set as the API tells it: one, or several by their names."""
    found: list[dict[str, Any]] = told["inputs"].get("parts", [told["inputs"]])
    return found


def targets(told: dict[str, Any]) -> list[dict[str, Any]]:
    """Its targets, likewise."""
    found: list[dict[str, Any]] = told["target"].get("parts", [told["target"]])
    return found


def kind(told: dict[str, Any]) -> str:
    """What its rows are, in a word or two."""
    parts = inputs(told)
    if len(parts) > 1:
        return _("Several inputs")
    words = {
        "pictures": _("Pictures"),
        "table": _("Table"),
        "texts": _("Texts"),
        "sequences": _("Sequences"),
        "numbers": _("Numbers"),
    }
    return words[_kind(parts[0])]


def aim(told: dict[str, Any]) -> str:
    """What is to be told of a row, in a word or two."""
    parts = targets(told)
    return _("Several targets") if len(parts) > 1 else target(parts[0])


def rows_of(part: dict[str, Any]) -> str:
    """What a row of an input is."""
    return _SENTENCES[_kind(part)](part)


def target(part: dict[str, Any]) -> str:
    """What is to be told of a row."""
    count = len(part.get("classes") or part.get("names") or ())
    if part["kind"] == "class":
        return ngettext("one of %(num)s class", "one of %(num)s classes", count) % _number(count)
    if part["kind"] == "multilabel":
        return ngettext("any of %(num)s label", "any of %(num)s labels", count) % _number(count)
    if part["kind"] == "vector":
        return ngettext("%(num)s number", "%(num)s numbers", count) % _number(count)
    return _("a number") if part["kind"] == "number" else _("the row itself")


def cell(value: object) -> str:
    """What stands in a cell: as it was uploaded, and of a whole array what is in it."""
    if isinstance(value, list) and value and isinstance(value[0], list):
        value = _summed(np.asarray(value, np.float64))
    if isinstance(value, dict):
        shown = {"shape": figures.shape(value["shape"])}
        shown |= {name: figures.number(value[name]) for name in ("min", "max")}
        return _("%(shape)s numbers, from %(min)s to %(max)s") % shown
    if isinstance(value, list):
        return ", ".join(cell(one) for one in value)
    return figures.NONE if value is None else str(value)


def _summed(array: NDArray[np.float64]) -> dict[str, Any]:
    known = array[np.isfinite(array)]
    least, most = (float(known.min()), float(known.max())) if known.size else (None, None)
    return {"shape": list(array.shape), "min": least, "max": most}


def _kind(part: dict[str, Any]) -> str:
    if part.get("pictures") or ("column" in part and len(part["shape"]) == 3):
        return "pictures"
    if "columns" in part:
        return "table"
    if "vocabulary_size" in part:
        return "texts"
    return "sequences" if part["dtype"] == "int32" else "numbers"


def _pictures(part: dict[str, Any]) -> str:
    height, width, channels = (*part["shape"], 1)[:3]
    size = {"size": figures.shape([height, width])}
    if channels == 1:
        return _("a picture of %(size)s pixels, in shades of grey") % size
    return _("a picture of %(size)s pixels, in colours") % size


def _table(part: dict[str, Any]) -> str:
    count = len(part["columns"])
    said = ngettext("%(num)s column of a table", "%(num)s columns of a table", count)
    return said % _number(count)


def _texts(part: dict[str, Any]) -> str:
    said = _("a text of up to %(length)s words, of %(size)s words that are known")
    return said % {
        "length": figures.whole(part["shape"][0]),
        "size": figures.whole(part["vocabulary_size"]),
    }


def _sequences(part: dict[str, Any]) -> str:
    least, most = part.get("integers") or (None, None)
    said = _("a sequence of %(length)s whole numbers, from %(least)s to %(most)s")
    return said % {
        "length": figures.whole(part["shape"][0]),
        "least": figures.number(least),
        "most": figures.number(most),
    }


def _numbers(part: dict[str, Any]) -> str:
    return _("%(shape)s numbers") % {"shape": figures.shape(part["shape"])}


_SENTENCES = {
    "pictures": _pictures,
    "table": _table,
    "texts": _texts,
    "sequences": _sequences,
    "numbers": _numbers,
}


def _number(count: int) -> dict[str, str]:
    return {"num": figures.whole(count)}


def plainly(options: dict[str, Any]) -> str:
    """Options as they were sent, cut off where nobody reads on."""
    return cut(json.dumps(options, ensure_ascii=False, indent=2), LONGEST)


def cut(text: str, most: int = 500) -> str:
    """A text in which names stand that others chose, cut off where nobody reads on."""
    return text if len(text) <= most else text[:most] + "…"
