"""A worker's slots: each is a thread that takes job after job, as long as there is one for it."""

import os
import queue as waiting
import threading

import structlog

from core import jobs
from core.courses import marking
from core.tables import Job
from worker.gpus import Gpus
from worker.supervisor import Supervisor, Tools

log = structlog.get_logger()


class Slots:
    """All slots of one worker.

    Args:
        tools: what supervisors need.
        name: the worker's.

    Attributes:
        gpus: the worker's; none until they are found.
    """

    def __init__(self, tools: Tools, name: str) -> None:
        self._tools, self._name = tools, name
        self.gpus = Gpus((), tools.settings.gpu_jobs)
        self._free: waiting.SimpleQueue[int] = waiting.SimpleQueue()
        for number in range(tools.settings.slots):
            self._free.put(number)
        # SQLite has one writer at a time, and PostgreSQL passes over what another is just taking.
        self._claiming = threading.Lock()

    def look(self) -> None:
        """Takes the best job that there is, and the next, until there is none or the worker drains."""
        try:
            slot = self._free.get_nowait()
        except waiting.Empty:
            return  # all are busy, and will look again by themselves
        try:
            while not self._tools.draining.is_set() and (claimed := self._claim()):
                self._run(*claimed)
        finally:
            self._free.put(slot)

    def _claim(self) -> tuple[Job, jobs.Lease, marking.Order | None, tuple[str, ...]] | None:
        """A job with its lease, what a course wants scored, and the GPUs that are its own until it ends."""
        settings = self._tools.settings
        with self._claiming:
            with self._tools.database.writing() as session:
                claimed = jobs.claim(
                    session,
                    worker=self._name,
                    accelerators=settings.accelerators,
                    lease_seconds=settings.lease_seconds,
                    gpus=len(self.gpus),
                    free_gpus=self.gpus.most,
                )
                if claimed:
                    _ = claimed[0].dataset  # loaded now: the session ends here
                    order = marking.order(session, claimed[0])
            # Nobody else takes any meanwhile.
            return (*claimed, order, self.gpus.take(claimed[1].gpus)) if claimed else None

    def _run(self, job: Job, lease: jobs.Lease, order: marking.Order | None, gpus: tuple[str, ...]) -> None:
        try:
            supervisor = Supervisor(self._tools, job, lease, order, threads=self._threads, gpus=gpus)
            supervisor.run()
            if supervisor.device_lost:
                log.error("worker.gpu_lost", gpus=gpus)
                with self._claiming:  # nobody is just taking any
                    self.gpus.lose()
        finally:
            self.gpus.give_back(gpus)

    @property
    def _threads(self) -> int:
        settings = self._tools.settings
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        return settings.slot_threads or max(1, cores // settings.slots)
