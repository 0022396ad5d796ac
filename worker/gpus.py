"""The GPUs of a worker: which there are, and which job has which."""

import threading
from collections.abc import Sequence

import structlog

from core.config import Settings
from worker.attempt import Survey, Surveyed
from worker.child import Child

# TensorFlow is imported meanwhile, and CUDA initialised.
SURVEY_SECONDS = 120.0

log = structlog.get_logger()


class Gpus:
    """GPUs that jobs share: a job that asks for several gets whole ones, one that asks for one may have to
    share it with others.

    Args:
        names: as CUDA_VISIBLE_DEVICES takes them.
        jobs_each: how many jobs one GPU trains at a time.
    """

    def __init__(self, names: Sequence[str], jobs_each: int) -> None:
        self._jobs_each = jobs_each
        self._free = dict.fromkeys(names, jobs_each)
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._free)

    @property
    def most(self) -> int:
        """The most that one job could be given now."""
        with self._lock:
            return max(len(self._whole()), int(any(self._free.values())))

    def take(self, count: int) -> tuple[str, ...]:
        """The names of so many GPUs, no more than `most`. Whoever takes them gives them back."""
        with self._lock:
            if count == 1:
                # The fullest, so that others stay whole.
                taken = [min((name for name, free in self._free.items() if free), key=self._free.__getitem__)]
            else:
                taken = self._whole()[:count]
            self._add(taken, -1)
            return tuple(taken)

    def give_back(self, names: Sequence[str]) -> None:
        """They are free again."""
        with self._lock:
            self._add(names, 1)

    def lose(self) -> None:
        """Nobody gets any from now on: one does not work any more, and nobody knows which."""
        with self._lock:
            self._free.clear()

    def _whole(self) -> list[str]:
        return [name for name, free in self._free.items() if free == self._jobs_each]

    def _add(self, names: Sequence[str], sign: int) -> None:
        for name in self._free.keys() & names:
            self._free[name] += sign * (1 if len(names) == 1 else self._jobs_each)


def find(settings: Settings) -> Gpus:
    """The GPUs that a worker may use: none where it takes no jobs for them."""
    if "gpu" not in settings.accelerators:
        return Gpus((), settings.gpu_jobs)
    told = _survey(settings.gpus)
    names = told.gpus if isinstance(told, Surveyed) else ()
    if names:
        log.info("worker.gpus", gpus=names)
    else:
        log.warning("worker.gpus", gpus=names, why=told if isinstance(told, str) else "TensorFlow sees none")
    return Gpus(names, settings.gpu_jobs)


def _survey(visible: str | None) -> Surveyed | str:
    """What a process of its own sees of them, or why it tells nothing."""
    child = Child("worker.survey", Survey(visible), "gpus")
    try:
        if not child.reports.poll(SURVEY_SECONDS):
            return f"it took more than {SURVEY_SECONDS:.0f} seconds to look for them"
        told = child.reports.recv()
    except EOFError:
        return "the process that looked for them ended without a word"
    finally:
        child.kill()
        child.close()
    return told if isinstance(told, Surveyed) else str(told.message)
