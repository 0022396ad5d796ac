"""What a supervisor gives its processes of an assignment's rows, and what it tells when these fail."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from core import jobs
from core.artifacts import Artifacts
from core.config import Settings
from core.courses import marking
from core.db import Database
from core.tables import Assignment, Job, LogLine, Run
from tests.core import things
from tests.core.courses import classes
from worker.attempt import Trained
from worker.slots import Slots
from worker.supervisor import Supervisor, Tools


@pytest.fixture
def tools(sqlite_url: str, tmp_path: Path) -> Tools:
    settings = Settings(home=tmp_path, lost_attempts=1)
    database, artifacts = Database(sqlite_url), Artifacts(settings.artifacts)
    return Tools(database, artifacts, settings, threading.Event(), ThreadPoolExecutor(1))


def handed_in(tools: Tools, folder: Path) -> Assignment:
    with tools.database.writing() as session:
        ada, bob = things.user(session, "ada"), things.user(session, "bob")
        classes.stored(session, ada, tools.artifacts, folder)
        course = classes.taught(session, ada, bob)
        given = classes.assigned(session, ada, course, tools.artifacts, folder)
        classes.submit(session, bob, given)
        return given


def test_a_trainer_and_the_scorer_of_public_rows_are_given_no_hidden_one(
    tools: Tools, tmp_path: Path
) -> None:
    given = handed_in(tools, tmp_path)
    with tools.database.writing() as session:
        claimed = things.claim(session)
        assert claimed is not None
        job, lease = claimed
        order, _ = marking.order(session, job), job.dataset
    assert order is not None
    assert order.hidden == given.hidden
    assert sorted(given.hidden) == ["x_test", "y_test"]
    supervisor = Supervisor(tools, job, lease, order, threads=1, gpus=())
    training = supervisor._training()
    scoring = supervisor._scoring(Trained({"keras": "trained.keras"}, 1))
    assert sorted(training.arrays) == ["x_train", "y_train"]
    assert sorted(scoring.arrays) == ["encoding", "x_test", "y_test"]
    for sha256 in given.hidden.values():
        assert sha256 not in str(training)
        assert sha256 not in str(scoring)


def test_a_scorer_of_hidden_rows_that_fails_tells_nothing_of_why(tools: Tools, tmp_path: Path) -> None:
    handed_in(tools, tmp_path)
    broken = tmp_path / "telltale.keras"
    broken.write_text("telltale")
    kept = {"sha256": tools.artifacts.keep(broken)}
    with tools.database.writing() as session:
        claimed = things.claim(session)
        assert claimed is not None
        jobs.succeed(session, claimed[1])
        again = jobs.score_again(session, things.user(session), claimed[0], keras=kept, priority=-101)
        run = session.scalars(sa.select(Run)).one()
        session.add(Run(submission_id=run.submission_id, job_id=again.id, kind="rescored"))
    Slots(tools, "w1").look()
    with tools.database.reading() as session:
        ended = session.get_one(Job, again.id)
        printed = session.scalars(sa.select(LogLine.line)).all()
    assert ended.status == "failed"
    assert ended.error is not None
    assert (ended.error["code"], ended.error["message"]) == (
        "internal",
        "The rows of the assignment could not be scored.",
    )
    assert printed == []
