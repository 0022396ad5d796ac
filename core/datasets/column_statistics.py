"""What a column of a data set looks like, in a few numbers, for people to look at."""

import math
from collections import Counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.datasets import wording

BINS = 10
QUANTILES = (0.25, 0.5, 0.75)
COMMONEST = 10
DIGITS = 6


def numbers(name: str, values: NDArray[Any]) -> dict[str, Any]:
    """Statistics of numbers, `(n,)`; what is not finite is missing."""
    finite = values[np.isfinite(values)].astype(np.float64)
    shown: dict[str, Any] = {"name": wording.short(name), "kind": "number", "count": len(finite)}
    shown |= {"missing": len(values) - len(finite)}
    if not len(finite):
        return shown | dict.fromkeys(("mean", "std", "min", "max", "quantiles", "histogram"))
    with np.errstate(over="ignore", invalid="ignore"):
        moments = {"mean": number(finite.mean()), "std": number(finite.std())}
        quantiles = np.quantile(finite, QUANTILES)
    return (
        shown
        | moments
        | {
            "min": number(finite.min()),
            "max": number(finite.max()),
            "quantiles": {str(at): number(value) for at, value in zip(QUANTILES, quantiles, strict=True)},
            "histogram": _histogram(finite),
        }
    )


def categories(name: str, counts: Counter[str], missing: int) -> dict[str, Any]:
    """Statistics of texts that occur so often, with the commonest of them."""
    common = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:COMMONEST]
    return {
        "name": wording.short(name),
        "kind": "category",
        "count": counts.total(),
        "missing": missing,
        "distinct": len(counts),
        "values": [{"value": wording.short(value), "count": count} for value, count in common],
    }


def _histogram(values: NDArray[np.float64]) -> dict[str, Any] | None:
    """How many values lie in each of ten equal parts; None where floating point cannot tell parts apart."""
    with np.errstate(over="ignore"):
        width = values.max() - values.min()
        # Infinite for the largest number that there is.
        apart = np.spacing(np.abs(values).max())
    if not math.isfinite(width) or (width or 1) / BINS < 2 * apart:
        return None
    counts, edges = np.histogram(values, BINS)
    return {"edges": [number(edge) for edge in edges], "counts": counts.tolist()}


def number(value: Any) -> float | int | None:  # noqa: ANN401 - numpy's scalars of every type
    """A number for JSON, with as many digits as one reads; None when it is not finite."""
    if isinstance(value, bool | int | np.integer | np.bool_):
        return int(value)
    return float(f"{value:.{DIGITS}g}") if math.isfinite(value) else None
