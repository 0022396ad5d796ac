"""Mean and deviation of more numbers than fit the memory."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass
class Moments:
    """Mean and deviation of numbers that come in parts, each of shape `(n, …)`; one for each place in a row.

    Parts are merged by the formula of Chan, Golub and LeVeque (1979), which loses no digits where summing
    squares would.
    """

    count: int = 0
    mean: NDArray[np.float64] = field(default_factory=lambda: np.zeros(()))
    squares: NDArray[np.float64] = field(default_factory=lambda: np.zeros(()))

    def add(self, values: NDArray[np.float64]) -> None:
        """The next part."""
        if not len(values):
            return
        with np.errstate(over="ignore", invalid="ignore"):
            mean = values.mean(axis=0)
            squares = np.square(values - mean).sum(axis=0)
            total = self.count + len(values)
            delta = mean - self.mean
            self.squares = self.squares + squares + np.square(delta) * (self.count * len(values) / total)
            self.mean = self.mean + delta * (len(values) / total)
            self.count = total

    @property
    def std(self) -> NDArray[np.float64]:
        """The deviation over all numbers (not the estimate for a sample)."""
        return np.asarray(np.sqrt(self.squares / max(self.count, 1)))
