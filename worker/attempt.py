"""What a supervisor gives a trainer or a scorer, and what these tell it: all that crosses between them.

Only plain values, so that neither process needs what the other has: a supervisor has no TensorFlow, a
trainer no database.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from numpy.typing import NDArray


@dataclass(frozen=True)
class Attempt:
    """One try at a job.

    Attributes:
        job_id: the job's.
        number: which try it is: 1, 2, 3 …
        resolved: the job's resolved spec, as JSON.
        arrays: paths of `.npy` files. A trainer gets x_train and y_train, a scorer x_test and y_test, and the
            data set's encoding.
        scratch: a folder of this attempt's own.
        checkpoint: where to go on, if anywhere.
        initial: a `.keras` file whose weights to begin with, if any.
        plan: how an earlier attempt was run, which this one keeps to.
        learned: what was measured of such networks on such workers; see `worker.planning`.
        threads: TensorFlow's, if there is no plan yet.
        gpus: the names of the GPUs to use, as CUDA_VISIBLE_DEVICES takes them; none is the CPU.
        gpu_memory_bytes: the most to take of each one's memory; 0: as much as is needed.
        checkpoint_seconds: the least time between two checkpoints.
        private: whether nothing may be told of the rows, but to whom the evaluation is for: what is printed
            is dropped, and a failure says no more than that it is one.
    """

    job_id: str
    number: int
    resolved: dict[str, Any]
    arrays: dict[str, str]
    scratch: str
    checkpoint: str | None = None
    initial: str | None = None
    plan: dict[str, Any] | None = None
    learned: dict[str, Any] | None = None
    threads: int = 1
    gpus: tuple[str, ...] = ()
    gpu_memory_bytes: int = 0
    checkpoint_seconds: float = 5.0
    private: bool = False


@dataclass(frozen=True)
class Errand:
    """What a predictor is given: it answers one request after another, until there is nobody left to ask.

    Attributes:
        requests: where they come from, as pickled `Asked` objects.
        threads: TensorFlow's.
    """

    requests: Connection
    threads: int


@dataclass(frozen=True)
class Survey:
    """What a process is given that looks for GPUs: which it may see (None: all)."""

    gpus: str | None


@dataclass(frozen=True)
class Asked:
    """Rows for a network: the path of its `.keras` file, and an array for each of its inputs."""

    keras: str
    arrays: Sequence[NDArray[Any]]


@dataclass(frozen=True)
class Answered:
    """What the network puts out, an array for each output; or words about why not."""

    told: dict[str, Any]
    arrays: Sequence[NDArray[Any]] = ()


@dataclass(frozen=True)
class Surveyed:
    """The GPUs that there are."""

    gpus: tuple[str, ...]


@dataclass(frozen=True)
class Begun:
    """The network is built: how it is run, and with what."""

    plan: dict[str, Any]
    environment: dict[str, Any]


@dataclass(frozen=True)
class Planned:
    """The training goes on by another plan, or the same for good."""

    plan: dict[str, Any]


@dataclass(frozen=True)
class Progress:
    """Where the training is: epoch, epochs, step, steps, eta_seconds, metrics."""

    progress: dict[str, Any]


@dataclass(frozen=True)
class EpochDone:
    """An epoch's figures (epoch, metrics, learning_rate, seconds), and a checkpoint if it left one."""

    report: dict[str, Any]
    checkpoint: str | None


@dataclass(frozen=True)
class Trained:
    """The end of the training: paths of the exported files by format, and why any is missing."""

    files: dict[str, str]
    parameters: int


@dataclass(frozen=True)
class Scored:
    """Loss and metrics on the test split, how far ONNX Runtime is from Keras, and the path of a file with all
    that is told of the network beyond that.
    """

    test: dict[str, Any]
    parity: dict[str, Any]
    evaluation: str | None = None


@dataclass(frozen=True)
class Failed:
    """It cannot go on, and why: a code of `job.error`, or `device_lost`, and a sentence."""

    code: str
    message: str
    traceback: str = ""


Report = Begun | Planned | Progress | EpochDone | Trained | Scored | Answered | Surveyed | Failed
