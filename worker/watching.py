"""Keras's callbacks that watch a metric, with a memory that outlives an attempt."""

from collections.abc import Mapping, Sequence
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from core import specs

# What Keras's callbacks remember from epoch to epoch, but for the best weights.
_EARLY_STOPPING = ("wait", "best", "best_epoch", "stopped_epoch")
_PLATEAU = ("wait", "best", "cooldown_counter")


class Watchers:
    """Early stopping and the reduction of the learning rate on a plateau, as far as a job asks for them."""

    def __init__(self, network: keras.Model, training: specs.ResolvedTraining) -> None:
        self._network = network
        stopping, plateau = training.early_stopping, training.reduce_on_plateau
        self._early_stopping = stopping and keras.callbacks.EarlyStopping(
            restore_best_weights=stopping.restore_best, **stopping.model_dump(exclude={"restore_best"})
        )
        self._plateau = plateau and keras.callbacks.ReduceLROnPlateau(**plateau.model_dump())
        network.stop_training = False
        for callback in self._all():
            callback.set_model(network)
            callback.on_train_begin()

    def epoch_ended(self, epoch: int, metrics: Mapping[str, float]) -> bool:
        """Takes notice of an epoch (1 … N). Answers whether the training is to end."""
        for callback in self._all():
            callback.on_epoch_end(epoch - 1, dict(metrics))
        return bool(self._network.stop_training)

    def training_ended(self) -> None:
        """Puts the best weights back, if that was asked for."""
        for callback in self._all():
            callback.on_train_end()

    def state(self) -> tuple[dict[str, Any], list[NDArray[Any]]]:
        """What they remember, as JSON, and the best weights so far."""
        memory: dict[str, Any] = {"stop": bool(self._network.stop_training)}
        best: list[NDArray[Any]] = []
        if self._early_stopping:
            memory["early_stopping"] = _read(self._early_stopping, _EARLY_STOPPING)
            best = list(self._early_stopping.best_weights or [])
        if self._plateau:
            memory["plateau"] = _read(self._plateau, _PLATEAU)
        return memory, best

    def restore(self, memory: Mapping[str, Any], best: Sequence[NDArray[Any]]) -> None:
        """Has them remember what `state` told."""
        self._network.stop_training = memory["stop"]
        if self._early_stopping:
            _write(self._early_stopping, memory["early_stopping"])
            self._early_stopping.best_weights = list(best) or None
        if self._plateau:
            _write(self._plateau, memory["plateau"])

    @property
    def stopped(self) -> bool:
        """Whether an earlier attempt came to the end already."""
        return bool(self._network.stop_training)

    def _all(self) -> list[Any]:
        return [callback for callback in (self._early_stopping, self._plateau) if callback]


def _read(callback: Any, names: Sequence[str]) -> dict[str, Any]:  # noqa: ANN401 - Keras ships no types
    # Infinity is JSON to Python, and these bytes are read by Python alone.
    return {name: _plain(getattr(callback, name)) for name in names}


def _plain(value: Any) -> Any:  # noqa: ANN401 - a number or None
    return value.item() if isinstance(value, np.generic) else value


def _write(callback: Any, memory: Mapping[str, Any]) -> None:  # noqa: ANN401 - Keras ships no types
    for name, value in memory.items():
        setattr(callback, name, value)
