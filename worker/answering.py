"""Predictions for who asks through the broker: a thread that has one predictor work for it at a time.

It is no slot: a training goes on beside it. The predictor is kept for a while, as its networks are warm then.
"""

import contextlib
import multiprocessing
import threading
import time
from dataclasses import dataclass, field
from multiprocessing.connection import wait

import structlog
from celery import Celery

from core.artifacts import Artifacts, MissingArtifactError
from core.config import Settings
from core.predictions.line import BROKER_ERRORS, Line, Request
from core.predictions.messages import Message
from worker.attempt import Answered, Asked, Errand
from worker.child import Child

# How long a predictor that nobody asks is kept.
IDLE_SECONDS = 60.0
# How long to wait for somebody who asks, before looking whether to end.
LOOK_SECONDS = 0.5
# After how long a broker that was away is tried again.
PAUSE_SECONDS = 1.0
STOP_SECONDS = 5.0
# Of the time that an asker waits: the rest is for telling them that it was in vain.
SHARE = 0.9
KILLED = "The process that ran the network was lost, or took too long."

log = structlog.get_logger()


class Predictor:
    """A process that predicts."""

    def __init__(self, threads: int) -> None:
        theirs, self._requests = multiprocessing.Pipe(duplex=False)
        self._child = Child("worker.predictor", Errand(theirs, threads), "predictions")
        theirs.close()

    @property
    def memory(self) -> int:
        """The memory that it holds, in bytes."""
        return self._child.memory

    def ask(self, asked: Asked, seconds: float) -> Answered | None:
        """What it answers within so many seconds; None if it was lost, or takes longer."""
        with contextlib.suppress(OSError):  # it is gone, as is seen below
            self._requests.send(asked)
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            wait([self._child.reports, self._child.printed, self._child.sentinel], left)
            ended = self._child.exit_code is not None
            # It would else fill the pipe, and have it wait.
            for chunk in self._child.chunks():
                log.debug("predictor.printed", text=chunk.decode("utf-8", "replace"))
            if told := self._child.told():
                return told[0] if isinstance(told[0], Answered) else None
            if ended:
                return None
        return None

    def end(self) -> None:
        """Ends it at once."""
        self._child.kill()
        self._requests.close()
        self._child.close()


@dataclass
class Answering:
    """The thread, and the predictor that it has at the moment."""

    artifacts: Artifacts
    celery: Celery
    settings: Settings
    draining: threading.Event
    idle_seconds: float = IDLE_SECONDS
    _ended: threading.Event = field(default_factory=threading.Event, init=False)
    _predictor: Predictor | None = field(default=None, init=False)
    _used_at: float = field(default=0.0, init=False)

    def __post_init__(self) -> None:
        self._line = Line(lambda: self.celery)
        self._thread = threading.Thread(target=self._run, name="answering", daemon=True)

    def start(self) -> None:
        """Begins."""
        self._thread.start()

    def stop(self) -> None:
        """Ends, after the prediction that is under way."""
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join(STOP_SECONDS)

    def _run(self) -> None:
        while not self._ended.is_set() and not self.draining.is_set():
            try:
                request = self._line.take(LOOK_SECONDS)
                if request is not None:
                    self._line.answer(request, self._answer(request))
            except BROKER_ERRORS as error:
                log.warning("answering.broker_away", error=str(error))
                self._ended.wait(PAUSE_SECONDS)
            except Exception:
                # A thread that died of a mistake of ours would be missed too late.
                log.exception("answering.failed")
            if time.monotonic() - self._used_at > self.idle_seconds:
                self._end()
        self._end()
        self._line.close()

    def _answer(self, request: Request) -> Message:
        try:
            path = self.artifacts.path(request.message.told["keras"])
        except MissingArtifactError as error:
            return Message({"lost": error.detail})
        if self._predictor is None:
            self._predictor = Predictor(max(1, self.settings.slot_threads))
        answered = self._predictor.ask(Asked(str(path), request.message.arrays), SHARE * request.seconds)
        self._used_at = time.monotonic()
        if answered is None or self._grown(self._predictor):
            self._end()
        if answered is None:
            log.warning("answering.predictor_lost", keras=path.name)
            return Message({"lost": KILLED})
        return Message(answered.told, answered.arrays)

    def _grown(self, predictor: Predictor) -> bool:
        """Whether it holds more memory than a slot may."""
        limit = self.settings.slot_memory_bytes
        return bool(limit) and predictor.memory > limit

    def _end(self) -> None:
        if self._predictor is not None:
            self._predictor.end()
            self._predictor = None
