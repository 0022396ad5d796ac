"""How many GPUs a worker has."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Forwards."""
    op.add_column("workers", sa.Column("gpus", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    """Backwards."""
    op.drop_column("workers", "gpus")
