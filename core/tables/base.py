"""What the tables are made of."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from core.db import UtcDateTime, new_id

ROLES = ("admin", "user")
STATUSES = ("queued", "running", "succeeded", "failed", "cancelled")
ACTIVE = ("queued", "running")
ACCELERATORS = ("any", "cpu", "gpu")

Json = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def one_of(column: str, values: tuple[str, ...]) -> sa.CheckConstraint:
    """An enumeration as VARCHAR and a check: a value more is a migration without a type to alter."""
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=column)


def identifier(prefix: str) -> Mapped[str]:
    """A column of ids such as `job_01j…`."""
    return mapped_column(sa.String(40), primary_key=True, default=lambda: new_id(prefix))


def owner() -> Mapped[str]:
    """A column that says whose it is."""
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
