"""What a network is trained on: threads, devices, and the settings that TensorFlow reads once."""

import os
import platform
from typing import Any

import keras
import tensorflow as tf

from core import specs


def plan(resolved: specs.Resolved, threads: int, gpu: int | None) -> dict[str, Any]:
    """How a job is to be run. Every attempt of the job keeps to it.

    A deterministic job has one thread wherever it runs: sums of floating-point numbers depend on how many
    threads share the work.
    """
    deterministic = resolved.training.deterministic
    return {
        "mode": "graph",
        "device": "cpu" if gpu is None else "gpu",
        "threads": 1 if deterministic else threads,
        "deterministic": deterministic,
        # What is to have the same bits on any run is not measured on the way.
        "settled": deterministic,
        "why": "deterministic" if deterministic else "every training begins so",
    }


def prepare(how: dict[str, Any], gpu: int | None) -> None:
    """Sets TensorFlow up, which has done nothing yet in this process."""
    tf.config.threading.set_intra_op_parallelism_threads(how["threads"])
    tf.config.threading.set_inter_op_parallelism_threads(how["threads"])
    # CUDA reads this when it is first asked for something: a slot sees its own GPU, and a CPU slot none.
    os.environ["CUDA_VISIBLE_DEVICES"] = "-1" if gpu is None else str(gpu)
    for device in tf.config.list_physical_devices("GPU"):
        tf.config.experimental.set_memory_growth(device, enable=True)
    if how["deterministic"]:
        tf.config.experimental.enable_op_determinism()


def environment(how: dict[str, Any]) -> dict[str, Any]:
    """What a job is run with."""
    return {
        "tensorflow": tf.__version__,
        "keras": keras.__version__,
        "python": platform.python_version(),
        "machine": platform.machine(),
        "device": how["device"],
    }
