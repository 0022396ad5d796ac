"""How Alembic reaches the database, and what it compares it to."""

import sqlalchemy as sa
from alembic import context

from core.db import Database
from core.tables import Base

# An arbitrary number of our own: PostgreSQL's advisory locks are numbered.
LOCK = 0xF177


def run() -> None:
    """Runs the revisions in one transaction: all of them, or none."""
    database = Database(context.config.attributes["url"])
    with database.writing() as session:
        connection = session.connection()
        if connection.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            compare_server_default=True,
            # SQLite alters a table by making it anew.
            render_as_batch=connection.dialect.name == "sqlite",
        )
        with context.begin_transaction():
            context.run_migrations()
    database.close()


run()
