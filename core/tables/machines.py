"""What runs the jobs, and what was learned of how fast."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from core.tables.base import Base


class Worker(Base):
    """A worker that said something lately."""

    __tablename__ = "workers"

    name: Mapped[str] = mapped_column(sa.String(100), primary_key=True)
    slots: Mapped[int]
    accelerators: Mapped[list[str]]
    gpus: Mapped[int] = mapped_column(server_default="0")  # a worker of an earlier version does not say
    """How many it has."""
    draining: Mapped[bool]
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]


class Lock(Base):
    """A piece of work that one process does at a time, such as sweeping."""

    __tablename__ = "locks"

    name: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    holder: Mapped[str] = mapped_column(sa.String(100))
    until: Mapped[datetime]


class Measured(Base):
    """What a job measured of two ways to train its network. It is of nobody's."""

    __tablename__ = "measured"

    key: Mapped[str] = mapped_column(sa.String(100), primary_key=True)
    """The hash of the work, the device and the threads."""
    paces: Mapped[dict[str, Any]]
    """Seconds of a step as a graph and with XLA, and to compile."""
    at: Mapped[datetime] = mapped_column(index=True)


class Speed(Base):
    """What the epochs of a job took: the next estimate is learned from it. It is of nobody's."""

    __tablename__ = "speeds"
    __table_args__ = (sa.Index(None, "device", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    device: Mapped[str] = mapped_column(sa.String(20))
    """`cpu` or `gpu`."""
    threads: Mapped[int]
    """TensorFlow's."""
    deterministic: Mapped[bool]
    steps: Mapped[int]
    """Batches in an epoch."""
    rows: Mapped[int]
    """Rows that an epoch trains on."""
    multiply_adds: Mapped[int] = mapped_column(sa.BigInteger)
    """For one row, forward."""
    parameters: Mapped[int] = mapped_column(sa.BigInteger)
    seconds: Mapped[float]
    """Of an epoch: the median, without the first, in which the graph is built."""
    at: Mapped[datetime]
