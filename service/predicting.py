"""Networks that are ready to predict: ONNX Runtime, in this process, one thread for each request."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.artifacts import Artifacts
from core.datasets import encoding as encodings
from core.datasets.encoding import Encoding
from core.errors import Fault, InvalidDataError, InvalidRequestError, UnavailableError, pointer

if TYPE_CHECKING:
    import onnxruntime

# How long a request waits for another that is loading the same network.
PATIENCE_SECONDS = 5.0


@dataclass(frozen=True)
class Network:
    """A trained network, with what its data set taught about rows."""

    session: "onnxruntime.InferenceSession"
    input_name: str
    encoding: Encoding
    refusal: type[Exception]
    """What the session raises for values that it cannot take."""

    def predict(self, rows: list[Any]) -> NDArray[Any]:
        """What the network puts out for raw rows, `(n, …)`, in the units that were uploaded.

        Raises:
            InvalidDataError: a row is wrong; the sentence says which.
        """
        [batch] = encodings.encode(self.encoding, rows)
        return np.ascontiguousarray(encodings.decode(self.encoding, self._run(batch)))

    def _run(self, batch: NDArray[Any]) -> NDArray[Any]:
        outputs = self._try(batch)
        if outputs is None:
            # An integer, say, for which an Embedding has no place: the encoding cannot know.
            row = self._first_refused(batch)
            detail = f"row {row}: the network has no answer for these values"
            raise InvalidDataError(detail, [Fault(pointer("instances", row), detail)])
        return outputs

    def _try(self, batch: NDArray[Any]) -> NDArray[Any] | None:
        """What comes out; None if the network cannot take one of the rows."""
        try:
            outputs: NDArray[Any] = self.session.run(None, {self.input_name: batch})[0]
        except self.refusal:
            return None
        return outputs

    def _first_refused(self, batch: NDArray[Any]) -> int:
        """The first row that the network cannot take, by halving what holds it."""
        first, last = 0, len(batch)
        while last - first > 1:
            middle = (first + last) // 2
            if self._try(batch[first:middle]) is None:
                last = middle
            else:
                first = middle
        return first

    @property
    def output_shape(self) -> list[int]:
        """The shape of what comes out for one row."""
        return [size if isinstance(size, int) else -1 for size in self.session.get_outputs()[0].shape[1:]]


class Networks:
    """The networks that were asked for last; each is loaded once, however many ask for it at a time."""

    def __init__(
        self,
        artifacts: Artifacts,
        capacity: int,
        *,
        load: Callable[[Artifacts, dict[str, Any]], Network] | None = None,
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        self._artifacts = artifacts
        self._capacity = capacity
        self._load = load or load_network
        self._patience = patience_seconds
        self._ready: OrderedDict[str, Future[Network]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, version_id: str, artifacts: dict[str, Any]) -> Network:
        """The network of a model's version, whose `artifacts` the caller has just looked up.

        Raises:
            InvalidRequestError: it cannot be served.
            UnavailableError: another request is loading it, and it takes a while.
        """
        with self._lock:
            future = self._ready.get(version_id)
            mine = future is None
            if future is None:
                future = self._ready[version_id] = Future()
                self._trim()
            else:
                self._ready.move_to_end(version_id)
        if mine:
            self._fill(version_id, future, artifacts)
        try:
            return future.result(self._patience)
        except TimeoutError:
            raise UnavailableError("The model is being loaded.") from None

    def __len__(self) -> int:
        return len(self._ready)

    def _fill(self, version_id: str, future: "Future[Network]", artifacts: dict[str, Any]) -> None:
        try:
            future.set_result(self._load(self._artifacts, artifacts))
        except BaseException as error:  # noqa: BLE001 - it goes to all who wait
            with self._lock:
                if self._ready.get(version_id) is future:
                    del self._ready[version_id]
            # Whoever waits for it learns why; the next request tries again.
            future.set_exception(error)

    def _trim(self) -> None:
        while len(self._ready) > self._capacity:
            self._ready.popitem(last=False)


def load_network(artifacts: Artifacts, described: dict[str, Any]) -> Network:
    """The network that these artifacts hold.

    Raises:
        InvalidRequestError: it has no ONNX.
    """
    # Imported by whoever first predicts: it takes 0.2 s and 20 MB.
    import onnxruntime
    from onnxruntime.capi.onnxruntime_pybind11_state import InvalidArgument

    if "onnx" not in described:
        raise InvalidRequestError(
            "This version could not be exported to ONNX, so it is not served here; its .keras file can be "
            "downloaded."
        )
    options = onnxruntime.SessionOptions()
    # The requests are what runs side by side.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    # Without an arena of its own a network gives back what its largest batch took, and is no slower.
    options.enable_cpu_mem_arena = options.enable_mem_pattern = False
    options.log_severity_level = 3
    path = artifacts.path(described["onnx"]["sha256"])
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    encoding = Encoding.load(artifacts.path(described["encoding"]["sha256"]).read_bytes())
    return Network(session, session.get_inputs()[0].name, encoding, InvalidArgument)
