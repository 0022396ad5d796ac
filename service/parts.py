"""What a process of the service is made of: built once by `create_app`, and found by the views."""

import os
import socket
import threading
from dataclasses import dataclass, field

from celery import Celery
from flask import current_app

from core import queue
from core.artifacts import Artifacts
from core.config import Settings
from core.db import Database
from core.sweeper import Sweeper
from service import memory, nudging, predicting, uploads

# Files that one process reads at a time: each takes a core and what memory the settings allow.
READERS = 2


@dataclass
class Parts:
    """The database, the store, the broker, and what a process shares between its requests."""

    settings: Settings
    database: Database
    memory: memory.Memory
    artifacts: Artifacts
    celery: Celery
    nudger: nudging.Nudger
    networks: predicting.Networks
    streams: threading.BoundedSemaphore
    readers: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(READERS))
    stopping: threading.Event = field(default_factory=threading.Event)
    sweeper: Sweeper | None = None

    @classmethod
    def build(cls, settings: Settings) -> "Parts":
        """The parts, connected to nothing yet: what is away may come later."""
        artifacts = Artifacts(settings.artifacts)
        celery = queue.connect(settings.broker_url, settings.broker_visibility_seconds)
        database = Database(settings.database)
        return cls(
            settings=settings,
            database=database,
            memory=memory.Memory(database),
            artifacts=artifacts,
            celery=celery,
            nudger=nudging.Nudger(celery),
            networks=predicting.Networks(artifacts, settings.session_cache),
            streams=threading.BoundedSemaphore(settings.event_streams),
        )

    def start(self) -> None:
        """Begins what goes on beside the requests."""
        uploads.clear(self.settings.scratch_folder)
        holder = f"{socket.gethostname()}:{os.getpid()}"
        self.sweeper = Sweeper(self.database, self.artifacts, self.celery, self.settings, holder)
        self.sweeper.start()

    def stop(self) -> None:
        """Ends it, and gives the connections back."""
        self.stopping.set()
        if self.sweeper is not None:
            self.sweeper.stop()
        self.nudger.stop()
        self.celery.close()
        self.memory.close()
        self.database.close()


def of_app() -> Parts:
    """The parts of the application that answers the present request."""
    parts: Parts = current_app.extensions["parts"]
    return parts
