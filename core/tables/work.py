"""Data sets, the jobs on them, and what became of these."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.tables.base import ACCELERATORS, STATUSES, Base, Json, identifier, one_of, owner

if TYPE_CHECKING:
    from core.tables.trained import ModelVersion


class Dataset(Base):
    """An uploaded data set, as it was understood."""

    __tablename__ = "datasets"
    __table_args__ = (sa.UniqueConstraint("owner_id", "name"), sa.Index(None, "owner_id", "id"))

    id: Mapped[str] = identifier("ds")
    owner_id: Mapped[str] = owner()
    name: Mapped[str] = mapped_column(sa.String(63))
    format: Mapped[str] = mapped_column(sa.String(20))
    bytes: Mapped[int] = mapped_column(sa.BigInteger)
    """The size of the upload."""
    sha256: Mapped[str] = mapped_column(sa.String(64))
    """The hash of the upload."""
    options: Mapped[dict[str, Any]]
    """How it was to be read, as sent."""
    description: Mapped[dict[str, Any]]
    """What the API tells of it: rows, inputs, target, splits, warnings."""
    class_counts: Mapped[list[int]] = mapped_column(Json)
    """Training rows per class; empty where the target is a number."""
    artifacts: Mapped[dict[str, Any]]
    """Hashes of the arrays (x_train, y_train, x_test, y_test) and of the encoding."""
    created_at: Mapped[datetime]


class Job(Base):
    """A training job. This row is the queue: a message to a worker only says that it is worth a look."""

    __tablename__ = "jobs"
    __table_args__ = (
        one_of("status", STATUSES),
        one_of("accelerator", ACCELERATORS),
        sa.Index(None, "owner_id", "id"),
        # A list of the few that failed among many that did not.
        sa.Index(None, "owner_id", "status", "id"),
        # What a worker looks for, and what the sweeper looks for.
        sa.Index(None, "status", "priority", "id"),
        sa.Index(None, "status", "lease_until"),
    )

    id: Mapped[str] = identifier("job")
    owner_id: Mapped[str] = owner()
    name: Mapped[str] = mapped_column(sa.String(63), index=True)
    """The model that it makes a version of."""
    dataset_id: Mapped[str | None] = mapped_column(
        sa.ForeignKey("datasets.id", ondelete="SET NULL"), index=True
    )
    data: Mapped[dict[str, Any]]
    """The data set's id, name and hash, which outlive it."""
    status: Mapped[str] = mapped_column(sa.String(10))
    priority: Mapped[int]
    accelerator: Mapped[str] = mapped_column(sa.String(10))
    gpus: Mapped[int]
    max_seconds: Mapped[int]
    tags: Mapped[dict[str, Any]]
    spec: Mapped[dict[str, Any]]
    """What was sent."""
    resolved: Mapped[dict[str, Any]]
    """All of it, defaults and inferences included: what is trained is a function of this and the data."""
    resolved_sha256: Mapped[str] = mapped_column(sa.String(64))
    course_id: Mapped[str | None] = mapped_column(sa.String(40))
    """The course that it is for, whose share of the slots it takes; null for a job of one's own."""
    scores_only: Mapped[bool] = mapped_column(server_default=sa.false(), default=False)
    """Whether nothing is trained: a network that is there is scored once more."""
    initial: Mapped[dict[str, Any] | None]
    """The model version whose weights it starts from: its name, and the hash of its `.keras` artifact."""

    attempt: Mapped[int] = mapped_column(default=0)
    """The fencing number: what an earlier attempt still writes is refused."""
    worker: Mapped[str | None] = mapped_column(sa.String(100))
    """Who runs it."""
    lease_until: Mapped[datetime | None]
    """Until then its worker is believed to be alive."""
    cancel_requested: Mapped[bool] = mapped_column(default=False)
    losses: Mapped[int] = mapped_column(default=0)
    """Attempts lost in a row without progress: what kills every trainer is not tried for ever."""
    seconds: Mapped[float] = mapped_column(default=0.0)
    """How long it has run, over all attempts: held against `max_seconds`."""

    progress: Mapped[dict[str, Any] | None]
    metrics: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    """The latest epoch's."""
    plan: Mapped[dict[str, Any] | None]
    """How it is run: threads, steps per call …"""
    environment: Mapped[dict[str, Any] | None]
    """What it is run with: TensorFlow's version, the device …"""
    checkpoint: Mapped[dict[str, Any] | None]
    """Where the next attempt goes on: the artifact's hash and the epochs that it holds."""
    error: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]

    dataset: Mapped[Dataset | None] = relationship()
    transitions: Mapped[list["Transition"]] = relationship(
        order_by="Transition.number", cascade="all, delete-orphan", passive_deletes=True
    )
    version: Mapped["ModelVersion | None"] = relationship(
        back_populates="job", foreign_keys="ModelVersion.job_id", passive_deletes="all"
    )


def _of_job() -> Mapped[str]:
    return mapped_column(sa.ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)


class Transition(Base):
    """A change of a job's status."""

    __tablename__ = "transitions"

    job_id: Mapped[str] = _of_job()
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """1, 2, 3 … within the job, without gaps."""
    status: Mapped[str] = mapped_column(sa.String(10))
    at: Mapped[datetime]
    attempt: Mapped[int | None]
    worker: Mapped[str | None] = mapped_column(sa.String(100))
    reason: Mapped[str | None] = mapped_column(sa.String(255))


class Epoch(Base):
    """One epoch's figures, written once: the first attempt that got so far wrote them."""

    __tablename__ = "epochs"

    job_id: Mapped[str] = _of_job()
    epoch: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """1 … N, without gaps."""
    attempt: Mapped[int]
    metrics: Mapped[dict[str, Any]]
    learning_rate: Mapped[float | None]
    seconds: Mapped[float]
    at: Mapped[datetime]


class LogLine(Base):
    """A line that the training printed."""

    __tablename__ = "log_lines"

    job_id: Mapped[str] = _of_job()
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """1, 2, 3 … within the job, without gaps."""
    attempt: Mapped[int]
    line: Mapped[str] = mapped_column(sa.Text)
    at: Mapped[datetime]
