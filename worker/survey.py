"""A process that tells which GPUs TensorFlow sees, and ends.

Who asks CUDA initialises it, which no process may have done that others are forked from.
"""

import os
from collections.abc import Callable

import tensorflow as tf

from worker.attempt import Report, Survey, Surveyed

VISIBLE = "CUDA_VISIBLE_DEVICES"


def run(survey: Survey, tell: Callable[[Report], None]) -> None:
    """Answers their names, as CUDA_VISIBLE_DEVICES takes them."""
    if survey.gpus is not None:
        os.environ[VISIBLE] = survey.gpus
    count = len(tf.config.list_physical_devices("GPU"))
    visible = os.environ.get(VISIBLE)
    names = map(str, range(count)) if visible is None else visible.split(",")
    tell(Surveyed(tuple(name.strip() for name in names)[:count]))
