"""The supervision of one attempt: a thread that watches a trainer, and speaks for it to the database.

It renews the lease, writes epochs and log lines, and ends the trainer where a cancel, the time limit or a
lost lease asks for it. While the database is away the training goes on, and what is to be written waits.
"""

import contextlib
import os
import shutil
import time
from collections.abc import Callable
from concurrent import futures
from dataclasses import dataclass
from multiprocessing.connection import wait
from pathlib import Path
from threading import Event
from typing import Any

import psutil
import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from core import jobs, models
from core.artifacts import Artifacts, MissingArtifactError
from core.config import Settings
from core.db import Database
from core.tables import Job
from worker.attempt import Attempt, Begun, EpochDone, Failed, Progress, Report, Scored, Trained
from worker.child import Child

LOOK_SECONDS = 0.2
# The least time between two writings: a network of a millisecond an epoch is not to keep the database busy.
WRITE_SECONDS = 0.1
# How long to try to write how an attempt ended.
LAST_WORD_SECONDS = 300.0
LONGEST_LINE_BYTES = 8192

log = structlog.get_logger()

Write = Callable[[Session], None]


class Stopped(Exception):  # noqa: N818 - it is no error
    """The attempt is over for a reason other than its trainer's: `end` writes which."""

    def __init__(self, end: Write) -> None:
        super().__init__()
        self.end = end


@dataclass
class Tools:
    """What every supervisor needs."""

    database: Database
    artifacts: Artifacts
    settings: Settings
    draining: Event
    starter: futures.ThreadPoolExecutor
    """Starts processes."""


