"""How long an epoch will take, judged by jobs that ended earlier."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import jobs, specs, speeds
from core.db import Database
from core.tables import Job, Speed
from tests.core import things

MEASURED = [
    # Steps, rows, multiply-adds, parameters, seconds: networks on scikit-learn's digits, with batches of 16
    # and of 128, on two cores that had other work too.
    (81, 1294, 1184, 1210, 0.0453),
    (11, 1294, 1184, 1210, 0.007),
    (81, 1294, 300032, 301066, 0.1791),
    (11, 1294, 300032, 301066, 0.0523),
    (81, 1294, 4148000, 4152010, 2.4814),
    (11, 1294, 4148000, 4152010, 0.7217),
    (81, 1294, 5888, 1370, 0.0625),
    (11, 1294, 5888, 1370, 0.0168),
    (81, 1294, 323584, 29066, 0.1477),
    (11, 1294, 323584, 29066, 0.0493),
    (81, 1294, 2996224, 84746, 0.3638),
    (11, 1294, 2996224, 84746, 0.6565),
]
AT = datetime(2026, 1, 1, tzinfo=UTC)
WANTED = speeds.Work(steps=81, rows=1294, multiply_adds=300032, parameters=301066)


def add(
    session: Session,
    steps: int,
    rows: int,
    multiply_adds: int,
    parameters: int,
    seconds: float,
    **more: object,
) -> None:
    known = {"device": "cpu", "threads": 2, "deterministic": False, **more}
    work = {"steps": steps, "rows": rows, "multiply_adds": multiply_adds, "parameters": parameters}
    session.add(Speed(**known, **work, seconds=seconds, at=AT))
    session.flush()


def estimate(
    session: Session, wanted: speeds.Work = WANTED, *, device: str = "cpu", deterministic: bool = False
) -> speeds.Estimate | None:
    return speeds.estimate(session, wanted, device=device, deterministic=deterministic)


def record(session: Session, job: Job) -> None:
    speeds.record(session, job, specs.Resolved.model_validate(job.resolved))


def ended(session: Session, seconds: list[float], **more: object) -> Job:
    """A job that succeeded, with epochs that took so long; `more` is in its plan."""
    lease = things.start(session, training={"epochs": 4})
    job = session.get_one(Job, lease.job_id)
    job.plan = {"mode": "graph", "device": "cpu", "threads": 2, "deterministic": False, **more}
    for number, took in enumerate(seconds, 1):
        jobs.add_epoch(session, lease, things.epoch(number) | {"seconds": took}, None)
    return jobs.succeed(session, lease)


def test_without_earlier_jobs_nothing_is_known(database: Database) -> None:
    with database.writing() as session:
        assert estimate(session) is None


@pytest.mark.parametrize("number", range(len(MEASURED)))
def test_it_is_within_a_factor_of_two_of_what_was_measured(database: Database, number: int) -> None:
    """Each is judged by the others."""
    *work, seconds = MEASURED[number]
    with database.writing() as session:
        for other in MEASURED[:number] + MEASURED[number + 1 :]:
            add(session, *other)
        found = estimate(session, speeds.Work(*map(int, work)))
    assert found is not None
    assert seconds / 2 < found.seconds < seconds * 2


def test_the_same_again_takes_as_long_as_it_took(database: Database) -> None:
    with database.writing() as session:
        for measured in MEASURED:
            add(session, *measured)
        found = estimate(session)
    assert found == speeds.Estimate(pytest.approx(0.1791), 1)


def test_one_odd_job_does_not_spoil_it(database: Database) -> None:
    with database.writing() as session:
        for seconds in (0.18, 60.0, 0.17):
            add(session, 81, 1294, 300032, 301066, seconds)
        found = estimate(session)
    assert found is not None
    assert found.seconds == pytest.approx(0.18)


def test_only_jobs_on_such_a_worker_count(database: Database) -> None:
    same = (81, 1294, 300032, 301066)
    with database.writing() as session:
        add(session, *same, 9.0, device="gpu")
        add(session, *same, 8.0, deterministic=True)
        add(session, *same, 7.0, threads=1)
        add(session, *same, 0.2)
        assert estimate(session) == speeds.Estimate(pytest.approx(0.2), 1)
        assert estimate(session, device="gpu") == speeds.Estimate(pytest.approx(9.0), 1)
        assert estimate(session, deterministic=True) == speeds.Estimate(pytest.approx(8.0), 1)


def test_a_job_that_succeeds_leaves_its_median_without_the_first_epoch(database: Database) -> None:
    with database.writing() as session:
        record(session, ended(session, [5.0, 0.5, 0.7, 0.6]))
        (speed,) = session.scalars(sa.select(Speed))
        assert speed.seconds == 0.6
        assert (speed.steps, speed.rows, speed.multiply_adds, speed.parameters) == (3, 90, 12, 15)
        assert (speed.device, speed.threads, speed.deterministic) == ("cpu", 2, False)


def test_a_single_epoch_says_nothing(database: Database) -> None:
    with database.writing() as session:
        record(session, ended(session, [5.0]))
        assert session.scalar(sa.select(sa.func.count()).select_from(Speed)) == 0


def test_what_several_devices_took_is_not_noted(database: Database) -> None:
    with database.writing() as session:
        record(session, ended(session, [5.0, 0.5, 0.7], devices=2))
        assert session.scalar(sa.select(sa.func.count()).select_from(Speed)) == 0
        record(session, ended(session, [5.0, 0.5, 0.7], devices=1))
        assert session.scalar(sa.select(sa.func.count()).select_from(Speed)) == 1


def test_only_epochs_of_the_last_attempt_count(database: Database) -> None:
    with database.writing() as session:
        lease = things.start(session, training={"epochs": 4})
        for number, took in enumerate((9.0, 9.0, 9.0), 1):
            jobs.add_epoch(session, lease, things.epoch(number) | {"seconds": took}, None)
        jobs.give_back(session, lease, reason="the worker is shutting down")
        claimed = things.claim(session)
        assert claimed
        job, lease = claimed
        assert lease.attempt == 2
        job.plan = {"mode": "graph", "device": "cpu", "threads": 2, "deterministic": False}
        for number, took in enumerate((6.0, 0.25), 4):
            jobs.add_epoch(session, lease, things.epoch(number) | {"seconds": took}, None)
        record(session, jobs.succeed(session, lease))
        assert session.scalars(sa.select(Speed.seconds)).all() == [0.25]


def test_only_the_last_are_kept(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speeds, "MOST_KEPT", 3)
    with database.writing() as session:
        speeds.trim(session)
        for seconds in range(1, 6):
            add(session, 1, 10, 10, 10, float(seconds))
        speeds.trim(session)
        assert list(session.scalars(sa.select(Speed.seconds).order_by(Speed.id))) == [3.0, 4.0, 5.0]
