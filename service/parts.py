"""What a process of the service is made of: built once by `create_app`, and found by the views."""

import os
import socket
import threading
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from flask import current_app

from core import specs
from core.artifacts import Artifacts
from core.config import Settings
from core.db import Database
from service.engines import Workers
from service.memory import Memory
from service.nudging import Nudger
from service.predicting import Networks

if TYPE_CHECKING:
    from celery import Celery

    from core.lti.platforms import Platforms
    from core.sweeper import Sweeper

# Files that one process reads at a time: each takes a core and what memory the settings allow.
READERS = 2


@dataclass
class Parts:
    """The database, the store, the broker, and what a process shares between its requests."""

    settings: Settings
    database: Database
    artifacts: Artifacts
    memory: Memory
    networks: Networks
    workers: Workers
    streams: threading.BoundedSemaphore
    readers: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(READERS))
    stopping: threading.Event = field(default_factory=threading.Event)
    sweeper: "Sweeper | None" = None

    @classmethod
    def build(cls, settings: Settings) -> "Parts":
        """The parts, connected to nothing yet: what is away may come later."""
        artifacts, database = Artifacts(settings.artifacts), Database(settings.database)
        workers = Workers(database, lambda: own.celery)
        own = cls(
            settings=settings,
            database=database,
            artifacts=artifacts,
            memory=Memory(database),
            networks=Networks(artifacts, workers, settings.session_cache),
            workers=workers,
            streams=threading.BoundedSemaphore(settings.event_streams),
        )
        return own

    @property
    def spec_limits(self) -> specs.Limits:
        """How much a spec may ask for."""
        own = self.settings
        return specs.Limits(
            max_layers=own.max_layers,
            max_parameters=own.max_parameters,
            max_row_numbers=own.max_row_numbers,
            max_epochs=own.max_epochs,
            max_seconds=own.max_seconds,
        )

    @cached_property
    def celery(self) -> "Celery":
        """The broker. Celery takes a while to import, which the first answer need not wait for."""
        from core import queue

        return queue.connect(self.settings.broker_url, self.settings.broker_visibility_seconds)

    @cached_property
    def platforms(self) -> "Platforms":
        """The learning platforms. What speaks with them takes a while to import, likewise."""
        from core.lti.platforms import Platforms

        return Platforms(self.database, self.settings)

    @cached_property
    def nudger(self) -> Nudger:
        """What tells workers of new jobs."""
        return Nudger(lambda: self.celery)

    def start(self) -> None:
        """Begins what goes on beside the requests."""
        threading.Thread(target=self._start_sweeper, name="starter", daemon=True).start()

    def stop(self) -> None:
        """Ends it, and gives the connections back."""
        self.stopping.set()
        if self.sweeper is not None:
            self.sweeper.stop()
        if "nudger" in vars(self):
            self.nudger.stop()
        self.workers.close()
        if "celery" in vars(self):
            self.celery.close()
        if "platforms" in vars(self):
            self.platforms.close()
        self.memory.close()
        self.database.close()

    def _start_sweeper(self) -> None:
        # Here and not above, for the same reason.
        from core.sweeper import Sweeper

        holder = f"{socket.gethostname()}:{os.getpid()}"
        sweeper = Sweeper(self.database, self.artifacts, self.celery, self.settings, holder)
        if not self.stopping.is_set():
            sweeper.start()
            self.sweeper = sweeper


def of_app() -> Parts:
    """The parts of the application that answers the present request."""
    parts: Parts = current_app.extensions["parts"]
    return parts
