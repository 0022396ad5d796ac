"""Results: printed as tables, and kept as JSON with what they were measured on."""

import json
import os
import platform
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

RESULTS = Path(__file__).with_name("results")
PACKAGES = (
    "tensorflow-cpu",
    "tensorflow",
    "keras",
    "onnxruntime",
    "numpy",
    "flask",
    "granian",
    "celery",
    "sqlalchemy",
)
# To try whether a benchmark runs at all: its figures then mean nothing.
QUICK = bool(os.environ.get("BENCH_QUICK"))
LOAD = os.getloadavg()


@dataclass(frozen=True)
class Result:
    """A table, and all that was measured for it."""

    name: str
    title: str
    columns: list[str]
    rows: list[list[str]]
    data: dict[str, Any]

    def show(self) -> None:
        """Prints the table."""
        table = Table(title=self.title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
        for number, column in enumerate(self.columns):
            label = number == 0 and len(self.rows) > 1
            table.add_column(column, justify="left" if label else "right", no_wrap=label)
        for row in self.rows:
            table.add_row(*row)
        Console().print(table)

    def keep(self) -> Path:
        """Writes it to the folder of results."""
        RESULTS.mkdir(exist_ok=True)
        path = RESULTS / f"{self.name}.json"
        document = {"title": self.title, "at": datetime.now(UTC).isoformat(), **machine(), "data": self.data}
        path.write_text(json.dumps(document, indent=2) + "\n")
        return path


def machine() -> dict[str, Any]:
    """What it was measured on."""
    return {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "cores": os.cpu_count(),
        # Before anything here ran: what else the machine had to do.
        "load_average": LOAD,
        "packages": {name: _version(name) for name in PACKAGES},
    }


def _version(package: str) -> str | None:
    """Not every machine's TensorFlow has the same name."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def either(usual: int, *, quick: int) -> int:
    """How many: fewer where it is only tried whether a benchmark runs."""
    return quick if QUICK else usual


def median(values: Sequence[float]) -> float:
    """The middle one."""
    return statistics.median(values)
