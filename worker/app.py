"""The worker as a Celery application: one task, which has a slot look for a job."""

import os
import socket
import threading
from collections.abc import Callable
from concurrent import futures
from dataclasses import dataclass, field

import sqlalchemy as sa
import structlog
from celery import signals

from core import queue, scratch, workers
from core.artifacts import Artifacts
from core.config import Settings
from core.db import Database
from core.sweeper import Sweeper
from worker import child, gpus
from worker.answering import Answering
from worker.slots import Slots
from worker.supervisor import Tools

PRESENCE_SECONDS = 5.0

log = structlog.get_logger()


@dataclass
class Worker:
    """All parts of one worker."""

    settings: Settings
    name: str = field(default_factory=lambda: f"{socket.gethostname()}:{os.getpid()}")

    def __post_init__(self) -> None:
        settings = self.settings
        self.draining = threading.Event()
        self.database = Database(settings.database)
        self.artifacts = Artifacts(settings.artifacts)
        self.celery = queue.connect(settings.broker_url, settings.broker_visibility_seconds)
        starter = futures.ThreadPoolExecutor(settings.slots, "starter")
        tools = Tools(self.database, self.artifacts, settings, self.draining, starter)
        self.slots = Slots(tools, self.name)
        self.celery.task(name=queue.TASK)(self.slots.look)
        self._sweeper = Sweeper(self.database, self.artifacts, self.celery, settings, holder=self.name)
        self._answering = Answering(self.artifacts, self.celery, settings, self.draining)
        self._gone = threading.Event()
        self._presence = threading.Thread(target=self._be_present, name="presence", daemon=True)

    def run(self) -> None:
        """Works until SIGTERM or SIGINT: then it puts its jobs back into the queue, and ends."""
        child.warm_up()
        scratch.clear(self.settings.scratch_folder)
        self.slots.gpus = gpus.find(self.settings)
        signals.worker_shutting_down.connect(self._drain, weak=False)
        signals.worker_ready.connect(self._ready, weak=False)
        self._presence.start()
        self._sweeper.start()
        self._answering.start()
        try:
            self.celery.worker_main(self._arguments())
        finally:
            self._gone.set()
            self._answering.stop()
            self._sweeper.stop()
            self._safely(self._leave)
            self.database.close()

    def _arguments(self) -> list[str]:
        return [
            "worker",
            # Threads that wait for trainers: processes of Celery's own would only be in between.
            "--pool=threads",
            f"--concurrency={self.settings.slots}",
            f"--queues={','.join(self.settings.accelerators)}",
            f"--hostname={self.name.replace(':', '-')}",
            # Workers have nothing to say to each other: the database is what they share.
            "--without-gossip",
            "--without-mingle",
            "--without-heartbeat",
            "--loglevel=WARNING",
        ]

    def _ready(self, **_: object) -> None:
        log.info("worker.ready", worker=self.name, slots=self.settings.slots)
        # What was queued while nobody was there.
        for _number in range(self.settings.slots):
            queue.nudge(self.celery, self.settings.accelerators[:1])

    def _drain(self, **_: object) -> None:
        log.info("worker.draining", worker=self.name)
        self.draining.set()

    def _be_present(self) -> None:
        while not self._gone.is_set():
            self._safely(self._tell)
            self._gone.wait(PRESENCE_SECONDS)

    def _tell(self) -> None:
        with self.database.writing() as session:
            workers.seen(
                session,
                name=self.name,
                slots=self.settings.slots,
                accelerators=self.settings.accelerators,
                draining=self.draining.is_set(),
                gpus=len(self.slots.gpus),
            )

    def _leave(self) -> None:
        with self.database.writing() as session:
            workers.left(session, self.name)

    def _safely(self, write: Callable[[], None]) -> None:
        try:
            write()
        except sa.exc.DBAPIError as error:
            log.warning("worker.database_away", error=str(error.orig))
