"""Which way of training was the faster one."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    """Forwards."""
    op.create_table(
        "measured",
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("paces", JSON, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_measured")),
    )
    op.create_index(op.f("ix_measured_at"), "measured", ["at"])


def downgrade() -> None:
    """Backwards."""
    op.drop_table("measured")
