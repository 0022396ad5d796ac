"""The database: SQLite (WAL) or PostgreSQL, reached through one small object."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import DBAPIConnection, Dialect
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import ConnectionPoolEntry
from ulid import ULID

# How long a SQLite writer waits for its turn.
SQLITE_BUSY_SECONDS = 30
# After how long PostgreSQL ends the transaction of a process that says no more. One on a machine that was
# frozen or lost its power would keep its locks, and a job that the sweeper is to return, for hours.
SILENT_SECONDS = 60


class Database:
    """An engine, and the two kinds of transaction.

    SQLite has one writer at a time. A transaction that begins as a reader and then writes fails at once
    where another wrote in between, however long it would have been ready to wait; so one that means to
    write says so at its beginning (`BEGIN IMMEDIATE`), and waits for its turn there.
    """

    def __init__(self, url: str) -> None:
        self.engine = sa.create_engine(
            url,
            json_serializer=lambda value: orjson.dumps(value).decode(),
            json_deserializer=orjson.loads,
            # A thread of the service waits for the database, but not for another thread's connection.
            pool_size=10,
            max_overflow=60,
            **_options(url),
        )
        self._writer = self.engine.execution_options(begin="BEGIN IMMEDIATE")
        if self.engine.dialect.name == "sqlite":
            sa.event.listen(self.engine, "connect", _prepare_sqlite)
            sa.event.listen(self.engine, "begin", _begin_sqlite)
        else:
            sa.event.listen(self.engine, "connect", _prepare_postgres)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that only looks. Whatever it changed is dropped."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session that is committed at the end of the block, or rolled back by an exception."""
        with Session(self._writer, expire_on_commit=False) as session, session.begin():
            yield session

    def close(self) -> None:
        """Gives all connections back."""
        self.engine.dispose()


def _options(url: str) -> dict[str, Any]:
    if url.startswith("sqlite"):
        return {"connect_args": {"timeout": SQLITE_BUSY_SECONDS}}
    # A connection that the server or a firewall dropped is noticed before it is used.
    return {"pool_pre_ping": True}


def _prepare_sqlite(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    # The driver is not to begin transactions of its own accord: `_begin_sqlite` does.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _prepare_postgres(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    cursor.execute(f"SET idle_in_transaction_session_timeout = '{SILENT_SECONDS}s'")
    cursor.close()
    connection.commit()  # a setting made in a transaction goes with its rollback


def _begin_sqlite(connection: sa.Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """A time in UTC that knows that it is one, on SQLite too."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To the database."""
        if value is None:
            return None
        return (
            value.astimezone(UTC) if dialect.name != "sqlite" else value.astimezone(UTC).replace(tzinfo=None)
        )

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """From the database."""
        del dialect
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


def now(session: Session) -> datetime:
    """The time by the database's clock, which alone decides about leases: two machines' clocks differ."""
    if session.get_bind().dialect.name == "postgresql":
        at: datetime = session.execute(sa.select(sa.func.clock_timestamp())).scalar_one()
        return at.astimezone(UTC)
    return datetime.now(UTC)  # with SQLite, everybody is on one machine


def insert_or_nothing(session: Session, table: type[DeclarativeBase], values: dict[str, Any]) -> bool:
    """Inserts a row unless a unique one like it is there. Answers whether it did.

    It waits for another transaction that is just inserting the same.
    """
    insert: sqlite.Insert | postgresql.Insert
    if session.get_bind().dialect.name == "sqlite":
        insert = sqlite.insert(table).on_conflict_do_nothing()
    else:
        insert = postgresql.insert(table).on_conflict_do_nothing()
    inserted = session.execute(insert.values(values).returning(*sa.inspect(table).primary_key))
    return inserted.first() is not None


def take_lock(session: Session, number: int) -> None:
    """Waits for a lock that has a number for a name, and keeps it until the transaction ends.

    On SQLite whoever is writing has it, as there is one writer at a time.
    """
    # Asking for the connection begins the transaction.
    if session.connection().dialect.name == "postgresql":
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(number)))


def new_id(prefix: str) -> str:
    """An id that sorts by its time of making: `new_id("job")` is `job_01j…` (a ULID)."""
    return f"{prefix}_{ULID()}".lower()
