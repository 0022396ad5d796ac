"""Two workers on PostgreSQL, a broker that delivers again long before a job is done, every message twice."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import sqlalchemy as sa

from core import jobs, queue, specs, users, workers
from core.artifacts import Artifacts
from core.config import Settings
from core.datasets import catalogue, limits, options, reading
from core.db import Database
from core.tables import Job, Transition, User
from fittingroom import demo
from tests.faults.jobs import digits
from tests.fittingroom.waiting import wait_until

JOBS = 6


@pytest.fixture
def settings(postgres_url: str, broker_url: str, tmp_path: Path) -> Settings:
    return Settings(
        home=tmp_path, database_url=postgres_url, broker_url=broker_url, broker_visibility_seconds=1
    )


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    database = Database(settings.database)
    yield database
    database.close()


@pytest.fixture
def two_workers(settings: Settings, database: Database, tmp_path: Path) -> Iterator[None]:
    told = {name: value for name, value in os.environ.items() if not name.startswith("FITTINGROOM_")} | {
        "FITTINGROOM_HOME": str(settings.home),
        "FITTINGROOM_DATABASE_URL": settings.database,
        "FITTINGROOM_BROKER_URL": settings.broker_url,
        "FITTINGROOM_BROKER_VISIBILITY_SECONDS": "1",
    }
    with ExitStack() as stack:
        started = []
        for number in (1, 2):
            log = stack.enter_context((tmp_path / f"worker-{number}.log").open("wb"))
            started.append(
                subprocess.Popen([sys.executable, "-m", "worker"], env=told, stdout=log, stderr=log)
            )

        def there() -> bool:
            with database.reading() as session:
                return len(workers.alive(session)) == 2

        try:
            wait_until(there, 60)
            yield
        finally:
            for worker in started:
                worker.terminate()
            for worker in started:
                assert worker.wait(30) == 0
    with database.reading() as session:
        assert not workers.alive(session)


def _owner_of_digits(database: Database, settings: Settings) -> User:
    path, _ = demo.write_digits(settings.home)
    into = settings.home / "read"
    how = options.parse_options(None)
    found = reading.read_apart([reading.Upload("digits.npz", path)], how, into, limits.of(settings))
    kept = catalogue.keep_arrays(Artifacts(settings.artifacts), found, into)
    with database.writing() as session:
        owner = users.find_or_create(session, "ada", None)
        catalogue.add(
            session, owner, name="digits", size=1, sha256="d" * 64, options={}, reading=found, artifacts=kept
        )
    return owner


@pytest.mark.usefixtures("two_workers")
def test_each_job_is_trained_once(settings: Settings, database: Database) -> None:
    owner = _owner_of_digits(database, settings)
    celery = queue.connect(settings.broker_url, settings.broker_visibility_seconds)
    document = digits(epochs=6)
    for _ in range(JOBS):
        with database.writing() as session:
            jobs.submit(session, owner, document, limits=specs.Limits(), most_active=100)
        for _ in range(2):
            assert queue.nudge(celery, queue.queues_for("any"))

    def statuses() -> list[str]:
        with database.reading() as session:
            return list(session.scalars(sa.select(Job.status)))

    wait_until(lambda: all(status == "succeeded" for status in statuses()), 120)
    with database.reading() as session:
        assert list(session.scalars(sa.select(Job.attempt))) == [1] * JOBS
        begun = sa.select(Transition.worker).where(Transition.status == "running")
        claimed = list(session.scalars(begun))
        assert len(claimed) == JOBS
        assert len(set(claimed)) == 2, "both took part"
        for job in session.scalars(sa.select(Job)):
            assert [epoch.epoch for epoch in jobs.epochs(session, job, after=0, limit=100)] == [*range(1, 7)]
            assert job.version is not None
