"""A worker's slot with a job for a GPU, on a machine that has none."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from core import jobs
from core.artifacts import Artifacts
from core.config import Settings
from core.db import Database
from core.tables import Job
from tests.core import things
from tests.core.specs.documents import pets
from tests.worker.attempts import files
from worker.gpus import Gpus
from worker.slots import Slots
from worker.supervisor import Tools


def test_a_job_for_a_gpu_never_runs_on_a_cpu(sqlite_url: str, tmp_path: Path) -> None:
    database, settings = Database(sqlite_url), Settings(home=tmp_path, queues="cpu,gpu")
    artifacts = Artifacts(settings.artifacts)
    kept = {
        name: artifacts.keep(Path(path)) for name, path in files(tmp_path, pets(input_shape=(4,))).items()
    }
    with database.writing() as session:
        job = things.submit(session, resources={"accelerator": "gpu"})
        assert job.dataset is not None
        job.dataset.artifacts = kept
    with ThreadPoolExecutor(1) as starter:
        slots = Slots(Tools(database, artifacts, settings, threading.Event(), starter), "w1")
        slots.look()
        assert _now(database, job).status == "queued"
        # There was one when the worker began, and it is gone.
        slots.gpus = Gpus(("0",), 1)
        slots.look()
    ended = _now(database, job)
    assert (ended.status, ended.attempt, ended.losses) == ("queued", 1, 1), "another worker may fare better"
    assert ended.transitions[-1].reason == "The worker lost a GPU: of 0, TensorFlow sees 0."
    assert len(slots.gpus) == 0, "this one takes no more jobs for GPUs"
    database.close()


def test_a_gpu_is_given_back_after_a_job_that_fails(sqlite_url: str, tmp_path: Path) -> None:
    database, settings = Database(sqlite_url), Settings(home=tmp_path, queues="cpu,gpu")
    with database.writing() as session:
        job = things.submit(session, resources={"accelerator": "gpu"})  # the files of its data set are gone
    with ThreadPoolExecutor(1) as starter:
        tools = Tools(database, Artifacts(settings.artifacts), settings, threading.Event(), starter)
        slots = Slots(tools, "w1")
        slots.gpus = Gpus(("0",), 1)
        slots.look()
    assert _now(database, job).status == "failed"
    assert (len(slots.gpus), slots.gpus.most) == (1, 1)
    database.close()


def _now(database: Database, job: Job) -> Job:
    with database.reading() as session:
        return jobs.find(session, things.user(session), job.id)
