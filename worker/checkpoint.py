"""Checkpoints: all that the next attempt needs to go on as if nothing had happened.

One `.npz` file without pickles: every variable of network, optimizer and augmentation (random state is in
variables too), what the callbacks remember, and how many epochs are done. A checkpoint holds its job and
attempt, so that no two are the same bytes, and the store can throw one away without asking who else has it.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from worker.watching import Watchers


def save(
    path: Path,
    told: Mapping[str, Any],
    *,
    network: keras.Model,
    augmentation: keras.Sequential | None,
    watchers: Watchers,
) -> None:
    """Writes a checkpoint. `told` is JSON: job, attempt, epoch."""
    memory, best = watchers.state()
    arrays = _named("network", [variable.numpy() for variable in network.variables])
    arrays |= _named("optimizer", [variable.numpy() for variable in network.optimizer.variables])
    if augmentation is not None:
        arrays |= _named("augmentation", [variable.numpy() for variable in augmentation.variables])
    arrays |= _named("best", best)
    document = json.dumps({**told, "watchers": memory})
    with path.open("wb") as file:
        np.savez(file, allow_pickle=False, told=np.frombuffer(document.encode(), np.uint8), **arrays)


def load(
    path: Path, *, network: keras.Model, augmentation: keras.Sequential | None, watchers: Watchers
) -> dict[str, Any]:
    """Puts everything back, and answers what was `told`. The optimizer must be built."""
    with np.load(path, allow_pickle=False) as arrays:
        told: dict[str, Any] = json.loads(arrays["told"].tobytes())
        _assign(network.variables, arrays, "network")
        _assign(network.optimizer.variables, arrays, "optimizer")
        if augmentation is not None:
            _assign(augmentation.variables, arrays, "augmentation")
        best = [arrays[name] for name in sorted(arrays.files) if name.startswith("best.")]
    watchers.restore(told["watchers"], best)
    return told


def _named(family: str, arrays: Sequence[NDArray[Any]]) -> dict[str, NDArray[Any]]:
    return {f"{family}.{place:05d}": array for place, array in enumerate(arrays)}


def _assign(variables: Sequence[Any], arrays: Mapping[str, NDArray[Any]], family: str) -> None:
    for place, variable in enumerate(variables):
        variable.assign(arrays[f"{family}.{place:05d}"])
