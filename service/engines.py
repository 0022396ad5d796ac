"""What runs a trained network: ONNX Runtime in this process, or Keras in a worker where ONNX will not do."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from numpy.typing import NDArray

from core import workers
from core.artifacts import Artifacts
from core.db import Database
from core.errors import TooLargeError, UnavailableError
from core.predictions.messages import LIMIT, MOST_BYTES, Message, first_refused

if TYPE_CHECKING:
    import onnxruntime
    from celery import Celery

    from core.predictions.line import Line

# Requests of one process that wait for workers at a time: the others' threads are not to be all taken.
MOST_ASKING = 8


class RefusedRowError(Exception):
    """The network has no answer for a row: an integer in it, say, has no place in an Embedding."""

    def __init__(self, row: int) -> None:
        super().__init__(row)
        self.row = row


class Engine(Protocol):
    """Runs one network."""

    @property
    def served_by(self) -> str:
        """Its name, as answers tell it."""

    def run(self, parts: Sequence[NDArray[Any]]) -> list[NDArray[Any]]:
        """What the network puts out, an array for each output, for an array for each input.

        Raises:
            RefusedRowError: it cannot take one of the rows.
            UnavailableError: not now.
            TooLargeError: it is too much at once.
        """


@dataclass(frozen=True)
class OnnxEngine:
    """A session of ONNX Runtime; `names` are its inputs, in the order of the network's."""

    session: "onnxruntime.InferenceSession"
    names: Sequence[str]
    refusal: type[Exception]
    """What the session raises for values that it cannot take."""
    served_by: str = "onnxruntime"

    def run(self, parts: Sequence[NDArray[Any]]) -> list[NDArray[Any]]:
        """As `Engine.run`."""
        outputs = self._try(parts)
        if outputs is None:
            raise RefusedRowError(self._first_refused(parts))
        return outputs

    def _try(self, parts: Sequence[NDArray[Any]]) -> list[NDArray[Any]] | None:
        """What comes out; None if the network cannot take one of the rows."""
        try:
            outputs: list[NDArray[Any]] = self.session.run(None, dict(zip(self.names, parts, strict=True)))
        except self.refusal:
            return None
        return outputs

    def _first_refused(self, parts: Sequence[NDArray[Any]]) -> int:
        def takes(first: int, last: int) -> bool:
            return self._try([part[first:last] for part in parts]) is not None

        return first_refused(len(parts[0]), takes)


def load_onnx(artifacts: Artifacts, sha256: str) -> OnnxEngine:
    """The network that an artifact holds."""
    # Imported by whoever first predicts: it takes 0.2 s and 20 MB.
    import onnxruntime
    from onnxruntime.capi.onnxruntime_pybind11_state import InvalidArgument

    options = onnxruntime.SessionOptions()
    # The requests are what runs side by side.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    # Without an arena of its own a network gives back what its largest batch took, and is no slower.
    options.enable_cpu_mem_arena = options.enable_mem_pattern = False
    options.log_severity_level = 3
    path = artifacts.path(sha256)
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    return OnnxEngine(session, [one.name for one in session.get_inputs()], InvalidArgument)


class Workers:
    """The workers, as far as one process asks them for predictions."""

    def __init__(self, database: Database, celery: "Callable[[], Celery]") -> None:
        self._database, self._celery = database, celery
        self._asking = threading.BoundedSemaphore(MOST_ASKING)

    def ask(self, message: Message) -> Message:
        """A worker's answer.

        Raises:
            UnavailableError: there is no worker, or none has the time.
            TooLargeError: it is too much at once.
        """
        with self._database.reading() as session:
            if all(worker.draining for worker in workers.alive(session)):
                raise UnavailableError(
                    "This network runs in a worker, and there is none.", retry_after_seconds=10
                )
        if not self._asking.acquire(blocking=False):
            raise UnavailableError("Too many predictions wait for workers.", retry_after_seconds=2)
        try:
            return self._line.ask(message)
        finally:
            self._asking.release()

    def close(self) -> None:
        """Gives the connection back."""
        if "_line" in vars(self):
            self._line.close()

    @cached_property
    def _line(self) -> "Line":
        # With Celery it takes a quarter of a second to import, and most networks do without.
        from core.predictions.line import Line

        return Line(self._celery)


@dataclass(frozen=True)
class WorkerEngine:
    """A network that runs in a worker, from its `.keras` file."""

    workers: Workers
    sha256: str
    served_by: str = "worker"

    def run(self, parts: Sequence[NDArray[Any]]) -> list[NDArray[Any]]:
        """As `Engine.run`."""
        answer = self.workers.ask(Message({"keras": self.sha256}, parts))
        told = answer.told
        if "refused" in told:
            raise RefusedRowError(told["refused"])
        if "bytes" in told:
            raise TooLargeError(LIMIT, limit=MOST_BYTES, asked=told["bytes"], unit="bytes")
        if "lost" in told:
            raise UnavailableError(told["lost"], retry_after_seconds=2)
        if "failed" in told:
            raise RuntimeError(told["failed"])
        return list(answer.arrays)
