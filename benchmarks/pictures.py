"""Pictures to train on: handwritten digits, larger, many, and each a little different.

Random labels would not do: what learns nothing from its rows grows numbers so small (denormals) that a
processor takes a hundred times as long for each, and libraries differ in whether they allow them.
"""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.datasets import load_digits

NOISE = 0.05


def made(rows: int, side: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """So many pictures `(rows, side, side)` between 0 and 1, and their digits."""
    digits = load_digits()
    random = np.random.default_rng(0)
    chosen = random.permutation(np.arange(rows) % len(digits.target))
    times = side // 8
    border = (side - 8 * times) // 2
    large = np.kron(digits.images / 16, np.ones((times, times)))
    large = np.pad(large, ((0, 0), (border, border), (border, border))).astype(np.float32)
    x = large[chosen] + NOISE * random.standard_normal((rows, side, side), np.float32)
    return np.clip(x, 0, 1, out=x), digits.target[chosen].astype(np.int64)


def write(folder: Path, x: NDArray[Any], y: NDArray[Any]) -> dict[str, str]:
    """Files as a data set leaves them, by the names that a trainer knows."""
    folder.mkdir(exist_ok=True)
    paths = {"x_train": folder / "x_train.npy", "y_train": folder / "y_train.npy"}
    np.save(paths["x_train"], x)
    np.save(paths["y_train"], y)
    return {name: str(path) for name, path in paths.items()}
