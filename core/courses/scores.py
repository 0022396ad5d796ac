"""From a metric to a score, and from a late score to what is left of it."""

import math
from datetime import datetime, timedelta

import numpy as np

from core.courses import documents

# What the two values of the short form are worth.
BASELINE, TARGET = 60.0, 100.0
DAY = timedelta(days=1)


def score(scoring: documents.Scoring, value: float | None) -> float:
    """0 to 100, with two digits behind the point; a metric that cannot be computed is worth nothing.

    Between points it is linear. The line from baseline to target goes on below the baseline, down to 0; a
    table ends with its ends.
    """
    if value is None:
        return 0.0
    if scoring.points is not None:
        values, points = zip(*scoring.points, strict=True)
        return round(float(np.interp(value, values, points)), 2)
    baseline, target = scoring.baseline or 0.0, scoring.target or 0.0
    found = BASELINE + (TARGET - BASELINE) * (value - baseline) / (target - baseline)
    return round(min(max(found, 0.0), TARGET), 2)


def days_late(arrived: datetime, due: datetime | None) -> int:
    """How many days late that is; one that has begun counts."""
    return 0 if due is None or arrived <= due else math.ceil((arrived - due) / DAY)


def penalty(terms: documents.Penalty, days: int) -> float:
    """The points that so many days cost."""
    return min(terms.most, terms.per_day * days)
