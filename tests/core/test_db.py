import threading
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

import migrations
from core import db
from core.config import Settings
from core.db import Database
from core.tables import Lock, Token, User
from tests.core import things

LONG_AGO = datetime(2020, 2, 29, 12, 30, tzinfo=UTC)


def add(database: Database, name: str = "sweep", until: datetime = LONG_AGO) -> None:
    with database.writing() as session:
        session.add(Lock(name=name, holder="0", until=until))


def test_what_was_written_is_there_for_everybody(database: Database) -> None:
    add(database)
    with database.reading() as session:
        assert session.get_one(Lock, "sweep").holder == "0"


def test_an_exception_takes_back_what_was_written(database: Database) -> None:
    def fail() -> None:
        with database.writing() as session:
            session.add(Lock(name="sweep", holder="0", until=LONG_AGO))
            session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with database.reading() as session:
        assert session.get(Lock, "sweep") is None


def test_a_reading_session_changes_nothing(database: Database) -> None:
    add(database)
    with database.reading() as session:
        session.get_one(Lock, "sweep").holder = "1"
        session.flush()
    with database.reading() as session:
        assert session.get_one(Lock, "sweep").holder == "0"


def test_rows_stay_readable_after_their_session(database: Database) -> None:
    add(database)
    with database.writing() as session:
        lock = session.get_one(Lock, "sweep")
    assert lock.holder == "0"


def test_writers_that_read_before_they_write_lose_no_update(database: Database) -> None:
    add(database)

    def count(_: int) -> None:
        for _ in range(5):
            with database.writing() as session:
                lock = session.scalars(sa.select(Lock).with_for_update()).one()
                lock.holder = str(int(lock.holder) + 1)

    things.at_once(count)
    with database.reading() as session:
        assert session.get_one(Lock, "sweep").holder == str(5 * things.THREADS)


def test_reading_goes_on_while_somebody_writes(database: Database) -> None:
    add(database)
    with database.writing() as writer:
        writer.get_one(Lock, "sweep").holder = "1"
        writer.flush()
        with database.reading() as session:
            assert session.get_one(Lock, "sweep").holder == "0"


def test_more_threads_than_a_pool_usually_holds_read_at_the_same_time(database: Database) -> None:
    together = threading.Barrier(40, timeout=20)

    def read(_: int) -> int | None:
        with database.reading() as session:
            session.scalar(sa.select(1))
            together.wait()
            return session.scalar(sa.select(1))

    assert things.at_once(read, 40) == [1] * 40


def test_one_transaction_at_a_time_has_a_lock(database: Database) -> None:
    within: list[int] = []

    def enter(number: int) -> None:
        with database.writing() as session:
            db.take_lock(session, 7)
            within.append(number)
            session.scalar(sa.select(1))
            assert within == [number]
            within.remove(number)

    things.at_once(enter)


def test_a_row_that_is_there_is_not_inserted_again(database: Database) -> None:
    values = {"name": "sweep", "holder": "1", "until": LONG_AGO}
    with database.writing() as session:
        assert db.insert_or_nothing(session, Lock, values)
        assert not db.insert_or_nothing(session, Lock, {**values, "holder": "2"})
        assert session.get_one(Lock, "sweep").holder == "1"


def test_any_unique_column_keeps_a_row_out_and_defaults_are_filled_in(database: Database) -> None:
    values = {"name": "ada", "role": "user", "created_at": LONG_AGO}
    with database.writing() as session:
        assert db.insert_or_nothing(session, User, values)
        assert not db.insert_or_nothing(session, User, values)
        assert session.scalars(sa.select(User)).one().id.startswith("usr_")


def test_of_many_who_insert_the_same_row_one_does(database: Database) -> None:
    def insert(number: int) -> bool:
        with database.writing() as session:
            values = {"name": "sweep", "holder": str(number), "until": LONG_AGO}
            return db.insert_or_nothing(session, Lock, values)

    assert sorted(things.at_once(insert)) == [False] * (things.THREADS - 1) + [True]


def test_a_foreign_key_that_leads_nowhere_is_refused(database: Database) -> None:
    insert = sa.insert(Token).values(user_id="nobody", sha256="0", created_at=LONG_AGO)
    with pytest.raises(sa.exc.IntegrityError), database.writing() as session:
        session.execute(insert)


def test_times_come_back_in_utc_wherever_they_were_told(database: Database) -> None:
    add(database, until=LONG_AGO.astimezone(timezone(timedelta(hours=5, minutes=30))))
    with database.reading() as session:
        found = session.get_one(Lock, "sweep").until
        assert found == LONG_AGO
        assert found.utcoffset() == timedelta(0)
        query = sa.select(Lock.name).where(Lock.until < LONG_AGO + timedelta(microseconds=1))
        assert session.scalar(query) == "sweep"


def test_now_goes_on_within_a_transaction(database: Database) -> None:
    with database.writing() as session:
        first, second = db.now(session), db.now(session)
    assert first < second
    assert abs(second - datetime.now(UTC)) < timedelta(seconds=5)


def test_ids_sort_by_their_time_and_are_all_different() -> None:
    ids = [db.new_id("job") for _ in range(1000)]
    assert len(set(ids)) == 1000
    assert all(len(one) == 30 and one == one.lower() and one.startswith("job_") for one in ids)
    times = [one[:14] for one in ids]
    assert times == sorted(times)


def test_sqlite_is_set_up_to_be_shared(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    with database.reading() as session:
        assert session.scalar(sa.text("PRAGMA journal_mode")) == "wal"
        assert session.scalar(sa.text("PRAGMA foreign_keys")) == 1
    database.close()


def test_a_path_with_spaces_and_signs_is_a_path(tmp_path: Path) -> None:
    home = tmp_path / "a b#c%20d?e" / "ü"
    migrations.upgrade(Settings(home=home).database)
    assert (home / "fittingroom.db").exists()


def test_postgres_ends_the_transaction_of_who_says_no_more(postgres_url: str) -> None:
    database = Database(postgres_url)
    with database.reading() as session:
        setting = session.scalar(sa.text("SHOW idle_in_transaction_session_timeout"))
    database.close()
    assert setting == "1min"


def test_a_connection_that_the_server_dropped_is_replaced(postgres_url: str) -> None:
    database = Database(postgres_url)
    with database.reading() as session:
        mine = session.scalar(sa.text("SELECT pg_backend_pid()"))
    with psycopg.connect(postgres_url.replace("+psycopg", ""), autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [mine])
    with database.reading() as session:
        assert session.scalar(sa.select(1)) == 1
    database.close()
