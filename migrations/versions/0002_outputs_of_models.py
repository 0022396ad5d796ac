"""What a model's version puts out."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

# None stays SQL's NULL, and PostgreSQL keeps JSON parsed.
Json = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Forwards. What is there already stays without, and so does what the previous code still adds."""
    op.add_column("model_versions", sa.Column("outputs", Json, nullable=True))


def downgrade() -> None:
    """Backwards."""
    op.drop_column("model_versions", "outputs")
