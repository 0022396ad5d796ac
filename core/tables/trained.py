"""Trained networks, by name, version and label."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.tables.base import Base, Json, identifier, owner
from core.tables.work import Job


class Model(Base):
    """A name under which trained networks are kept, one version a successful job."""

    __tablename__ = "models"
    __table_args__ = (sa.UniqueConstraint("owner_id", "name"), sa.Index(None, "owner_id", "id"))

    id: Mapped[str] = identifier("mdl")
    owner_id: Mapped[str] = owner()
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

    id: Mapped[str] = identifier("ver")
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
