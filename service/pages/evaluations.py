"""An evaluation as a page draws it: shades for a confusion matrix, points for a curve."""

from typing import Any, NamedTuple

# A table of more classes is looked at by nobody; what is mistaken for what most often is.
MOST_CLASSES = 24
MOST_CONFUSIONS = 20
SHADES = 10
# Of the chart in which one holds confidence against truth: its side, and the room for what stands beside it.
SIDE, MARGIN = 200, 34


class Cell(NamedTuple):
    """How often one class was taken for another, and its shade: the share of its row in tenths."""

    times: int
    shade: int


class Point(NamedTuple):
    """A bin of a calibration in the chart's own coordinates."""

    x: float
    y: float
    radius: float


def matrix(output: dict[str, Any]) -> list[list[Cell]] | None:
    """The confusion matrix with shades; None where there is none, or one that is too large to look at."""
    found: list[list[int]] = output.get("confusion_matrix", [])
    if not 0 < len(found) <= MOST_CLASSES:
        return None
    return [[Cell(count, _shade(count, sum(row))) for count in row] for row in found]


def names(output: dict[str, Any]) -> list[str]:
    """The classes, in the order of the matrix."""
    return [one["class"] for one in output.get("classes", [])]


def confusions(output: dict[str, Any]) -> list[tuple[str, str, int]]:
    """What was taken for what most often: what it is, what it was taken for, and how often."""
    called = names(output)
    found = [
        (called[actual], called[guess], count)
        for actual, row in enumerate(output.get("confusion_matrix", []))
        for guess, count in enumerate(row)
        if count and guess != actual
    ]
    return sorted(found, key=lambda one: -one[2])[:MOST_CONFUSIONS]


def calibration(output: dict[str, Any]) -> list[Point]:
    """A point for each bin that has rows: how sure it was to the right, how often it was right upwards."""
    bins = [one for one in output["calibration"]["bins"] if one["count"]]
    most = max((one["count"] for one in bins), default=1)
    return [
        Point(
            round(MARGIN + SIDE * one["confidence"], 1),
            round(SIDE * (1 - one["accuracy"]), 1),
            round(3 + 6 * (one["count"] / most) ** 0.5, 1),
        )
        for one in bins
    ]


def _shade(count: int, total: int) -> int:
    if not count:
        return 0
    return max(1, round(SHADES * count / total))
