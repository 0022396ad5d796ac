"""The predictor: a process that runs trained networks in Keras, for predictions that ONNX cannot make.

It keeps the networks that were asked for last, and knows files and pipes alone.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from core.predictions.messages import MOST_BYTES, first_refused
from worker import devices, loop, saved
from worker.attempt import Answered, Asked, Errand, Report

# Networks that are kept ready.
MOST_NETWORKS = 4
# Rows that are computed together.
BATCH_ROWS = 256

Forward = Callable[[Any], Any]


def run(errand: Errand, tell: Callable[[Report], None]) -> None:
    """Answers requests until the pipe is closed."""
    devices.prepare(devices.on_cpu({"threads": errand.threads, "deterministic": False}))
    networks = Networks()
    while True:
        try:
            asked: Asked = errand.requests.recv()
        except EOFError:
            return
        tell(_answer(networks, asked))


def _answer(networks: "Networks", asked: Asked) -> Answered:
    try:
        outputs = _outputs(networks.get(asked.keras), asked.arrays)
    except tf.errors.ResourceExhaustedError:
        return Answered({"lost": "The network and these rows take more memory than the worker has."})
    except Exception as error:  # noqa: BLE001 - told to who asked; the next request is another matter
        return Answered({"failed": f"{type(error).__name__}: {error}".partition("\n")[0][:500]})
    if isinstance(outputs, int):
        return Answered({"refused": outputs})
    size = sum(output.nbytes for output in outputs)
    if size > MOST_BYTES:
        return Answered({"bytes": size})
    return Answered({}, outputs)


def _outputs(forward: Forward, arrays: Sequence[NDArray[Any]]) -> list[NDArray[Any]] | int:
    """An array for each output; or the first row that the network cannot take."""
    rows = len(arrays[0])
    pieces = []
    for first in range(0, rows, BATCH_ROWS):
        piece = [array[first : first + BATCH_ROWS] for array in arrays]
        given = _try(forward, piece)
        if given is None:
            return first + _refused(forward, piece)
        pieces.append(given)
    return [np.concatenate(parts).astype(np.float32) for parts in zip(*pieces, strict=True)]


def _refused(forward: Forward, arrays: Sequence[NDArray[Any]]) -> int:
    def takes(first: int, last: int) -> bool:
        return _try(forward, [array[first:last] for array in arrays]) is not None

    return first_refused(len(arrays[0]), takes)


def _try(forward: Forward, arrays: Sequence[NDArray[Any]]) -> list[NDArray[Any]] | None:
    try:
        outputs = forward(tuple(arrays) if len(arrays) > 1 else arrays[0])
    except tf.errors.InvalidArgumentError:
        # An integer, say, for which an Embedding has no place.
        return None
    return [output.numpy() for output in tf.nest.flatten(outputs)]


class Networks:
    """The networks that were asked for last, by their files."""

    def __init__(self) -> None:
        self._ready: OrderedDict[str, Forward] = OrderedDict()

    def get(self, path: str) -> Forward:
        """A network as a function of its inputs."""
        if path not in self._ready:
            self._ready[path] = loop.forward(saved.load(path))
        self._ready.move_to_end(path)
        while len(self._ready) > MOST_NETWORKS:
            self._ready.popitem(last=False)
        return self._ready[path]
