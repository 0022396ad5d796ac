"""Telling workers of new jobs, without letting anybody wait for a broker that is away."""

import queue as queues
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from celery import Celery

STOP_SECONDS = 2.0


@dataclass
class Nudger:
    """A thread that sends what it is given. The job is in the database: what it cannot send is no loss.

    Sending takes a millisecond where the broker answers, and seconds where it does not; those are the
    thread's, and not of the request that has just committed a job.
    """

    celery: "Callable[[], Celery]"
    _waiting: "queues.SimpleQueue[str | None]" = field(default_factory=queues.SimpleQueue, init=False)
    _thread: threading.Thread | None = field(default=None, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)

    def nudge(self, accelerator: str) -> None:
        """Tells the workers that there is a job for `accelerator`."""
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="nudger", daemon=True)
                self._thread.start()
        self._waiting.put(accelerator)

    def stop(self) -> None:
        """Sends what waits, unless the broker is away."""
        with self._lock:
            if self._thread is not None:
                self._waiting.put(None)
                self._thread.join(STOP_SECONDS)

    def _run(self) -> None:
        # Imported by whoever first submits a job: with Celery it takes a quarter of a second.
        from core import queue

        while (accelerator := self._waiting.get()) is not None:
            if not queue.nudge(self.celery(), queue.queues_for(accelerator)):
                self._forget()

    def _forget(self) -> None:
        """Drops what has gathered while the broker was away: the sweeper nudges for all of it."""
        while not self._waiting.empty():
            if self._waiting.get() is None:
                self._waiting.put(None)
                return
