"""Plain Keras on files that do not fit in memory: memory-mapped, a batch at a time, in a random order.

`python -m benchmarks.rivals.stream_fit FOLDER UNITS BATCH`
"""

import math
import sys
from pathlib import Path
from typing import Any

import keras
import numpy as np

from benchmarks.rivals import turns


class Batches(keras.utils.PyDataset):  # type: ignore[misc]  # Keras ships no types
    """Batches of the files, in an order that is drawn for every epoch."""

    def __init__(self, folder: Path, size: int) -> None:
        super().__init__()
        self._x = np.load(folder / "x_train.npy", mmap_mode="r")
        self._y = np.load(folder / "y_train.npy", mmap_mode="r")
        self._size = size
        self.on_epoch_begin()

    def __len__(self) -> int:
        return math.ceil(len(self._x) / self._size)

    def __getitem__(self, number: int) -> tuple[Any, Any]:
        chosen = self._order[number * self._size : (number + 1) * self._size]
        return self._x[chosen], self._y[chosen]

    def on_epoch_begin(self) -> None:
        """Keras calls this."""
        self._order = np.random.default_rng().permutation(len(self._x))


def main(folder: Path, units: int, batch: int) -> None:
    """Takes turns: an epoch each; warms up on a few rows."""
    keras.utils.set_random_seed(0)
    batches = Batches(folder, batch)
    first, digits = batches[0]
    network = keras.Sequential(
        [
            keras.Input(first.shape[1:]),
            keras.layers.Flatten(),
            keras.layers.Dense(units, activation="relu"),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )
    network.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])

    def train() -> int:
        network.fit(batches, epochs=1, verbose=0)
        return len(batches) * batch

    def warm_up() -> int:
        network.fit(first, digits, verbose=0)
        return len(first)

    turns.take(train, warm_up=warm_up)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
