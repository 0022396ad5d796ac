"""The preview of a data set that is there; of an old one, what its description knows."""

from typing import Any

import orjson

from core.artifacts import Artifacts
from core.tables import Dataset

# Which of the rows that are shown are of the test split; not told.
HELD = "held"


def load(artifacts: Artifacts, dataset: Dataset) -> dict[str, Any]:
    """Rows, statistics of columns, class counts and thumbnails, as `core.datasets.preview` made them.

    Raises:
        MissingArtifactError: The store has lost it.
    """
    sha256 = dataset.artifacts.get("preview")
    if sha256 is None:
        return _described(dataset)
    preview: dict[str, Any] = orjson.loads(artifacts.path(sha256).read_bytes())
    preview.pop(HELD, None)
    return preview


def _described(dataset: Dataset) -> dict[str, Any]:
    """What can be told without the rows: it was read before there were previews."""
    description = dataset.description
    columns = description["inputs"].get("columns", [])
    classes = description["target"].get("classes", [])
    counts = dataset.class_counts if len(dataset.class_counts) == len(classes) else [None] * len(classes)
    return {
        "rows": [],
        "columns": [
            {key: column[key] for key in ("name", "kind", "mean", "std") if key in column}
            for column in columns
        ],
        "sampled_rows": description["splits"]["train"],
        "class_counts": [
            {"class": name, "train": count, "test": None} for name, count in zip(classes, counts, strict=True)
        ],
        "thumbnails": [],
    }
