"""How Alembic reaches the database, and what it compares it to."""

from alembic import context

from core import db
from core.tables import Base

# An arbitrary number of our own: PostgreSQL's advisory locks are numbered.
LOCK = 0xF177


def run() -> None:
    """Runs the revisions in one transaction: all of them, or none."""
    database = db.Database(context.config.attributes["url"])
    with database.writing() as session:
        connection = session.connection()
        db.take_lock(session, LOCK)
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
