"""Which way of training was the faster one, remembered."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import plans, specs
from core.db import Database
from core.tables import Job, Measured
from tests.core import things

PACES = {"graph": 0.002, "xla": 0.001, "compile": 3.0}
PLAN = {"mode": "xla", "device": "cpu", "threads": 2, "measured": PACES}


def job(session: Session, plan: dict[str, object] | None = PLAN, **more: object) -> Job:
    made = things.submit(session, **more)
    made.plan = plan
    session.flush()
    return made


def record(session: Session, made: Job) -> None:
    plans.record(session, made, specs.Resolved.model_validate(made.resolved))


def count(session: Session) -> int | None:
    return session.scalar(sa.select(sa.func.count()).select_from(Measured))


def test_what_was_measured_is_known_to_the_next_job_of_its_kind(database: Database) -> None:
    with database.writing() as session:
        record(session, job(session))
        assert plans.recall(session, job(session, None), device="cpu", threads=2) == PACES


def test_on_another_device_or_other_threads_it_is_not(database: Database) -> None:
    with database.writing() as session:
        made = job(session)
        record(session, made)
        assert plans.recall(session, made, device="gpu", threads=2) is None
        assert plans.recall(session, made, device="cpu", threads=4) is None


def test_nor_with_other_batches_or_another_network(database: Database) -> None:
    wider = {"layers": [{"type": "Dense", "units": 4}, {"type": "Dense", "units": 3}]}
    with database.writing() as session:
        record(session, job(session))
        for other in ({"training": {"batch_size": 7}}, {"model": wider}):
            assert plans.recall(session, job(session, None, **other), device="cpu", threads=2) is None


def named(*names: str) -> dict[str, list[dict[str, object]]]:
    """Two towers of one layer, whatever they are called."""
    tower, twin, both, last = names
    layers: list[dict[str, object]] = [
        {"type": "Dense", "units": 4, "name": tower},
        {"layer": tower, "name": twin, "inputs": [tower]},
        {"type": "Add", "name": both, "inputs": [tower, twin]},
        {"type": "Dense", "units": 3, "name": last},
    ]
    return {"layers": layers}


def test_how_layers_are_called_makes_no_difference_and_what_they_take_does(database: Database) -> None:
    other = named("a", "b", "c", "d")
    other["layers"][2]["inputs"] = ["b", "b"]
    with database.writing() as session:
        record(session, job(session, model=named("a", "b", "c", "d")))
        alike = job(session, None, model=named("tower", "twin", "both", "out"))
        assert plans.recall(session, alike, device="cpu", threads=2) == PACES
        assert plans.recall(session, job(session, None, model=other), device="cpu", threads=2) is None


def test_what_was_measured_last_counts(database: Database) -> None:
    later = {"graph": 0.004, "xla": 0.003, "compile": 2.0}
    with database.writing() as session:
        record(session, job(session))
        record(session, job(session, PLAN | {"measured": later}))
        assert plans.recall(session, job(session, None), device="cpu", threads=2) == later
        assert count(session) == 1


@pytest.mark.parametrize("plan", [None, {"mode": "graph", "device": "cpu", "threads": 2}])
def test_a_job_that_measured_nothing_leaves_nothing(
    database: Database, plan: dict[str, object] | None
) -> None:
    with database.writing() as session:
        record(session, job(session, plan))
        assert count(session) == 0


def test_jobs_of_one_kind_may_end_at_the_same_moment(database: Database) -> None:
    with database.writing() as session:
        made = job(session)
        record(session, made)

    def end(number: int) -> None:
        del number
        with database.writing() as session:
            record(session, made)

    things.at_once(end)
    with database.reading() as session:
        assert plans.recall(session, made, device="cpu", threads=2) == PACES
        assert count(session) == 1


def test_only_the_latest_are_kept(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plans, "MOST_KEPT", 3)
    at = datetime(2026, 1, 1, tzinfo=UTC)
    with database.writing() as session:
        plans.trim(session)
        for day in range(5):
            session.add(Measured(key=str(day), paces=PACES, at=at + timedelta(day)))
        session.flush()
        plans.trim(session)
        assert set(session.scalars(sa.select(Measured.key))) == {"2", "3", "4"}
