"""The trainer: a process that trains one network, once. It knows files and a pipe, and no database.

What it tells its supervisor is in `worker.attempt`; what it prints is the job's log.
"""

import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf

from core import specs
from worker import adapting, checkpoint, data, devices, exporting, mirrored, network, replicas, saved
from worker.attempt import Attempt, Begun, EpochDone, Failed, Planned, Progress, Report, Trained
from worker.planning import Planner
from worker.watching import Watchers

# How often progress is told, at the most.
PROGRESS_SECONDS = 0.2

Tell = Callable[[Report], None]


class DivergedError(Exception):
    """The loss is no longer a number."""


def run(attempt: Attempt, tell: Tell) -> None:
    """Trains, exports, and tells how it went."""
    try:
        Training(attempt, tell).run()
    except DivergedError as error:
        print(error)
        tell(Failed("nan_loss", str(error)))
    except devices.DeviceLostError as error:
        print(error)
        tell(Failed("device_lost", str(error)))
    except tf.errors.ResourceExhaustedError as error:
        print(error.message)
        tell(Failed("out_of_memory", error.message[:500]))


class Training:
    """One attempt at a job, from its files to its exports."""

    def __init__(self, attempt: Attempt, tell: Tell) -> None:
        self._attempt, self._tell = attempt, tell
        self._resolved = specs.Resolved.model_validate(attempt.resolved)
        self._plan = devices.plan(self._resolved, attempt.threads, attempt.gpus, attempt.plan)
        devices.prepare(self._plan, attempt.gpus, attempt.gpu_memory_bytes)
        self._strategy = devices.strategy(self._plan)
        training = self._resolved.training
        self._epochs = training.epochs
        self._rows = data.Rows(attempt.arrays, "train", self._resolved)
        self._train, self._held = data.divide(len(self._rows), self._resolved)
        self._steps = -(-len(self._train) // training.batch_size)
        with replicas.scope(self._strategy):
            self._network = network.build(self._resolved)
            network.compile_network(self._network, self._resolved)
            self._augmentation = network.augmentation(self._resolved)
        augment = network.augment(self._resolved, self._augmentation)
        self._loop = mirrored.loop(self._network, training.batch_size, augment, self._strategy)
        self._planner = Planner(self._loop, self._plan, attempt.learned, self._epochs * self._steps)
        self._watchers = Watchers(self._network, training)
        self._epoch, self._step, self._steps_done = 0, 0, 0
        self._began = self._told_at = self._kept_at = time.monotonic()

    def run(self) -> None:
        """Trains from the beginning or from a checkpoint, to the end."""
        self._begin()
        while self._epoch < self._epochs and not self._watchers.stopped:
            self._one_epoch(self._epoch + 1)
        # As `fit` does at its end, in its order: an average of the weights takes their place, if one is kept.
        self._network.optimizer.finalize_variable_values(self._network.trainable_weights)
        self._watchers.training_ended()
        files = exporting.export(self._on_one_device(), Path(self._attempt.scratch))
        self._tell(Trained(files, self._network.count_params()))

    def _begin(self) -> None:
        """Weights as they are at the beginning of this attempt."""
        with replicas.scope(self._strategy):
            self._build(self._network)
        if self._attempt.checkpoint:
            self._epoch = checkpoint.load(
                Path(self._attempt.checkpoint),
                network=self._network,
                augmentation=self._augmentation,
                watchers=self._watchers,
            )["epoch"]
            adapting.take_over(self._network, self._resolved)
        elif self._attempt.initial:
            former = saved.load(self._attempt.initial)
            self._network.set_weights(former.get_weights())
            adapting.take_over(self._network, self._resolved)
        else:
            with replicas.scope(self._strategy):
                adapting.adapt(self._network, self._resolved, self._rows, self._train)
        self._tell(Begun(self._planner.plan, devices.environment(self._planner.plan)))
        again = f", going on after epoch {self._epoch}" if self._epoch else ""
        print(
            f"{self._network.count_params():,} parameters; {len(self._train):,} rows to train on, "
            f"{len(self._held):,} to validate on, {self._steps:,} steps an epoch{again}"
        )

    def _on_one_device(self) -> keras.Model:
        """The network as if it had been trained on one."""
        if self._strategy is None:
            return self._network
        single = network.build(self._resolved)
        network.compile_network(single, self._resolved)
        self._build(single)
        replicas.copy_variables(self._network, single)
        adapting.take_over(single, self._resolved)
        return single

    def _build(self, built: keras.Model) -> None:
        """Makes every variable that there is to restore."""
        few = self._rows.batch(self._train[:1])
        # As `fit` does before its first step; it computes shapes alone, and changes no value.
        built._symbolic_build(data_batch=few)  # noqa: SLF001 - there is no public way

    def _one_epoch(self, epoch: int) -> None:
        began = time.monotonic()
        self._epoch, self._step = epoch, 0
        metrics: dict[str, float] = {}
        for step, metrics in self._loop.train(self._rows, data.order(self._train, epoch, self._resolved)):
            self._steps_done += step - self._step
            self._step = step
            if not math.isfinite(metrics["loss"]):
                raise DivergedError(f"The loss became {metrics['loss']} in epoch {epoch}, by step {step}.")
            if self._planner.look(self._left):
                self._tell(Planned(self._planner.plan))
                print(f"Plan: {self._planner.plan['mode']}, {self._planner.plan['why']}")
            self._tell_progress(metrics)
        if len(self._held):
            held = self._loop.evaluate(self._rows, self._held, again=self._epochs - epoch)
            metrics |= {f"val_{name}": value for name, value in held.items()}
        rate = float(tf.convert_to_tensor(self._network.optimizer.learning_rate))
        over = self._watchers.epoch_ended(epoch, metrics)
        seconds = time.monotonic() - began
        report = {
            "epoch": epoch,
            "metrics": finite(metrics),
            "learning_rate": rate,
            "seconds": round(seconds, 4),
        }
        self._tell_progress(metrics, always=True)
        self._tell(EpochDone(report, self._checkpoint()))
        told = " - ".join(f"{name}: {value:.4g}" for name, value in metrics.items())
        print(f"Epoch {epoch}/{self._epochs} - {told} - {seconds:.2f} s")
        if over and epoch < self._epochs:
            print(f"Early stopping after epoch {epoch}")

    def _checkpoint(self) -> str | None:
        """Leaves a checkpoint if the last is old enough."""
        now = time.monotonic()
        if now - self._kept_at < self._attempt.checkpoint_seconds:
            return None
        path = Path(self._attempt.scratch) / f"checkpoint-{self._epoch}.npz"
        told = {"job": self._attempt.job_id, "attempt": self._attempt.number, "epoch": self._epoch}
        checkpoint.save(
            path, told, network=self._network, augmentation=self._augmentation, watchers=self._watchers
        )
        self._kept_at = time.monotonic()
        return str(path)

    @property
    def _left(self) -> int:
        """Steps that are to be done."""
        return (self._epochs - self._epoch) * self._steps + self._steps - self._step

    def _tell_progress(self, metrics: dict[str, float], *, always: bool = False) -> None:
        now = time.monotonic()
        if not always and now - self._told_at < PROGRESS_SECONDS:
            return
        self._told_at = now
        self._tell(
            Progress(
                {
                    "epoch": self._epoch,
                    "epochs": self._epochs,
                    "step": self._step,
                    "steps": self._steps,
                    "eta_seconds": round((now - self._began) / self._steps_done * self._left, 1),
                    "metrics": finite(metrics),
                }
            )
        )


def finite(metrics: dict[str, Any]) -> dict[str, float | None]:
    """Numbers that JSON can hold: what is not finite is null."""
    return {name: value if math.isfinite(value) else None for name, value in metrics.items()}
