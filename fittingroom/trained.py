"""What `Client.fit` answers: the story of the epochs, and the trained network."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fittingroom import arrays

if TYPE_CHECKING:
    from fittingroom.client import Client


@dataclass(frozen=True)
class History:
    """What Keras's `History` has, and which version of which model came of it.

    Attributes:
        history: for every metric its value in each epoch.
        epoch: their numbers, from 0 as Keras counts them.
        name: of the model.
        version: of the model.
        test: loss and metrics on the rows that were kept for the test; empty if there were none.
        job: as it ended.
    """

    history: dict[str, list[float]]
    epoch: list[int]
    name: str
    version: int
    test: dict[str, Any]
    job: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True)
class Trained:
    """A trained network that the service keeps; `test` and `evaluation` are its scores."""

    room: "Client" = field(repr=False)
    name: str
    version: int
    test: dict[str, Any]
    evaluation: dict[str, Any] | None = field(repr=False)

    def predict(self, x: Any) -> Any:  # noqa: ANN401 (arrays, in Keras's many forms)
        """What the network puts out for arrays or for rows: an array, or one for each output by its name.

        Raises:
            ApiError: the service refused them.
        """
        answers = [
            answer
            for part in arrays.in_parts(arrays.rows_of(x))
            for answer in self.room.predict(self.name, part, self.version)["predictions"]
        ]
        if answers and isinstance(answers[0], dict):
            return {name: _array([answer[name] for answer in answers]) for name in answers[0]}
        return _array(answers)

    def save(self, path: str | Path, format: str | None = None) -> Path:  # noqa: A002 (as in the API)
        """Downloads it, as Keras's own file or as ONNX; the default is by the path's ending."""
        return self.room.export(self.name, path, version=self.version, format=format)


def history_of(
    job: Mapping[str, Any], told: Iterable[Mapping[str, Any]], version: Mapping[str, Any]
) -> History:
    """The story of a job that has succeeded: its epochs, and the version that it made."""
    epochs = list(told)
    names = dict.fromkeys(name for epoch in epochs for name in epoch["metrics"])
    return History(
        history={one: [_number(epoch["metrics"].get(one)) for epoch in epochs] for one in names},
        epoch=[epoch["epoch"] - 1 for epoch in epochs],
        name=job["model"]["name"],
        version=job["model"]["version"],
        test=version.get("test") or {},
        job=job,
    )


def _number(value: float | None) -> float:
    return math.nan if value is None else value


def _array(values: list[Any]) -> NDArray[np.float32]:
    return np.asarray(values, np.float32)
