"""What a network is trained on: threads, devices, and the settings that TensorFlow reads once."""

import os
import platform
from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf

from core import specs


class DeviceLostError(RuntimeError):
    """There is not what the worker said there was."""


def plan(
    resolved: specs.Resolved, threads: int, gpus: Sequence[str] = (), earlier: dict[str, Any] | None = None
) -> dict[str, Any]:
    """How a job is to be run: as in an earlier attempt, if these GPUs allow that.

    A deterministic job has one thread wherever it runs: sums of floating-point numbers depend on how many
    threads share the work.
    """
    if earlier is not None and _can_keep(earlier, gpus):
        return {"devices": 1, **earlier}
    training = resolved.training
    # A batch has a row for every device.
    devices = max(1, min(len(gpus), training.batch_size))
    why = "every training begins so"
    if devices > 1:
        why = f"XLA is not tried on {devices} devices"
    if training.deterministic:
        why = "deterministic"
    return {
        "mode": "graph",
        "device": "gpu" if gpus else "cpu",
        "devices": devices,
        "threads": 1 if training.deterministic else threads,
        "deterministic": training.deterministic,
        # What is to have the same bits on any run is not measured on the way.
        "settled": training.deterministic or devices > 1,
        "why": why,
    }


def on_cpu(how: dict[str, Any]) -> dict[str, Any]:
    """The same on one CPU device, for what is not training."""
    return {**how, "device": "cpu", "devices": 1}


def prepare(how: dict[str, Any], gpus: Sequence[str] = (), memory_bytes: int = 0) -> None:
    """Sets TensorFlow up, which has done nothing yet in this process.

    Args:
        how: the plan. On a CPU, several devices are logical ones that share its threads.
        gpus: the names of the GPUs to use, as many as the plan's devices at the least.
        memory_bytes: the most to take of a GPU's memory; 0: as much as it turns out to need.

    Raises:
        DeviceLostError: TensorFlow does not see them.
    """
    tf.config.threading.set_intra_op_parallelism_threads(how["threads"])
    tf.config.threading.set_inter_op_parallelism_threads(how["threads"])
    used = gpus[: how["devices"]] if how["device"] == "gpu" else ()
    # CUDA reads this when it is first asked for something: a job sees its own GPUs, and one on a CPU none.
    os.environ["CUDA_VISIBLE_DEVICES"] = ",".join(used) or "-1"
    there = tf.config.list_physical_devices("GPU")
    if len(there) < len(used):
        raise DeviceLostError(f"The worker lost a GPU: of {', '.join(used)}, TensorFlow sees {len(there)}.")
    for gpu in there:
        _limit_memory(gpu, memory_bytes)
    if how["device"] == "cpu" and how["devices"] > 1:
        cpu = tf.config.list_physical_devices("CPU")[0]
        logical = [tf.config.LogicalDeviceConfiguration() for _ in range(how["devices"])]
        tf.config.set_logical_device_configuration(cpu, logical)
    if how["deterministic"]:
        tf.config.experimental.enable_op_determinism()


def strategy(how: dict[str, Any]) -> tf.distribute.Strategy | None:
    """What divides the work among several devices; None where there is one."""
    if how["devices"] == 1:
        return None
    names = [f"{how['device'].upper()}:{number}" for number in range(how["devices"])]
    return tf.distribute.MirroredStrategy(names)


def environment(how: dict[str, Any]) -> dict[str, Any]:
    """What a job is run with."""
    return {
        "tensorflow": tf.__version__,
        "keras": keras.__version__,
        "python": platform.python_version(),
        "machine": platform.machine(),
        "device": how["device"],
        "devices": how["devices"],
    }


def _can_keep(how: dict[str, Any], gpus: Sequence[str]) -> bool:
    if how["device"] == "gpu":
        return len(gpus) >= int(how.get("devices", 1))
    # On a CPU again although there is a GPU: only for the sake of the same bits.
    return not gpus or bool(how["deterministic"])


def _limit_memory(gpu: Any, memory_bytes: int) -> None:  # noqa: ANN401 - TensorFlow ships no types
    """Either, as TensorFlow does not take both."""
    if memory_bytes:
        # In MiB, of which the smallest there can be is one.
        limited = tf.config.LogicalDeviceConfiguration(memory_limit=max(1, memory_bytes // 2**20))
        tf.config.set_logical_device_configuration(gpu, [limited])
    else:
        tf.config.experimental.set_memory_growth(gpu, enable=True)