class Supervisor:
    """Supervises one attempt at a job, from its claim to its end."""

    def __init__(self, tools: Tools, job: Job, lease: jobs.Lease, *, threads: int, gpu: int | None) -> None:
        self._tools, self._job, self._lease = tools, job, lease
        self._threads, self._gpu = threads, gpu
        self._scratch = tools.settings.scratch_folder / f"{job.id}-{lease.attempt}"
        self._log = log.bind(job=job.id, attempt=lease.attempt)
        self._waiting: list[Write] = []  # to be written with the next renewal, in order
        self._outdated: list[str] = []  # checkpoints that the next writing replaces
        self._checkpoint: str | None = job.checkpoint["sha256"] if job.checkpoint else None
        self._progress: dict[str, Any] | None = None
        self._plan: dict[str, Any] | None = job.plan
        self._line = b""
        self._printed: list[str] = []
        self._counted_at = self._written_at = time.monotonic()
        self._spent = job.seconds

    def run(self) -> None:
        """Trains, scores and writes how it ended."""
        self._log.info("attempt.begun")
        try:
            self._scratch.mkdir(parents=True, exist_ok=True)
            self._end(self._outcome())
        except jobs.LostLeaseError:
            # Somebody else has the job, or it is gone: there is nothing to say any more.
            self._log.warning("attempt.lease_lost")
        finally:
            shutil.rmtree(self._scratch, ignore_errors=True)

    def _outcome(self) -> Write:
        """What is to be written in the end."""
        try:
            trained = self._child("worker.trainer", self._attempt())
            if not isinstance(trained, Trained):
                return self._failure(trained)
            scored = self._child("worker.scorer", self._scoring(trained))
            if not isinstance(scored, Scored):
                return self._failure(scored)
            return self._success(trained, scored)
        except Stopped as stopped:
            return stopped.end
        except MissingArtifactError as error:
            return self._failed(jobs.Failure("invalid_data", error.detail))
        except OSError as error:
            self._log.exception("attempt.broken")
            # A full disk, say: another worker may fare better.
            return self._lost(f"the worker could not go on: {error}"[:200])

    # The child processes

    def _attempt(self) -> Attempt:
        job, artifacts = self._job, self._tools.artifacts
        return Attempt(
            job_id=job.id,
            number=self._lease.attempt,
            resolved=job.resolved,
            arrays=self._arrays("train"),
            scratch=str(self._scratch),
            checkpoint=self._last_checkpoint(),
            initial=str(artifacts.path(job.initial["sha256"])) if job.initial else None,
            plan=job.plan,
            threads=self._threads,
            gpu=self._gpu,
            checkpoint_seconds=self._tools.settings.checkpoint_seconds,
        )

    def _last_checkpoint(self) -> str | None:
        if self._checkpoint is None:
            return None
        try:
            return str(self._tools.artifacts.path(self._checkpoint))
        except MissingArtifactError:
            # A lost volume, say. From the beginning is slower, and ends as well.
            self._log.warning("attempt.checkpoint_missing", sha256=self._checkpoint)
            self._checkpoint = None
            return None

    def _scoring(self, trained: Trained) -> Attempt:
        arrays = self._arrays("test")
        if not self._job.dataset or not self._job.dataset.description["splits"]["test"]:
            arrays |= self._arrays("train")
        if "onnx" in trained.files:
            arrays["onnx"] = trained.files["onnx"]
        return Attempt(
            job_id=self._job.id,
            number=self._lease.attempt,
            resolved=self._job.resolved,
            arrays=arrays,
            scratch=str(self._scratch),
            initial=trained.files["keras"],
            plan=self._plan,
            threads=self._threads,
        )

    def _arrays(self, split: str) -> dict[str, str]:
        dataset = self._job.dataset
        if dataset is None:
            raise OSError("the data set is gone")
        names = (f"x_{split}", f"y_{split}")
        return {name: str(self._tools.artifacts.path(dataset.artifacts[name])) for name in names}

    def _child(self, module: str, attempt: Attempt) -> Report | int | None:
        """Runs a process to its end; its last word, or its exit code where it has none."""
        # In a thread, as it may have to wait for the warm process to be born, and the lease does not wait.
        starting = self._tools.starter.submit(Child, module, attempt)
        try:
            while not futures.wait([starting], LOOK_SECONDS).done:
                self._renew_if_due()
            return self._watch(starting.result())
        finally:
            child = starting.result()
            child.kill()
            self._read(child)
            self._printed_line(b"\n" if self._line else b"")
            child.close()

    def _watch(self, child: Child) -> Report | int | None:
        last: Report | None = None
        running = True
        while running:
            wait([child.reports, child.printed, child.sentinel], LOOK_SECONDS)
            running = child.exit_code is None  # before the reading: what it said until then is all there is
            for report in self._read(child):
                if isinstance(report, Trained | Scored | Failed):
                    last = report
                else:
                    self._note(report)
            self._look_after(child)
        return last or child.exit_code

    def _look_after(self, child: Child) -> None:
        """Whatever else may end the attempt."""
        if self._tools.draining.is_set():
            raise Stopped(self._returned("the worker is shutting down"))
        limit = self._tools.settings.slot_memory_bytes
        if limit and (held := _memory(child.pid)) > limit:
            detail = f"The training took {held:,} bytes, and a slot of this worker has {limit:,}."
            raise Stopped(self._failed(jobs.Failure("out_of_memory", detail)))
        now = time.monotonic()
        if self._spent + now - self._counted_at > self._job.max_seconds:
            detail = f"The job ran for {self._job.max_seconds} seconds, its limit."
            raise Stopped(self._failed(jobs.Failure("time_limit", detail)))
        self._renew_if_due()

    # What they say

    def _read(self, child: Child) -> list[Report]:
        """What there is to read, without waiting."""
        with contextlib.suppress(BlockingIOError):
            while chunk := os.read(child.printed, 65_536):
                self._printed_line(chunk)
        found: list[Report] = []
        with contextlib.suppress(EOFError, OSError):
            while child.reports.poll():
                found.append(child.reports.recv())
        return found

    def _printed_line(self, chunk: bytes) -> None:
        *lines, self._line = (self._line + chunk).split(b"\n")
        # A NUL is nothing that PostgreSQL can keep.
        texts = [line.decode("utf-8", "replace").replace("\0", "\ufffd").rstrip() for line in lines]
        self._printed += [text for text in texts if text]
        # What never ends is not a line: it is cut, as a long line is.
        self._line = self._line[-LONGEST_LINE_BYTES:]

    def _note(self, report: Report) -> None:
        match report:
            case Progress():
                self._progress = report.progress
            case Begun():
                self._plan = report.plan
                self._waiting.append(lambda session: self._tell_plan(session, report))
            case EpochDone():
                kept = self._keep_checkpoint(report)
                self._waiting.append(
                    lambda session: jobs.add_epoch(session, self._lease, report.report, kept)
                )

    def _tell_plan(self, session: Session, begun: Begun) -> None:
        job = jobs.held(session, self._lease)
        job.plan, job.environment = begun.plan, begun.environment

    def _keep_checkpoint(self, report: EpochDone) -> dict[str, Any] | None:
        if report.checkpoint is None:
            return None
        sha256 = self._tools.artifacts.keep(Path(report.checkpoint))
        if self._checkpoint:
            self._outdated.append(self._checkpoint)
        self._checkpoint = sha256
        return {"sha256": sha256, "epoch": report.report["epoch"]}

    # What is written

    def _renew_if_due(self) -> None:
        due = WRITE_SECONDS if self._waiting or self._printed else self._tools.settings.heartbeat_seconds
        if time.monotonic() - self._written_at >= due:
            self._renew()

    def _renew(self) -> None:
        """One transaction: what waits, and the lease; the answer is whether somebody cancelled.

        Raises:
            Stopped: a cancel was asked for.
            jobs.LostLeaseError: the job is somebody else's by now.
        """
        now = time.monotonic()
        printed, self._printed = self._printed, []
        if printed:
            self._waiting.append(lambda session: jobs.add_lines(session, self._lease, printed))
        seconds = now - self._counted_at
        try:
            with self._tools.database.writing() as session:
                for write in self._waiting:
                    write(session)
                cancel = jobs.renew(session, self._lease, seconds=seconds, progress=self._progress)
        except sa.exc.OperationalError as error:
            self._log.warning("attempt.database_away", error=str(error.orig))
            self._written_at = now
            return
        self._waiting.clear()
        self._discard_outdated()
        self._spent += seconds
        self._counted_at = self._written_at = now
        self._progress = None
        if cancel:
            raise Stopped(self._cancelled)

    def _discard_outdated(self) -> None:
        for sha256 in self._outdated:
            self._tools.artifacts.discard(sha256)
        self._outdated.clear()

    def _end(self, end: Write) -> None:
        """Writes the last of everything, in one transaction, for as long as the database may be away."""
        printed, self._printed = self._printed, []
        if printed:
            self._waiting.append(lambda session: jobs.add_lines(session, self._lease, printed))
        deadline = time.monotonic() + LAST_WORD_SECONDS
        while True:
            try:
                with self._tools.database.writing() as session:
                    for write in self._waiting:
                        write(session)
                    seconds = time.monotonic() - self._counted_at
                    jobs.renew(session, self._lease, seconds=seconds, progress=self._progress)
                    end(session)
            except sa.exc.OperationalError as error:
                self._log.warning("attempt.database_away", error=str(error.orig))
                if time.monotonic() > deadline:
                    raise
                time.sleep(1)
            else:
                self._discard_outdated()
                return

    # How it can end

    def _success(self, trained: Trained, scored: Scored) -> Write:
        kept: dict[str, dict[str, Any]] = {}
        for name, file in trained.files.items():
            if name == "onnx" and not scored.parity["agrees"]:
                self._log.warning("attempt.onnx_differs", **scored.parity)
                continue
            size = Path(file).stat().st_size
            kept[name] = {"sha256": self._tools.artifacts.keep(Path(file)), "bytes": size}
        dataset = self._job.dataset
        encoding = dataset.artifacts["encoding"] if dataset else ""
        kept["encoding"] = {
            "sha256": encoding,
            "bytes": self._tools.artifacts.path(encoding).stat().st_size,
        }
        facts = {
            "test": scored.test,
            "parity": scored.parity,
            "parameters": trained.parameters,
            "artifacts": kept,
        }

        def write(session: Session) -> None:
            job = jobs.succeed(session, self._lease)
            models.add_version(session, job, facts)
            job.checkpoint = None
            if self._checkpoint:
                self._outdated.append(self._checkpoint)
            self._log.info("attempt.succeeded")

        return write

    def _failure(self, said: Report | int | None) -> Write:
        """A process that said why, or one that was lost."""
        if isinstance(said, Failed):
            if said.traceback:
                self._log.error("attempt.failed", code=said.code, traceback=said.traceback)
            return self._failed(jobs.Failure(said.code, said.message))
        return self._lost(_cause(said))

    def _failed(self, failure: jobs.Failure) -> Write:
        def write(session: Session) -> None:
            jobs.fail(session, self._lease, failure)
            self._log.info("attempt.failed", code=failure.code, message=failure.message)

        return write

    def _lost(self, reason: str) -> Write:
        def write(session: Session) -> None:
            most = self._tools.settings.lost_attempts
            jobs.give_back(session, self._lease, reason=reason, most_losses=most)
            self._log.warning("attempt.lost", reason=reason)

        return write

    def _returned(self, reason: str) -> Write:
        def write(session: Session) -> None:
            jobs.give_back(session, self._lease, reason=reason)
            self._log.info("attempt.given_back", reason=reason)

        return write

    def _cancelled(self, session: Session) -> None:
        jobs.cancelled(session, self._lease)
        self._log.info("attempt.cancelled")


def _memory(pid: int) -> int:
    """The memory that a process holds, in bytes."""
    try:
        held: int = psutil.Process(pid).memory_info().rss
    except psutil.Error:
        return 0
    return held


def _cause(code: object) -> str:
    if isinstance(code, int) and code < 0:
        return f"its trainer was killed (signal {-code})"
    return f"its trainer ended without a word (exit code {code})"
