"""Where batches come from: rows that are on the device, or pieces of what is too large for it.

A source is asked for an epoch in an order of rows, and answers in pieces; a compiled function then takes
batch after batch from a piece, within TensorFlow's graph.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from worker.data import Rows

# What may lie on the device at a time. Of a CPU that is memory of the slot.
RESIDENT_BYTES = 256 * 2**20
# A piece of what is read from files while the training goes on; there are three at a time.
PIECE_BYTES = 32 * 2**20


@dataclass(frozen=True)
class Piece:
    """Rows that follow one another in an epoch: `args` is what `Source.batch` makes batches of."""

    rows: int
    args: tuple[Any, ...]


class Source(Protocol):
    """Rows of a split, to be trained on or evaluated."""

    def epoch(self, order: NDArray[np.int64]) -> Iterator[Piece]:
        """The rows in that order."""

    def batch(self, args: tuple[Any, ...], first: Any, size: int, *, exact: bool) -> tuple[Any, ...]:  # noqa: ANN401 - tensors
        """In a graph: `size` rows of a piece from `first` on, as `train_step` takes them: x, y and, where
        rows differ in weight, the weights. At a piece's end there may be fewer, unless it is `exact`, which
        XLA wants, as it compiles for one size.
        """


def source(rows: Rows, batch_size: int) -> Source:
    """The faster one of those that have room."""
    if rows.row_bytes * len(rows) <= RESIDENT_BYTES:
        return Resident(rows.batch(np.arange(len(rows))))
    return Streamed(rows.batch, max(1, PIECE_BYTES // (rows.row_bytes * batch_size)) * batch_size)


class Resident:
    """All rows as tensors on the device; a batch is gathered there, by the numbers of its rows."""

    def __init__(self, arrays: tuple[Any, ...]) -> None:
        self._arrays = tf.nest.map_structure(tf.constant, arrays)

    def epoch(self, order: NDArray[np.int64]) -> Iterator[Piece]:
        """One piece: the numbers of all rows."""
        yield Piece(len(order), (tf.constant(order, tf.int32),))

    def batch(self, args: tuple[Any, ...], first: Any, size: int, *, exact: bool) -> tuple[Any, ...]:  # noqa: ANN401 - tensors
        """Rows by their numbers."""
        numbers = _slice(args[0], first, size, exact=exact)
        gathered: tuple[Any, ...] = tf.nest.map_structure(lambda one: tf.gather(one, numbers), self._arrays)
        return gathered


class Streamed:
    """Rows that are read from memory-mapped files, `rows` at a time, a whole number of batches: a piece ahead
    of the training.
    """

    def __init__(self, take: Callable[[NDArray[np.int64]], tuple[Any, ...]], rows: int) -> None:
        self._take, self._rows = take, rows

    def epoch(self, order: NDArray[np.int64]) -> Iterator[Piece]:
        """Pieces of rows, the next of which is read while one is trained on."""
        firsts = range(0, len(order), self._rows)
        pieces = (order[first : first + self._rows] for first in firsts)
        # Made tensors by the thread that reads them, once: else every call of a piece would do that.
        return _ahead(
            Piece(len(piece), tf.nest.map_structure(tf.constant, self._take(piece))) for piece in pieces
        )

    def batch(self, args: tuple[Any, ...], first: Any, size: int, *, exact: bool) -> tuple[Any, ...]:  # noqa: ANN401 - tensors
        """Rows from a place on."""
        sliced: tuple[Any, ...] = tf.nest.map_structure(
            lambda one: _slice(one, first, size, exact=exact), args
        )
        return sliced


def _slice(array: Any, first: Any, size: int, *, exact: bool) -> Any:  # noqa: ANN401 - tensors
    if not exact:
        return array[first : first + size]
    rest = array.shape[1:]
    return tf.slice(array, [first, *[0] * len(rest)], [size, *rest])


def _ahead(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """The same pieces, one of them made in advance by a thread; what it raises is raised here."""
    with ThreadPoolExecutor(1, "feeding") as thread:
        coming = thread.submit(next, pieces, None)
        while (piece := coming.result()) is not None:
            coming = thread.submit(next, pieces, None)
            yield piece
