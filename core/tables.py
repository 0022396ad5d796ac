"""Every table, and what each column means. `migrations` makes them; a test holds the two together."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from core.db import UtcDateTime, new_id

ROLES = ("admin", "user")
STATUSES = ("queued", "running", "succeeded", "failed", "cancelled")
ACTIVE = ("queued", "running")
ACCELERATORS = ("any", "cpu", "gpu")

Json = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def _one_of(column: str, values: tuple[str, ...]) -> sa.CheckConstraint:
    """An enumeration as VARCHAR and a check: a value more is a migration without a type to alter."""
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=column)


def _id(prefix: str) -> Mapped[str]:
    return mapped_column(sa.String(40), primary_key=True, default=lambda: new_id(prefix))


def _owner() -> Mapped[str]:
    return mapped_column(sa.ForeignKey("users.id"))


class Base(DeclarativeBase):
    """What all tables share: a naming convention, so that a migration can name what it drops."""

    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UtcDateTime, dict[str, Any]: Json, list[str]: Json}  # noqa: RUF012


class User(Base):
    """Somebody who may own things."""

    __tablename__ = "users"
    __table_args__ = (_one_of("role", ROLES),)

    id: Mapped[str] = _id("usr")
    name: Mapped[str] = mapped_column(sa.String(100), unique=True)
    role: Mapped[str] = mapped_column(sa.String(10))
    created_at: Mapped[datetime]


class Token(Base):
    """A bearer token of a user. The token itself is not kept."""

    __tablename__ = "tokens"

    id: Mapped[str] = _id("tok")
    user_id: Mapped[str] = mapped_column(sa.ForeignKey("users.id"), index=True)
    sha256: Mapped[str] = mapped_column(sa.String(64), unique=True)
    created_at: Mapped[datetime]

    user: Mapped[User] = relationship()


class IdempotencyKey(Base):
    """A request that was sent with an `Idempotency-Key`, and its first answer."""

    __tablename__ = "idempotency_keys"

    user_id: Mapped[str] = mapped_column(sa.ForeignKey("users.id"), primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(255), primary_key=True)
    route: Mapped[str] = mapped_column(sa.String(100), primary_key=True)
    held_until: Mapped[datetime]
    """Until then the request that holds the key is believed to be alive; it renews this while it reads."""
    holder: Mapped[str] = mapped_column(sa.String(64))
    """The request that holds the key."""
    fingerprint: Mapped[str | None] = mapped_column(sa.String(64))
    """The hash of what was asked; null until it was read."""
    status: Mapped[int | None]
    """The answer's HTTP status; null while there is no answer."""
    location: Mapped[str | None] = mapped_column(sa.String(255))
    body: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime] = mapped_column(index=True)


class Dataset(Base):
    """An uploaded data set, as it was understood."""

    __tablename__ = "datasets"
    __table_args__ = (sa.UniqueConstraint("owner_id", "name"), sa.Index(None, "owner_id", "id"))

    id: Mapped[str] = _id("ds")
    owner_id: Mapped[str] = _owner()
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
        _one_of("status", STATUSES),
        _one_of("accelerator", ACCELERATORS),
        sa.Index(None, "owner_id", "id"),
        # What a worker looks for, and what the sweeper looks for.
        sa.Index(None, "status", "priority", "id"),
        sa.Index(None, "status", "lease_until"),
    )

    id: Mapped[str] = _id("job")
    owner_id: Mapped[str] = _owner()
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


class Model(Base):
    """A name under which trained networks are kept, one version a successful job."""

    __tablename__ = "models"
    __table_args__ = (sa.UniqueConstraint("owner_id", "name"), sa.Index(None, "owner_id", "id"))

    id: Mapped[str] = _id("mdl")
    owner_id: Mapped[str] = _owner()
    name: Mapped[str] = mapped_column(sa.String(63))
    last_version: Mapped[int] = mapped_column(default=0)
    """The highest version number that was ever given: a deleted one is not given again."""
    created_at: Mapped[datetime]

    versions: Mapped[list["ModelVersion"]] = relationship(
        order_by="ModelVersion.version.desc()", back_populates="model"
    )
    labels: Mapped[list["Label"]] = relationship()


class ModelVersion(Base):
    """A trained network."""

    __tablename__ = "model_versions"
    __table_args__ = (sa.UniqueConstraint("model_id", "version"), sa.UniqueConstraint("job_id"))

    id: Mapped[str] = _id("ver")
    model_id: Mapped[str] = mapped_column(sa.ForeignKey("models.id"))
    version: Mapped[int]
    """1, 2, 3 …"""
    job_id: Mapped[str | None] = mapped_column(sa.ForeignKey("jobs.id", ondelete="SET NULL"))
    dataset_id: Mapped[str | None] = mapped_column(
        sa.ForeignKey("datasets.id", ondelete="SET NULL"), index=True
    )
    lineage: Mapped[dict[str, Any]]
    """The job and the data set by id and hash, which outlive both."""
    inputs: Mapped[dict[str, Any]]
    """What a row is, as the data set describes it."""
    target: Mapped[dict[str, Any]]
    outputs: Mapped[list[dict[str, Any]] | None] = mapped_column(Json)
    """What it puts out, in order: name, number of the target, shape, and how scores become probabilities;
    null for what was made before networks had several."""
    test: Mapped[dict[str, Any]]
    """Loss and metrics on the test split."""
    parity: Mapped[dict[str, Any]]
    """How far ONNX Runtime's answers are from Keras's, on real rows."""
    parameters: Mapped[int] = mapped_column(sa.BigInteger)
    artifacts: Mapped[dict[str, Any]]
    """Hashes and sizes: keras, onnx, encoding, evaluation; the latter three where there are any."""
    created_at: Mapped[datetime]

    model: Mapped[Model] = relationship(back_populates="versions")
    job: Mapped[Job | None] = relationship(back_populates="version", foreign_keys=[job_id])


class Label(Base):
    """A name for one version of a model, such as `stable`."""

    __tablename__ = "labels"

    model_id: Mapped[str] = mapped_column(sa.ForeignKey("models.id"), primary_key=True)
    label: Mapped[str] = mapped_column(sa.String(63), primary_key=True)
    version_id: Mapped[str] = mapped_column(sa.ForeignKey("model_versions.id"), index=True)

    version: Mapped[ModelVersion] = relationship()


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
