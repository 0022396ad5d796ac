"""Batches of a data set's rows, as a network takes them. The files are memory-mapped: what is read is read
in pieces, so a data set may be larger than the memory.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from core import specs
from core.datasets.storing import array_name
from core.specs.resolved import ResolvedOutput

T = TypeVar("T")
Arrays = NDArray[Any] | tuple[NDArray[Any], ...]
"""An array, or one for each of several inputs or outputs: the structure that the network itself has."""


class Rows:
    """Rows with their targets, of which some are chosen at a time.

    Attributes:
        x: for each input, float32 or int32 `(rows, *shape)`.
        y: for each output what it is compared with, as the data set stores it: int64 `(rows,)` of classes,
            float32 `(rows,)` or `(rows, width)`, or the first input.
        row_bytes: what one row of a batch takes, its encoded targets included.
    """

    def __init__(
        self, arrays: Mapping[str, str], split: Literal["train", "test"], resolved: specs.Resolved
    ) -> None:
        self.x = [_load(arrays[array_name("x", part, split)]) for part in range(len(resolved.inputs))]
        self.y = [
            self.x[0] if output.encoding == "input" else _load(arrays[array_name("y", output.target, split)])
            for output in resolved.outputs
        ]
        self._outputs = resolved.outputs
        weight = resolved.class_weight
        self._weight = None if weight is None else np.array(weight, np.float32)
        one = self.batch(np.arange(min(1, len(self))))
        self.row_bytes = max(1, sum(_bytes(part) for part in one))

    def __len__(self) -> int:
        return len(self.x[0])

    def take(self, chosen: NDArray[np.int64]) -> tuple[Arrays, Arrays]:
        """The chosen rows and their targets, encoded as the outputs' `encoding` says."""
        y = [_encode(y[chosen], output) for y, output in zip(self.y, self._outputs, strict=True)]
        return bare([x[chosen] for x in self.x]), bare(y)

    def batch(self, chosen: NDArray[np.int64]) -> tuple[Arrays, ...]:
        """The same as `train_step` takes it: x, y and, where classes have weights, what each row weighs,
        float32 `(n,)`.
        """
        x, y = self.take(chosen)
        if self._weight is None:
            # The loss is Keras's unweighted one, to the last bit.
            return x, y
        return x, y, self._weight[self.y[0][chosen]]


def bare(parts: Sequence[T]) -> T | tuple[T, ...]:
    """The only one, or all of them: what Keras takes from a network with so many inputs or outputs."""
    return parts[0] if len(parts) == 1 else tuple(parts)


def _bytes(part: Arrays) -> int:
    return sum(array.nbytes for array in (part if isinstance(part, tuple) else (part,)))


def _load(path: str) -> NDArray[Any]:
    array: NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False)
    return array


def _encode(y: NDArray[Any], output: ResolvedOutput) -> NDArray[Any]:
    match output.encoding:
        case "index":
            return y.astype(np.int32)
        case "one_hot":
            # A one-hot target has as many numbers as the network puts out.
            hot = np.zeros((len(y), output.shape[-1]), np.float32)
            hot[np.arange(len(y)), y] = 1
            return hot
        case "binary":
            return y.astype(np.float32)[:, None]
        case "input":
            return y
        case _:
            return y.astype(np.float32).reshape(len(y), -1)


def divide(rows: int, resolved: specs.Resolved) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The rows to train on and those to validate on, as many as Keras's `validation_split` takes.

    Keras puts the last rows aside. So do we where `shuffle` is off; else a drawing by the seed decides, for
    files are often sorted, and the last tenth of a sorted one may be all of one class.
    """
    training = resolved.training
    kept, held = specs.split_rows(rows, training.validation_split)
    order = np.arange(rows)
    if training.shuffle and held:
        order = np.random.default_rng([training.seed, 0]).permutation(rows)
    return np.sort(order[:kept]), np.sort(order[kept:])


def order(rows: NDArray[np.int64], epoch: int, resolved: specs.Resolved) -> NDArray[np.int64]:
    """The order of the rows in an epoch (1 … N): a function of seed and epoch, and of nothing else."""
    if not resolved.training.shuffle:
        return rows
    return rows[np.random.default_rng([resolved.training.seed, epoch]).permutation(len(rows))]
