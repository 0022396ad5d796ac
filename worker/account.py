"""The account of an attempt that the database gets: the lease renewed, epochs, log lines, progress, the end.

While the database is away the training goes on, and what is to be written waits, in order.
"""

import time
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from core import jobs
from core.artifacts import Artifacts, MissingArtifactError
from core.db import Database
from core.tables import Job
from worker.attempt import Begun, EpochDone
from worker.endings import Write

# The least time between two writings: a network of a millisecond an epoch is not to keep the database busy.
WRITE_SECONDS = 0.1
# How long to try to write how an attempt ended.
LAST_WORD_SECONDS = 300.0
LONGEST_LINE_BYTES = 8192

log = structlog.get_logger()


class Account:
    """What one attempt tells.

    Attributes:
        progress: the latest, written with the next renewal.
        plan: how the job is run, once that is known.
    """

    def __init__(
        self, database: Database, artifacts: Artifacts, job: Job, lease: jobs.Lease, heartbeat_seconds: float
    ) -> None:
        self._database, self._artifacts, self._lease = database, artifacts, lease
        self._heartbeat = heartbeat_seconds
        self._log = log.bind(job=job.id, attempt=lease.attempt)
        self.progress: dict[str, Any] | None = None
        self.plan: dict[str, Any] | None = job.plan
        self._waiting: list[Write] = []
        self._lines: list[str] = []
        self._rest = b""  # of a line that has not ended yet
        self._checkpoint: str | None = job.checkpoint["sha256"] if job.checkpoint else None
        self._outdated: list[str] = []  # checkpoints that the next writing replaces
        self._counted_at = self._written_at = time.monotonic()
        self._spent = job.seconds

    @property
    def seconds(self) -> float:
        """How long the job has run, over all attempts."""
        return self._spent + time.monotonic() - self._counted_at

    # What there is to tell

    def begun(self, report: Begun) -> None:
        """The training begins, by this plan."""
        self.plan = report.plan

        def write(session: Session) -> None:
            job = jobs.held(session, self._lease)
            job.plan, job.environment = report.plan, report.environment

        self._waiting.append(write)

    def planned(self, plan: dict[str, Any]) -> None:
        """The training goes on by this plan."""
        self.plan = plan

        def write(session: Session) -> None:
            jobs.held(session, self._lease).plan = plan

        self._waiting.append(write)

    def epoch_done(self, report: EpochDone) -> None:
        """An epoch is over; if it left a checkpoint, that is moved into the store now."""
        kept: dict[str, Any] | None = None
        if report.checkpoint is not None:
            kept = {
                "sha256": self._artifacts.keep(Path(report.checkpoint)),
                "epoch": report.report["epoch"],
            }
            self.outdate_checkpoint()
            self._checkpoint = kept["sha256"]
        self._waiting.append(lambda session: jobs.add_epoch(session, self._lease, report.report, kept))

    def printed(self, chunk: bytes) -> None:
        """The trainer printed this."""
        *lines, rest = (self._rest + chunk).split(b"\n")
        # What never ends is cut, as a long line is.
        self._rest = rest[-LONGEST_LINE_BYTES:]
        texts = (line.decode("utf-8", "replace").rstrip() for line in lines)
        self._lines += [text for text in texts if text]

    def no_more_printed(self) -> None:
        """The trainer will print nothing more: the last line needs no end."""
        if self._rest:
            self.printed(b"\n")

    def last_checkpoint(self) -> str | None:
        """The file of the last checkpoint, if there is any."""
        if self._checkpoint is None:
            return None
        try:
            return str(self._artifacts.path(self._checkpoint))
        except MissingArtifactError:
            # A lost volume, say. From the beginning is slower, and ends as well.
            self._log.warning("attempt.checkpoint_missing", sha256=self._checkpoint)
            self._checkpoint = None
            return None

    def outdate_checkpoint(self) -> None:
        """With the next writing nothing refers to the last checkpoint any more."""
        if self._checkpoint:
            self._outdated.append(self._checkpoint)
        self._checkpoint = None

    # How it is written

    def renew_if_due(self) -> bool:
        """Renews the lease and writes what waits, in one transaction, if it is time. Answers whether
        somebody asked for a cancel.

        Raises:
            jobs.LostLeaseError: the job is somebody else's by now.
        """
        due = WRITE_SECONDS if self._waiting or self._lines else self._heartbeat
        now = time.monotonic()
        if now - self._written_at < due:
            return False
        self._written_at = now
        try:
            return self._write()
        except sa.exc.OperationalError as error:
            self._log.warning("attempt.database_away", error=str(error.orig))
            return False

    def end(self, ending: Write) -> None:
        """Writes all that is left and how it ended, in one transaction, however long (within reason) the
        database is away.

        Raises:
            jobs.LostLeaseError: the job is somebody else's by now.
        """
        deadline = time.monotonic() + LAST_WORD_SECONDS
        while True:
            try:
                self._write(ending)
            except sa.exc.OperationalError as error:
                self._log.warning("attempt.database_away", error=str(error.orig))
                if time.monotonic() > deadline:
                    raise
                time.sleep(1)
            else:
                return

    def _write(self, ending: Write | None = None) -> bool:
        if self._lines:
            lines, self._lines = self._lines, []
            self._waiting.append(lambda session: jobs.add_lines(session, self._lease, lines))
        now = time.monotonic()
        seconds = now - self._counted_at
        with self._database.writing() as session:
            for write in self._waiting:
                write(session)
            cancel = jobs.renew(session, self._lease, seconds=seconds, progress=self.progress)
            if ending:
                ending(session)
        self._waiting.clear()
        self.progress = None
        self._spent += seconds
        self._counted_at = now
        for sha256 in self._outdated:
            self._artifacts.discard(sha256)
        self._outdated.clear()
        return cancel
