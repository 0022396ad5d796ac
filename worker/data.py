"""Batches of a data set's rows, as a network takes them. The files are memory-mapped: what is read is read
in pieces, so a data set may be larger than the memory.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core import specs


class Rows:
    """Rows `x` with their targets `y`, of which some are chosen at a time.

    Attributes:
        x: float32 or int32 `(rows, *input_shape)`.
        y: as the data set stores it: int64 `(rows,)` of classes, or float32 `(rows,)` or `(rows, width)`.
    """

    def __init__(self, arrays: Mapping[str, str], split: str, resolved: specs.Resolved) -> None:
        self.x: NDArray[Any] = np.load(arrays[f"x_{split}"], mmap_mode="r", allow_pickle=False)
        self.y: NDArray[Any] = np.load(arrays[f"y_{split}"], mmap_mode="r", allow_pickle=False)
        self._encoding = resolved.target_encoding
        # A one-hot target has as many numbers as the network puts out.
        self._width = specs.summarize(resolved).layers[-1].output_shape[-1]
        weight = resolved.class_weight
        self._weight = None if weight is None else np.array(weight, np.float32)

    def __len__(self) -> int:
        return len(self.y)

    @property
    def row_bytes(self) -> int:
        """What one row takes."""
        return max(1, self.x.dtype.itemsize * int(np.prod(self.x.shape[1:])))

    def take(self, chosen: NDArray[np.int64]) -> tuple[NDArray[Any], NDArray[Any]]:
        """The chosen rows and their targets, encoded as `resolved.target_encoding` says."""
        return self.x[chosen], self._encode(self.y[chosen])

    def weights(self, chosen: NDArray[np.int64]) -> NDArray[np.float32]:
        """What each of the chosen rows weighs, `(n,)`: 1 where classes have no weights."""
        if self._weight is None:
            return np.ones(len(chosen), np.float32)
        weights: NDArray[np.float32] = self._weight[self.y[chosen]]
        return weights

    @property
    def weighted(self) -> bool:
        """Whether rows differ in weight."""
        return self._weight is not None

    def _encode(self, y: NDArray[Any]) -> NDArray[Any]:
        match self._encoding:
            case "index":
                return y.astype(np.int32)
            case "one_hot":
                hot = np.zeros((len(y), self._width), np.float32)
                hot[np.arange(len(y)), y] = 1
                return hot
            case "binary":
                return y.astype(np.float32)[:, None]
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
