"""An index for a user's jobs of one status."""

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Forwards."""
    op.create_index("ix_jobs_owner_id_status_id", "jobs", ["owner_id", "status", "id"])


def downgrade() -> None:
    """Backwards."""
    op.drop_index("ix_jobs_owner_id_status_id", "jobs")
