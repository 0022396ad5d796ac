"""The supervision of one attempt: a thread that watches a trainer, then a scorer, and speaks for them.

It ends them where a cancel, the time limit, a lost lease or the worker's own end asks for it.
"""

import contextlib
from concurrent import futures
from dataclasses import dataclass, replace
from multiprocessing.connection import wait
from pathlib import Path
from threading import Event
from typing import Any

import orjson
import sqlalchemy as sa
import structlog

from core import jobs, plans, scratch
from core.artifacts import Artifacts, MissingArtifactError
from core.config import Settings
from core.courses import marking
from core.db import Database
from core.tables import Job
from worker import endings
from worker.account import Account
from worker.attempt import Attempt, Begun, EpochDone, Failed, Planned, Progress, Report, Scored, Trained
from worker.child import Child
from worker.endings import Write

LOOK_SECONDS = 0.2

log = structlog.get_logger()


class Stopped(Exception):  # noqa: N818 - it is no error
    """The attempt is over for a reason other than its trainer's: `ending` writes which."""

    def __init__(self, ending: Write) -> None:
        super().__init__()
        self.ending = ending


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
    """Supervises one attempt at a job, from its claim to its end.

    Attributes:
        device_lost: whether a GPU was not there any more.
    """

    def __init__(
        self,
        tools: Tools,
        job: Job,
        lease: jobs.Lease,
        order: marking.Order | None = None,
        *,
        threads: int,
        gpus: tuple[str, ...],
    ) -> None:
        self._tools, self._job, self._lease, self._order = tools, job, lease, order
        self._silent = False  # whether what is printed is dropped
        self._threads, self._gpus = threads, gpus
        self.device_lost = False
        self._scratch = Path()  # while it runs, a folder of its own
        self._account = Account(tools.database, tools.artifacts, job, lease, tools.settings.heartbeat_seconds)
        self._log = log.bind(job=job.id, attempt=lease.attempt)

    def run(self) -> None:
        """Trains, scores and writes how it ended."""
        self._log.info("attempt.begun")
        root, name = self._tools.settings.scratch_folder, f"{self._job.id}-{self._lease.attempt}"
        with scratch.folder(root, name) as self._scratch:
            try:
                self._account.end(self._ending())
            except jobs.LostLeaseError:
                # Somebody else has the job, or it is gone: there is nothing to say any more.
                self._log.warning("attempt.lease_lost")

    def _ending(self) -> Write:
        try:
            return self._scored_again() if self._job.scores_only else self._trained()
        except Stopped as stopped:
            return stopped.ending
        except MissingArtifactError as error:
            return endings.failed(self._lease, "invalid_data", error.detail)
        except OSError as error:
            self._log.exception("attempt.broken")
            # A full disk, say: another worker may fare better.
            return self._lost(f"the worker could not go on: {error}"[:200])

    def _trained(self) -> Write:
        trained = self._child("worker.trainer", self._training())
        if not isinstance(trained, Trained):
            return self._failure(trained)
        scored = self._child("worker.scorer", self._scoring(trained))
        if not isinstance(scored, Scored):
            return self._failure(scored)
        return self._success(trained, scored, self._hidden(trained.files["keras"]))

    # What the two processes are given

    def _training(self) -> Attempt:
        initial = self._job.initial
        return self._attempt(
            self._arrays("train"),
            checkpoint=self._account.last_checkpoint(),
            initial=str(self._tools.artifacts.path(initial["sha256"])) if initial else None,
            gpus=self._gpus,
            gpu_memory_bytes=self._tools.settings.gpu_memory_bytes,
            learned=self._learned(),
        )

    def _learned(self) -> dict[str, Any] | None:
        """What earlier jobs measured of such a network."""
        device = "gpu" if self._gpus else "cpu"
        with (
            contextlib.suppress(sa.exc.OperationalError),  # it is measured again then
            self._tools.database.reading() as session,
        ):
            return plans.recall(session, self._job, device=device, threads=self._threads)
        return None

    def _scoring(self, trained: Trained) -> Attempt:
        arrays = self._arrays("test")
        if not self._job.dataset or not self._job.dataset.description["splits"]["test"]:
            arrays |= self._arrays("train")  # to compare Keras and ONNX Runtime on
        if "onnx" in trained.files:
            arrays["onnx"] = trained.files["onnx"]
        if self._job.dataset:
            arrays["encoding"] = str(self._tools.artifacts.path(self._job.dataset.artifacts["encoding"]))
        return self._attempt(arrays, initial=trained.files["keras"])

    def _hidden(self, keras: str) -> str | None:
        """The evaluation on the rows that the course hides, if the job is for one that does."""
        if self._order is None or not self._order.hidden:
            return None
        paths = {name: str(self._tools.artifacts.path(sha)) for name, sha in self._order.hidden.items()}
        return self._evaluated(paths, keras, "hidden")

    def _scored_again(self) -> Write:
        """Nothing is trained: what an earlier job made is scored on the rows that there are now."""
        if self._order is None or self._job.initial is None:
            raise MissingArtifactError("What was to be scored is gone.")
        keras = str(self._tools.artifacts.path(self._job.initial["sha256"]))
        has_public = self._job.dataset and self._job.dataset.description["splits"]["test"]
        public = self._evaluated(self._arrays("test"), keras, "public") if has_public else None
        hidden = self._hidden(keras)
        return endings.in_turn(endings.scored(self._lease), self._marked(public, hidden))

    def _evaluated(self, arrays: dict[str, str], keras: str, name: str) -> str:
        """The path of an evaluation of which nobody is told; it lies in a folder of that name."""
        if self._job.dataset is None:
            raise MissingArtifactError("The data set is gone.")
        arrays = arrays | {
            "encoding": str(self._tools.artifacts.path(self._job.dataset.artifacts["encoding"]))
        }
        folder = self._scratch / name
        folder.mkdir()
        attempt = replace(self._attempt(arrays, initial=keras, private=True), scratch=str(folder))
        said = self._child("worker.scorer", attempt)
        if isinstance(said, Scored) and said.evaluation:
            return said.evaluation
        if isinstance(said, Failed):
            self._log.error("attempt.not_scored", code=said.code, traceback=said.traceback)
            # Not its own words, which may be of the rows.
            said = Failed("internal", "The rows of the assignment could not be scored.")
        raise Stopped(self._failure(said))

    def _marked(self, public: str | None, hidden: str | None) -> Write:
        """What is written of the evaluations in these files; the hidden one is kept."""
        if self._order is None:
            return endings.nothing
        told, found = (
            None if path is None else orjson.loads(Path(path).read_bytes()) for path in (public, hidden)
        )
        kept = None if hidden is None else self._tools.artifacts.keep(Path(hidden))
        return endings.marked(self._order, told, found, kept)

    def _attempt(self, arrays: dict[str, str], **more: Any) -> Attempt:  # noqa: ANN401 - fields of an Attempt
        return Attempt(
            job_id=self._job.id,
            number=self._lease.attempt,
            resolved=self._job.resolved,
            arrays=arrays,
            scratch=str(self._scratch),
            plan=self._account.plan,
            threads=self._threads,
            checkpoint_seconds=self._tools.settings.checkpoint_seconds,
            **more,
        )

    def _arrays(self, split: str) -> dict[str, str]:
        dataset = self._job.dataset
        if dataset is None:
            raise MissingArtifactError("The data set is gone.")
        names = [name for name in dataset.artifacts if name.endswith(f"_{split}")]
        return {name: str(self._tools.artifacts.path(dataset.artifacts[name])) for name in names}

    # While they run

    def _child(self, module: str, attempt: Attempt) -> Report | int | None:
        """Runs a process to its end; its last word, or its exit code where it has none."""
        self._silent = attempt.private
        # In a thread, as it may have to wait for the warm process to be born, and the lease does not wait.
        starting = self._tools.starter.submit(Child, module, attempt, self._job.id)
        try:
            while not futures.wait([starting], LOOK_SECONDS).done:
                self._renew()
            return self._watch(starting.result())
        finally:
            child = starting.result()
            child.kill()
            self._take_printed(child)
            self._account.no_more_printed()
            child.close()

    def _watch(self, child: Child) -> Report | int | None:
        last: Report | None = None
        running = True
        while running:
            wait([child.reports, child.printed, child.sentinel], LOOK_SECONDS)
            running = child.exit_code is None  # before the reading: what it said until then is all there is
            self._take_printed(child)
            for report in child.told():
                match report:
                    case Begun():
                        self._account.begun(report)
                    case Planned():
                        self._account.planned(report.plan)
                    case Progress():
                        self._account.progress = report.progress
                    case EpochDone():
                        self._account.epoch_done(report)
                    case _:
                        last = report
            self._look_after(child)
        return last or child.exit_code

    def _take_printed(self, child: Child) -> None:
        for chunk in child.chunks():
            if not self._silent:
                self._account.printed(chunk)

    def _look_after(self, child: Child) -> None:
        """Whatever may end the attempt from outside."""
        if self._tools.draining.is_set():
            raise Stopped(endings.returned(self._lease, "the worker is shutting down"))
        limit = self._tools.settings.slot_memory_bytes
        if limit and (held := child.memory) > limit:
            detail = f"The training took {held:,} bytes, and a slot of this worker has {limit:,}."
            raise Stopped(endings.failed(self._lease, "out_of_memory", detail))
        if self._account.seconds > self._job.max_seconds:
            detail = f"The job ran for {self._job.max_seconds} seconds, its limit."
            raise Stopped(endings.failed(self._lease, "time_limit", detail))
        self._renew()

    def _renew(self) -> None:
        if self._account.renew_if_due():
            raise Stopped(endings.cancelled(self._lease))

    # How they end

    def _success(self, trained: Trained, scored: Scored, hidden: str | None) -> Write:
        marked = self._marked(scored.evaluation, hidden)  # before the files are moved into the store
        if not scored.parity["agrees"]:
            self._log.warning("attempt.onnx_not_served", **scored.parity)
            trained.files.pop("onnx", None)
        files = dict(trained.files)
        if scored.evaluation:
            files["evaluation"] = scored.evaluation
        kept: dict[str, dict[str, Any]] = {}
        for name, file in files.items():
            size = Path(file).stat().st_size
            kept[name] = {"sha256": self._tools.artifacts.keep(Path(file)), "bytes": size}
        if self._job.dataset:
            encoding = self._job.dataset.artifacts["encoding"]
            size = self._tools.artifacts.path(encoding).stat().st_size
            kept["encoding"] = {"sha256": encoding, "bytes": size}
        self._account.outdate_checkpoint()
        facts = {
            "test": scored.test,
            "parity": scored.parity,
            "parameters": trained.parameters,
            "artifacts": kept,
        }
        return endings.in_turn(endings.succeeded(self._lease, facts, self._job.resolved), marked)

    def _failure(self, said: Report | int | None) -> Write:
        """A process that said why, or one that was lost."""
        if not isinstance(said, Failed):
            return self._lost(_cause(said))
        if said.code == "device_lost":
            # Another worker may fare better.
            self.device_lost = True
            return self._lost(said.message[:200])
        if said.traceback:
            self._log.error("attempt.broken", code=said.code, traceback=said.traceback)
        return endings.failed(self._lease, said.code, said.message)

    def _lost(self, reason: str) -> Write:
        return endings.lost(self._lease, reason, self._tools.settings.lost_attempts)


def _cause(code: object) -> str:
    if isinstance(code, int) and code < 0:
        return f"its trainer was killed (signal {-code})"
    return f"its trainer ended without a word (exit code {code})"
