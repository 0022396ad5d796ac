"""The process that reads uploads: `python -m core.datasets.reader`, request on stdin and answer on stdout.

It runs once and for one upload; see `core.datasets.reading`, which starts it and says what it may take.
"""

import contextlib
import errno
import importlib
import json
import resource
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from core import errors
from core.datasets import finding, formats, preview, storing, zip_file
from core.datasets.limits import Limits
from core.datasets.options import Options
from core.datasets.reading import Reading, Upload, patience

# What this process may write that is not an array: next to nothing, but a limit of 0 would stop its answer.
SPARE = 2**20


def read(files: Sequence[Upload], options: Options, into: Path, limits: Limits) -> Reading:
    """Reads `files` into the folder `into`, in this very process; on any failure nothing is left there.

    Raises:
        errors.InvalidDataError: The files cannot be read; the sentence says where and why.
    """
    try:
        kind = formats.recognise(files)
        found = READERS[kind](files, options, into, limits)
        preview.write(found, into)
        storing.clear(into)
        return Reading(format=kind, **finding.describe(found))
    except BaseException:
        storing.sweep(into)
        raise


# What a format needs is imported when it is read: PyArrow takes 0.2 s and 60 MB, and arrays do without it.


def _table(files: Sequence[Upload], options: Options, into: Path, limits: Limits) -> finding.Found:
    table_files = importlib.import_module("core.datasets.table_files")
    table_reading = importlib.import_module("core.datasets.table_reading")
    table = table_files.open_tables(files, options, into, limits)
    found: finding.Found = table_reading.read(table, options, into, limits)
    return found


def _npz(files: Sequence[Upload], options: Options, into: Path, limits: Limits) -> finding.Found:
    npz_file = importlib.import_module("core.datasets.npz_file")
    array_reading = importlib.import_module("core.datasets.array_reading")
    targets = options.task != "reconstruction"
    with npz_file.open_arrays(files[0].path, into, limits, targets=targets) as arrays:
        found: finding.Found = array_reading.read(arrays, options, into, limits)
        return found


def _idx(files: Sequence[Upload], options: Options, into: Path, limits: Limits) -> finding.Found:
    idx_file = importlib.import_module("core.datasets.idx_file")
    array_reading = importlib.import_module("core.datasets.array_reading")
    labels = options.task != "reconstruction"
    parts = idx_file.open_arrays(files, into, limits, labels=labels)
    found: finding.Found = array_reading.read(parts, options, into, limits)
    return found


def _images(files: Sequence[Upload], options: Options, into: Path, limits: Limits) -> finding.Found:
    picture_reading = importlib.import_module("core.datasets.picture_reading")
    with zip_file.opened(files[0].path) as archive:
        entries = zip_file.files(archive, limits)
        if any(formats.is_table(entry.filename) for entry in entries):
            table_pictures = importlib.import_module("core.datasets.table_pictures")
            table_reading = importlib.import_module("core.datasets.table_reading")
            table, gallery = table_pictures.open_table(archive, entries, options, into, limits)
            # Otherwise the table only lies beside folders of pictures.
            if gallery.columns or not gallery.has_pictures:
                pictured: finding.Found = table_reading.read(table, options, into, limits, gallery)
                return pictured
        found: finding.Found = picture_reading.read(archive, entries, options, into, limits)
        return found


READERS: dict[str, Callable[[Sequence[Upload], Options, Path, Limits], finding.Found]] = {
    **dict.fromkeys(formats.TABLES, _table),
    "npz": _npz,
    "idx": _idx,
    "images": _images,
}


def main() -> None:
    """Reads one request from stdin and answers it on stdout."""
    request = json.load(sys.stdin)
    limits = Limits(**request["limits"])
    _confine(limits)
    files = [Upload(file["name"], Path(file["path"])) for file in request["files"]]
    answer = _answer(files, Options(**request["options"]), Path(request["into"]), limits)
    json.dump(answer | {"peak_bytes": _peak_bytes()}, sys.stdout)


def _peak_bytes() -> int:
    """The most memory that this process held."""
    # Not what getrusage tells, where Linux counts what the parent held when it started this process.
    with contextlib.suppress(OSError):
        lines = Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines()
        told = next((line.split()[1] for line in lines if line.startswith("VmHWM:")), None)
        if told is not None:
            return int(told) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _confine(limits: Limits) -> None:
    """Bounds what this process may take, for good; not done by the parent, whose threads forbid it."""
    signal.alarm(patience(limits.seconds))
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, limits.max_unpacked_bytes + SPARE)
    if limits.memory_bytes:
        # Memory of its own. Mapped files are not, and count against the address space alone.
        _limit(resource.RLIMIT_DATA, limits.memory_bytes)
        _limit(resource.RLIMIT_AS, limits.memory_bytes + limits.max_unpacked_bytes)


def _limit(which: int, most: int) -> None:
    # macOS knows limits that it does not let one set.
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(which, (most, most))


def _answer(files: Sequence[Upload], options: Options, into: Path, limits: Limits) -> dict[str, Any]:
    try:
        return {"reading": read(files, options, into, limits).model_dump()}
    except errors.InvalidDataError as error:
        return {"error": {"detail": error.detail, "faults": [asdict(fault) for fault in error.faults]}}
    except MemoryError:
        most = f"{limits.memory_bytes:,} bytes" if limits.memory_bytes else "this machine has"
        return _refusal(f"Reading it takes more memory than the limit of {most} (reader_memory_bytes)")
    except OSError as error:
        if error.errno == errno.EFBIG:
            return _refusal(
                f"It unpacks to more than {limits.max_unpacked_bytes:,} bytes, the limit (max_unpacked_bytes)"
            )
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            return {"unavailable": "There is no space left on the disk for this data set"}
        raise


def _refusal(detail: str) -> dict[str, Any]:
    return {"error": {"detail": detail, "faults": []}}


if __name__ == "__main__":
    main()
