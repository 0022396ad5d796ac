"""How long an epoch will take, judged by the epochs of earlier jobs.

An epoch takes about `a * steps + b * multiply_adds * rows + c * parameters * steps` seconds: so much for each
batch, for the arithmetic of rows, and for bringing weights up to date. How the three relate is given here, as
measured once on two cores; how fast a worker is, the jobs tell that were most like the one in question: each
says by what factor it was slower than reckoned, and their median counts. A loop along a sequence is not
reckoned with, so a recurrent network is judged well by others of its kind alone.
"""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import db, specs
from core.tables import Epoch, Job, Speed

A_STEP = 3e-4
A_MULTIPLY_ADD = 1e-10
A_PARAMETER = 4e-9
"""Seconds: `a`, `b` and `c`."""
NEAREST = 5
FARTHER = 1.0
"""How much farther than the nearest another may be, to count."""
LOOKED_AT = 200
MOST_KEPT = 2000
MOST_EPOCHS = 50
LEAST_SECONDS = 1e-4


@dataclass(frozen=True)
class Work:
    """What there is to do in an epoch."""

    steps: int
    rows: int
    multiply_adds: int
    parameters: int

    @property
    def reckoned(self) -> float:
        """Seconds, on a worker that is as fast as the three constants say."""
        arithmetic = self.multiply_adds * self.rows
        return A_STEP * self.steps + A_MULTIPLY_ADD * arithmetic + A_PARAMETER * self.parameters * self.steps

    def distance(self, other: "Work") -> float:
        """How unlike the two are: 1 is a factor of e in one of the measures."""
        pairs = zip(self._measures(), other._measures(), strict=True)  # noqa: SLF001 - of its own kind
        return math.dist(*zip(*pairs, strict=True))

    def _measures(self) -> tuple[float, float]:
        rows_in_a_step = self.rows / max(self.steps, 1)
        return math.log1p(self.multiply_adds * rows_in_a_step), math.log1p(self.parameters)


@dataclass(frozen=True)
class Estimate:
    """Seconds for an epoch after the first, and how many jobs say so."""

    seconds: float
    from_jobs: int


def work(resolved: specs.Resolved, summary: specs.Summary, train_rows: int) -> Work:
    """What an epoch of this job has to do."""
    training = resolved.training
    rows, _ = specs.split_rows(train_rows, training.validation_split)
    return Work(-(-rows // training.batch_size), rows, summary.multiply_adds, summary.parameters)


def record(session: Session, job: Job, resolved: specs.Resolved) -> None:
    """Notes what the epochs of a job took that has just succeeded, if it had more than one.

    Only those of its last attempt, and not that attempt's first, in which the graph is built. What several
    devices took tells nothing of one.
    """
    query = (
        sa.select(Epoch.seconds)
        .where(Epoch.job_id == job.id, Epoch.attempt == job.attempt)
        .order_by(Epoch.epoch)
        .limit(MOST_EPOCHS)
    )
    seconds = session.scalars(query).all()[1:]
    if not seconds or job.dataset is None or job.plan is None or job.plan.get("devices", 1) > 1:
        return
    done = work(resolved, specs.summarize(resolved), job.dataset.description["splits"]["train"])
    session.add(
        Speed(
            device=job.plan["device"],
            threads=job.plan["threads"],
            deterministic=job.plan["deterministic"],
            steps=done.steps,
            rows=done.rows,
            multiply_adds=done.multiply_adds,
            parameters=done.parameters,
            seconds=max(statistics.median(seconds), LEAST_SECONDS),
            at=db.now(session),
        )
    )


def estimate(session: Session, wanted: Work, *, device: str, deterministic: bool) -> Estimate | None:
    """How long an epoch will take on such a device; None if no job like it has ended there.

    Workers may differ: those count that have as many threads as the one that finished a job last.
    """
    query = (
        sa.select(Speed)
        .where(Speed.device == device, Speed.deterministic == deterministic)
        .order_by(Speed.id.desc())
        .limit(LOOKED_AT)
    )
    found = session.scalars(query).all()
    return _judge(wanted, [speed for speed in found if speed.threads == found[0].threads])


def _judge(wanted: Work, speeds: Sequence[Speed]) -> Estimate | None:
    done = [(Work(one.steps, one.rows, one.multiply_adds, one.parameters), one.seconds) for one in speeds]
    far = sorted((wanted.distance(one), seconds / one.reckoned) for one, seconds in done)[:NEAREST]
    factors = [factor for distance, factor in far if distance <= far[0][0] + FARTHER]
    return Estimate(wanted.reckoned * statistics.median(factors), len(factors)) if factors else None


def trim(session: Session) -> None:
    """Forgets all but the last so many."""
    last = sa.select(sa.func.max(Speed.id)).scalar_subquery()
    session.execute(sa.delete(Speed).where(Speed.id <= last - MOST_KEPT))
