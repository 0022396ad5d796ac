"""Networks that are ready to predict, with what their data sets taught about rows and targets."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.artifacts import Artifacts
from core.datasets import encoding as encodings
from core.datasets.encoding import Encoding
from core.datasets.targets import OneTarget
from core.errors import Fault, InvalidDataError, UnavailableError, pointer
from core.specs.probabilities import Link
from service.engines import Engine, OnnxEngine, RefusedRowError, WorkerEngine, Workers, load_onnx
from service.serving import Found

# How long a request waits for another that is loading the same network.
PATIENCE_SECONDS = 5.0


@dataclass(frozen=True)
class Output:
    """One of a network's outputs.

    Attributes:
        name: of the layer.
        target: the number of the data set's target.
        shape: of one row.
        scores: how they become probabilities; None for what is no score, or is not known to be one.
    """

    name: str
    target: int
    shape: Sequence[int]
    scores: Link | None


@dataclass(frozen=True)
class Network:
    """A trained network, with what its data set taught about rows."""

    engine: Engine
    encoding: Encoding
    outputs: Sequence[Output]

    def predict(self, rows: list[Any]) -> list[NDArray[Any]]:
        """What the network puts out for raw rows: for each output `(n, …)`, in the units that were uploaded.

        Raises:
            InvalidDataError: a row is wrong; the sentence says which.
            UnavailableError: it runs in a worker, and none answers.
            TooLargeError: it runs in a worker, and this is too much at once.
        """
        parts = encodings.encode(self.encoding, rows)
        try:
            outputs = self.engine.run(parts)
        except RefusedRowError as refused:
            detail = f"row {refused.row}: the network has no answer for these values"
            raise InvalidDataError(detail, [Fault(pointer("instances", refused.row), detail)]) from None
        return [
            np.ascontiguousarray(encodings.decode(self.encoding, given, output.target))
            for given, output in zip(outputs, self.outputs, strict=True)
        ]

    @cached_property
    def targets(self) -> list[OneTarget]:
        """What each output is compared with."""
        parts = self.encoding.target_parts
        return [parts[output.target].target for output in self.outputs]


class Networks:
    """The networks that were asked for last; each is loaded once, however many ask for it at a time."""

    def __init__(
        self,
        artifacts: Artifacts,
        workers: Workers,
        capacity: int,
        *,
        load: Callable[[Artifacts, Workers, Found], Network] | None = None,
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        self._artifacts, self._workers = artifacts, workers
        self._capacity = capacity
        self._load = load or load_network
        self._patience = patience_seconds
        self._ready: OrderedDict[str, Future[Network]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, found: Found) -> Network:
        """The network of a model's version, which the caller has just looked up.

        Raises:
            UnavailableError: another request is loading it, and it takes a while.
        """
        with self._lock:
            future = self._ready.get(found.version_id)
            mine = future is None
            if future is None:
                future = self._ready[found.version_id] = Future()
                self._trim()
            else:
                self._ready.move_to_end(found.version_id)
        if mine:
            self._fill(found, future)
        try:
            return future.result(self._patience)
        except TimeoutError:
            raise UnavailableError("The model is being loaded.") from None

    def __len__(self) -> int:
        return len(self._ready)

    def _fill(self, found: Found, future: "Future[Network]") -> None:
        try:
            future.set_result(self._load(self._artifacts, self._workers, found))
        except BaseException as error:  # noqa: BLE001 - it goes to all who wait
            with self._lock:
                if self._ready.get(found.version_id) is future:
                    del self._ready[found.version_id]
            # Whoever waits for it learns why; the next request tries again.
            future.set_exception(error)

    def _trim(self) -> None:
        while len(self._ready) > self._capacity:
            self._ready.popitem(last=False)


def load_network(artifacts: Artifacts, workers: Workers, found: Found) -> Network:
    """The network of a version: from ONNX, or by a worker where there is none."""
    kept = found.artifacts
    encoding = Encoding.load(artifacts.path(kept["encoding"]["sha256"]).read_bytes())
    if "onnx" not in kept:
        by_worker = WorkerEngine(workers, kept["keras"]["sha256"])
        return Network(by_worker, encoding, _outputs(found, []))
    session = load_onnx(artifacts, kept["onnx"]["sha256"])
    return Network(session, encoding, _outputs(found, _shape(session)))


def _outputs(found: Found, shape: list[int]) -> list[Output]:
    """The outputs as the version tells them; of an old one, which has a single one, by its `shape`."""
    if found.outputs is None:
        return [Output("outputs", 0, shape, None)]
    return [Output(**output) for output in found.outputs]


def _shape(engine: OnnxEngine) -> list[int]:
    """The shape of what comes out for one row."""
    return [size if isinstance(size, int) else -1 for size in engine.session.get_outputs()[0].shape[1:]]
