"""Reading an upload in a process of its own, so that no file can crash or fill the service.

What reads is `core.datasets.reader`; only that process imports PyArrow, and only it opens a stranger's file.
"""

import contextlib
import json
import math
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

import structlog
from pydantic import BaseModel, ConfigDict

from core import errors
from core.datasets import storing
from core.datasets.limits import Limits
from core.datasets.options import Options

ROOT = Path(__file__).parents[2]

log = structlog.get_logger(__name__)


class Upload(NamedTuple):
    """One uploaded file: its name as the client sent it (only the ending is trusted), and where it lies."""

    name: str
    path: Path


class Reading(BaseModel):
    """What was found in an upload, and the files that were written for it.

    `inputs` and `target` are as the contract's data set shows them. `class_counts` counts the training rows
    of each class or with each label, and is empty for other targets; several targets have a list each.
    `arrays`, `encoding` and `preview` name files in the folder that was read into.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: str
    rows: int
    inputs: dict[str, Any]
    target: dict[str, Any]
    splits: dict[str, int]
    warnings: list[str]
    class_counts: list[int] | list[list[int]]
    arrays: dict[str, str]
    encoding: str
    preview: str


class Answer(NamedTuple):
    """What the reading process said: one of `reading` and `error`, and the most memory it held."""

    reading: Reading | None
    error: errors.FittingRoomError | None
    peak_bytes: int


def read_apart(files: Sequence[Upload], options: Options, into: Path, limits: Limits) -> Reading:
    """Reads `files` into the folder `into` in a process of its own.

    `into` is a fresh folder of the caller's, made when it is not there; on any failure nothing is left in it.
    Blocks for at most `limits.seconds` and a little.

    Raises:
        errors.InvalidDataError: The files cannot be read; the sentence says where and why.
        errors.UnavailableError: This machine lacks what reading takes, such as space on the disk.
    """
    answer = ask(files, options, into, limits)
    if answer.error is not None:
        raise answer.error
    if answer.reading is None:  # pragma: no cover - an answer has one of the two
        raise errors.InvalidDataError("The file cannot be read")
    return answer.reading


def ask(files: Sequence[Upload], options: Options, into: Path, limits: Limits) -> Answer:
    """`read_apart` without raising, and with what the reading took."""
    into.mkdir(parents=True, exist_ok=True)
    answer = Answer(None, None, 0)
    try:
        answer = _run(_request(files, options, into, limits), limits)
    finally:
        if answer.reading is None:
            storing.sweep(into)
    return answer


def _request(files: Sequence[Upload], options: Options, into: Path, limits: Limits) -> bytes:
    return json.dumps(
        {
            "files": [{"name": file.name, "path": str(file.path.absolute())} for file in files],
            "options": options.model_dump(),
            "into": str(into.absolute()),
            "limits": asdict(limits),
        }
    ).encode()


def _environment() -> dict[str, str]:
    """The few variables that reading needs: a process that opens strangers' files gets no secrets."""
    kept = {name: os.environ[name] for name in ("PATH", "TMPDIR", "LD_LIBRARY_PATH") if name in os.environ}
    return kept | {
        "PYTHONPATH": str(ROOT),
        "PYTHONUTF8": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        # One thread reads; the pools and arenas of others would count against the memory limit.
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "MALLOC_ARENA_MAX": "2",
        "ARROW_DEFAULT_MEMORY_POOL": "system",
    }


def _run(request: bytes, limits: Limits) -> Answer:
    try:
        done = subprocess.run(
            [sys.executable, "-m", "core.datasets.reader"],
            input=request,
            capture_output=True,
            timeout=limits.seconds,
            env=_environment(),
            cwd=ROOT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return _failed(
            f"Reading it took longer than the limit of {limits.seconds:g} seconds (reader_seconds)"
        )
    except OSError as error:
        log.warning("reader_not_started", error=str(error))
        return Answer(None, errors.UnavailableError("The process that reads data sets did not start"), 0)
    with contextlib.suppress(ValueError, KeyError, TypeError):
        return _parse(json.loads(done.stdout))
    log.error(
        "reader_failed", returncode=done.returncode, stderr=done.stderr[-4000:].decode(errors="replace")
    )
    return _failed(_last_words(done.returncode, limits))


def _parse(document: dict[str, Any]) -> Answer:
    peak = int(document["peak_bytes"])
    if document.get("unavailable"):
        return Answer(None, errors.UnavailableError(document["unavailable"]), peak)
    if "error" in document:
        faults = [errors.Fault(**fault) for fault in document["error"]["faults"]]
        return Answer(None, errors.InvalidDataError(document["error"]["detail"], faults), peak)
    return Answer(Reading.model_validate(document["reading"]), None, peak)


def _failed(detail: str) -> Answer:
    return Answer(None, errors.InvalidDataError(detail), 0)


def _last_words(returncode: int, limits: Limits) -> str:
    """Why a reading process ended without an answer, as far as its end tells."""
    if returncode == -signal.SIGALRM:
        return f"Reading it took longer than the limit of {limits.seconds:g} seconds (reader_seconds)"
    if returncode == -signal.SIGKILL:
        return "The process that read it was killed, most likely for the memory it took"
    if returncode < 0:
        return f"It crashed the process that read it ({signal.strsignal(-returncode)})"
    return "The process that read it stopped without an answer"


def patience(seconds: float) -> int:
    """Whole seconds after which a reader that nobody waits for any more ends by itself."""
    return min(math.ceil(seconds) + 5, 2**31 - 1)
