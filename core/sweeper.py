"""The sweeper: finds what was lost, and throws away what nobody needs. Any process may run it; one does."""

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import sqlalchemy as sa
import structlog
from celery import Celery

from core import db, jobs, plans, queue, sessions, speeds, workers
from core.artifacts import Artifacts
from core.config import Settings
from core.db import Database
from core.lti import keys, states
from core.lti.sending import Sender

if TYPE_CHECKING:
    from core.lti.platforms import Platforms

# What only takes room is thrown away rarely: to find it takes a look at all artifacts.
ARTIFACTS_SECONDS = 600.0
# What was put into the store lately may be about to be referred to.
SPARED_SECONDS = 3600.0
STOP_SECONDS = 5.0

log = structlog.get_logger()


@dataclass
class Sweeper:
    """A thread that sweeps whenever it is this process's turn, and one that sends grades.

    A process that dies in its turn loses it: the lock in the database runs out by itself.
    """

    database: Database
    artifacts: Artifacts
    celery: Celery
    settings: Settings
    holder: str
    _ended: threading.Event = field(default_factory=threading.Event, init=False)
    _thread: threading.Thread | None = field(default=None, init=False)
    _sender: Sender | None = field(default=None, init=False)

    def start(self) -> None:
        """Begins."""
        self._sender = Sender(self.database, self._connect, self.settings.lti_send_seconds)
        self._sender.start()
        self._thread = threading.Thread(target=self._run, name="sweeper", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ends, after the sweep that is under way."""
        self._ended.set()
        if self._sender is not None:
            self._sender.stop()
        if self._thread is not None:
            self._thread.join(STOP_SECONDS)

    def _connect(self) -> "Platforms":
        # Here, as it brings an HTTP client and cryptography along.
        from core.lti.platforms import Platforms

        return Platforms(self.database, self.settings)

    def _run(self) -> None:
        while not self._ended.wait(self.settings.sweep_seconds):
            try:
                self.sweep()
            except (sa.exc.SQLAlchemyError, OSError) as error:
                # The database or the store is away for a while: the next sweep makes good.
                log.warning("sweeper.failed", error=str(error))
            except Exception:
                # A sweeper that died of a mistake of ours would be missed too late.
                log.exception("sweeper.failed")

    def sweep(self) -> bool:
        """Sweeps, if it is this process's turn. Answers whether it was."""
        if not self._take_turn("sweep", self.holder[:100], 3 * self.settings.sweep_seconds):
            return False
        with self.database.writing() as session:
            for job in jobs.return_lost(session, most_losses=self.settings.lost_attempts):
                log.warning("sweeper.job_lost", job=job.id, attempt=job.attempt, status=job.status)
            jobs.forget(session)
        self._nudge()
        # Once in so many seconds: this turn is nobody's meanwhile, this process's included.
        if self._take_turn("artifacts", db.new_id("turn"), ARTIFACTS_SECONDS):
            self._make_room()
        return True

    def _make_room(self) -> None:
        with self.database.writing() as session:
            speeds.trim(session)
            plans.trim(session)
            keys.trim(session)
            states.trim(session)
            sessions.trim(session)
        with self.database.reading() as session:
            used = jobs.used_artifacts(session)
        if removed := self.artifacts.sweep(used, SPARED_SECONDS):
            log.info("sweeper.artifacts_removed", count=removed)

    def _take_turn(self, name: str, holder: str, seconds: float) -> bool:
        with self.database.writing() as session:
            return jobs.take_turn(session, name, holder, seconds)

    def _nudge(self) -> None:
        """Wakes as many slots as there are jobs for them; one that is awake takes job after job.

        Where there is no worker, one message waits for the first.
        """
        with self.database.reading() as session:
            wanted = {
                accelerator: min(count, 1 if free is None else free)
                for accelerator, count in jobs.waiting(session).items()
                for free in [workers.free_slots(session, accelerator)]
            }
        for accelerator, count in wanted.items():
            for _ in range(count):
                if not queue.nudge(self.celery, queue.queues_for(accelerator)):
                    return
