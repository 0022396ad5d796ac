from datetime import timedelta

from sqlalchemy.orm import Session

from core import db, workers
from core.db import Database
from core.tables import Worker
from tests.core import things


def arrive(session: Session, name: str = "w1", **more: object) -> Worker:
    facts: dict[str, object] = {"slots": 2, "accelerators": ["cpu"], "draining": False, **more}
    worker = workers.seen(session, name=name, **facts)
    session.flush()
    return worker


def silence(session: Session, name: str = "w1") -> None:
    """Lets the worker have been silent for long."""
    session.get_one(Worker, name).seen_at = db.now(session) - timedelta(minutes=1)
    session.flush()


def test_a_worker_that_says_so_is_there(database: Database) -> None:
    with database.writing() as session:
        arrive(session, "w2", accelerators={"gpu", "cpu"})
        arrive(session, "w1")
    with database.reading() as session:
        assert [worker.name for worker in workers.alive(session)] == ["w1", "w2"]
        assert session.get_one(Worker, "w2").accelerators == ["cpu", "gpu"]


def test_a_worker_that_says_it_again_started_when_it_started(database: Database) -> None:
    with database.writing() as session:
        first = arrive(session)
        started, seen = first.started_at, first.seen_at
        again = arrive(session, draining=True)
    assert again.started_at == started
    assert again.seen_at > seen
    assert again.draining


def test_a_worker_that_left_or_fell_silent_is_not_there(database: Database) -> None:
    with database.writing() as session:
        arrive(session, "w1")
        arrive(session, "w2")
        silence(session, "w1")
        workers.left(session, "w2")
        workers.left(session, "never there")
        assert workers.alive(session) == []


def test_what_each_worker_runs_is_told(database: Database) -> None:
    with database.writing() as session:
        ids = [things.submit(session).id for _ in range(4)]
        for name in ("w1", "w2", "w1"):
            things.claim(session, name)
        assert workers.running(session) == {"w1": [ids[0], ids[2]], "w2": [ids[1]]}


def test_without_a_worker_there_is_no_telling_how_many_slots_are_free(database: Database) -> None:
    with database.writing() as session:
        assert workers.free_slots(session, "any") is None


def test_free_slots_are_those_of_workers_that_fit_and_stay(database: Database) -> None:
    with database.writing() as session:
        arrive(session, "w1", slots=3)
        arrive(session, "w2", slots=4, accelerators=["gpu"], gpus=4)
        arrive(session, "w4", slots=50, accelerators=["gpu"])
        arrive(session, "w3", slots=50, draining=True)
        things.submit(session)
        things.claim(session, "w1")
        free = {
            accelerator: workers.free_slots(session, accelerator) for accelerator in ("any", "cpu", "gpu")
        }
    assert free == {"any": 6, "cpu": 2, "gpu": 4}


def test_a_worker_with_more_jobs_than_slots_has_none_free(database: Database) -> None:
    with database.writing() as session:
        arrive(session, "w1", slots=1)
        arrive(session, "w2", slots=1)
        for _ in range(3):
            things.submit(session)
            things.claim(session, "w1")
        assert workers.free_slots(session, "cpu") == 1


def test_why_no_worker_can_begin_a_job_is_told(database: Database) -> None:
    with database.writing() as session:
        assert workers.missing(session, "gpu", 1) == "no worker is there"
        arrive(session, "w1", accelerators=["gpu"])
        assert workers.missing(session, "gpu", 1) == "no worker has a GPU"
        assert workers.missing(session, "any", 1) == "no worker has a GPU"
        assert workers.missing(session, "cpu", 1) == "no worker takes jobs for a CPU"
        arrive(session, "w2", accelerators=["gpu"], gpus=2)
        assert workers.missing(session, "gpu", 4) == "no worker has 4 GPUs"
        assert workers.missing(session, "gpu", 2) is None
        arrive(session, "w3", accelerators=["cpu"], gpus=8)
        assert workers.missing(session, "gpu", 4) == "no worker has 4 GPUs", "it does not take such jobs"
        assert workers.missing(session, "any", 4) is None
        arrive(session, "w2", accelerators=["gpu"], gpus=2, draining=True)
        assert workers.missing(session, "gpu", 2) == "no worker has 2 GPUs"
