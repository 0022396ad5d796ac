import os
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from celery import Celery

from core import plans, queue, workers
from core.artifacts import Artifacts
from core.config import Settings
from core.db import Database
from core.sweeper import Sweeper
from core.tables import Job, Measured
from tests.core import things

Make = Callable[[str], Sweeper]


@pytest.fixture
def sweeper(database: Database, artifacts: Artifacts, celery: Celery) -> Make:
    settings = Settings(sweep_seconds=0.05, lost_attempts=2)
    return lambda holder: Sweeper(database, artifacts, celery, settings, holder)


def arrive(database: Database, name: str = "w1", slots: int = 2) -> None:
    with database.writing() as session:
        workers.seen(session, name=name, slots=slots, accelerators=["cpu"], draining=False)


def lose(database: Database) -> str:
    with database.writing() as session:
        lease = things.start(session)
        things.expire(session, lease)
        return lease.job_id


def old_artifact(artifacts: Artifacts, folder: Path) -> Path:
    source = folder / "made"
    source.write_bytes(b"nobody needs this")
    path = artifacts.path(artifacts.keep(source))
    os.utime(path, (0, 0))
    return path


def test_a_lost_job_is_found_queued_and_told_of(database: Database, celery: Celery, sweeper: Make) -> None:
    job_id = lose(database)
    arrive(database)
    assert sweeper("a").sweep()
    with database.reading() as session:
        assert session.get_one(Job, job_id).status == "queued"
    assert len(things.messages(celery, "cpu")) == 1


def test_of_two_sweepers_one_sweeps(database: Database, sweeper: Make) -> None:
    sweepers = [sweeper("a"), sweeper("b")]
    assert sorted(things.at_once(lambda number: sweepers[number].sweep(), 2)) == [False, True]
    swept = [one.sweep() for one in sweepers]
    assert sorted(swept) == [False, True]
    with database.writing() as session:
        things.expire_turn(session, "sweep")
    assert sweepers[swept.index(False)].sweep()


def test_as_many_are_nudged_as_have_a_job_and_a_free_slot(
    database: Database, celery: Celery, sweeper: Make
) -> None:
    arrive(database, slots=3)
    with database.writing() as session:
        things.start(session)
        for _ in range(5):
            things.submit(session)
    sweeper("a").sweep()
    assert len(things.messages(celery, "cpu")) == 2
    with database.writing() as session:
        for _ in range(4):
            things.claim(session)
    sweeper("a").sweep()
    assert things.messages(celery, "cpu") == []


def test_where_no_worker_is_one_nudge_waits_for_the_first(
    database: Database, celery: Celery, sweeper: Make
) -> None:
    with database.writing() as session:
        for _ in range(5):
            things.submit(session, resources={"accelerator": "gpu"})
    sweeper("a").sweep()
    assert len(things.messages(celery, "gpu")) == 1
    assert things.messages(celery, "cpu") == []


def test_a_queue_with_nothing_in_it_nudges_nobody(celery: Celery, database: Database, sweeper: Make) -> None:
    arrive(database)
    sweeper("a").sweep()
    assert things.messages(celery, "cpu") == []


def test_artifacts_that_nobody_needs_go_but_not_at_every_sweep(
    database: Database, artifacts: Artifacts, sweeper: Make, tmp_path: Path
) -> None:
    path = old_artifact(artifacts, tmp_path)
    sweeper("a").sweep()
    assert not path.exists()
    path = old_artifact(artifacts, tmp_path)
    sweeper("a").sweep()
    assert path.exists()
    with database.writing() as session:
        things.expire_turn(session, "artifacts")
    sweeper("a").sweep()
    assert not path.exists()


def test_what_was_measured_long_ago_is_forgotten_but_not_at_every_sweep(
    database: Database, sweeper: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    def keys() -> set[str]:
        with database.reading() as session:
            return set(session.scalars(sa.select(Measured.key)))

    monkeypatch.setattr(plans, "MOST_KEPT", 1)
    sweeper("a").sweep()
    with database.writing() as session:
        for day in (1, 2):
            session.add(Measured(key=str(day), paces={}, at=datetime(2026, 1, day, tzinfo=UTC)))
    sweeper("a").sweep()
    assert keys() == {"1", "2"}
    with database.writing() as session:
        things.expire_turn(session, "artifacts")
    sweeper("a").sweep()
    assert keys() == {"2"}


def test_a_sweep_does_its_work_while_the_broker_is_away(database: Database, artifacts: Artifacts) -> None:
    job_id = lose(database)
    away = queue.connect("redis+socket:///nowhere/valkey.sock", 60)
    assert Sweeper(database, artifacts, away, Settings(), "a").sweep()
    with database.reading() as session:
        assert session.get_one(Job, job_id).status == "queued"


def test_a_holder_of_any_name_takes_its_turn(sweeper: Make) -> None:
    assert sweeper("x" * 300).sweep()


def test_a_sweeper_sweeps_until_it_is_stopped(database: Database, sweeper: Make) -> None:
    one = sweeper("a")
    one.start()
    for _ in range(2):
        job_id = lose(database)
        _wait(lambda job_id=job_id: _status(database, job_id) == "queued")
        with database.writing() as session:
            session.execute(sa.delete(Job))
    one.stop()
    job_id = lose(database)
    time.sleep(0.2)
    assert _status(database, job_id) == "running"
    assert "sweeper" not in [thread.name for thread in threading.enumerate()]


def test_a_sweeper_outlives_a_database_that_is_away(
    database: Database, artifacts: Artifacts, celery: Celery, tmp_path: Path
) -> None:
    """And whatever else it did not expect: it stops when it is told to."""
    empty = Database(f"sqlite:///{tmp_path / 'without tables.db'}")
    one = Sweeper(empty, artifacts, celery, Settings(sweep_seconds=0.02), "a")
    one.start()
    time.sleep(0.3)
    assert "sweeper" in [thread.name for thread in threading.enumerate()]
    one.stop()
    empty.close()


def _status(database: Database, job_id: str) -> str:
    with database.reading() as session:
        return session.get_one(Job, job_id).status


def _wait(until: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < deadline
        time.sleep(0.02)
