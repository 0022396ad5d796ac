"""The rows to test on, divided: some are public, of the others only a score is told.

What a course sees of a data set is a data set of its own, in which the hidden rows are not. Whatever shows,
trains on or evaluates that one therefore cannot tell anything of them. They lie in artifacts of their own,
which only a scorer is given.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from core.artifacts import Artifacts
from core.courses import documents, metrics
from core.datasets import arrays, previews, splitting, storing
from core.errors import Fault
from core.tables import Dataset

TEST = "_test"


@dataclass(frozen=True)
class Divided:
    """What was made of a data set.

    Attributes:
        artifacts: of the data set that the course sees.
        description: likewise.
        hidden: the arrays of the hidden rows, by the names of a test split.
        shared_sha256: of what the course sees: it cannot tell whether a guess at a hidden row is right.
        sha256: of all rows that are tested on, and of how they were divided.
    """

    artifacts: dict[str, str]
    description: dict[str, Any]
    hidden: dict[str, str]
    shared_sha256: str
    sha256: str


def check(dataset: Dataset, metric: str) -> None:
    """Refuses a data set that there is nothing to score on, and a metric that its target does not have.

    Raises:
        InvalidRequestError: with a pointer to what is wrong.
    """
    target = dataset.description["target"]
    if "parts" in target:
        raise _refused("dataset", "An assignment's data set has one target, and this one has several.")
    if not dataset.description["splits"]["test"]:
        raise _refused("dataset", "The data set has no rows to test on: there would be nothing to score.")
    known = metrics.OF_KIND[target["kind"]]
    if metric not in known:
        there = ", ".join(known)
        raise _refused("metric/name", f"For a target of this kind ({target['kind']}) there is {there}.")


def divide(store: Artifacts, dataset: Dataset, share: float, seed: int, folder: Path) -> Divided:
    """Hides `share` of the rows to test on, drawn by `seed`, of each class in proportion.

    It writes into `folder` what it moves into the store.
    """
    names = [name for name in dataset.artifacts if name.endswith(TEST)]
    hides = _mask(store, dataset, share, seed)
    public = {name: dataset.artifacts[name] for name in names}
    hidden: dict[str, str] = {}
    if hides.any():
        hidden = {name: _take(store, dataset, name, hides, folder) for name in names}
        public = {name: _take(store, dataset, name, ~hides, folder) for name in names}
    kept = {name: sha256 for name, sha256 in dataset.artifacts.items() if name not in names} | public
    if "preview" in kept:
        kept["preview"] = _preview(store, dataset, kept, folder)
    tested = int((~hides).sum())
    train = dataset.description["splits"]["train"]
    description = dataset.description | {
        "rows": train + tested,
        "splits": {"train": train, "test": tested},
        # They are about all rows.
        "warnings": [],
    }
    shared = {name: sha256 for name, sha256 in kept.items() if name != "preview"}
    return Divided(kept, description, hidden, _hash(shared), _hash([public, hidden]))


def _mask(store: Artifacts, dataset: Dataset, share: float, seed: int) -> NDArray[np.bool_]:
    rows = int(dataset.description["splits"]["test"])
    if share in {0, 1}:
        return np.full(rows, bool(share))
    codes = None
    if dataset.description["target"]["kind"] == "class":
        codes = np.array(_load(store, dataset.artifacts[f"y{TEST}"]))
    hides = splitting.choose_test(rows, codes, share, seed)
    if not hides.any():
        raise _refused("hidden", f"There are too few rows to test on ({rows}) to hide {share:.0%} of them.")
    return hides


def _take(store: Artifacts, dataset: Dataset, name: str, chosen: NDArray[np.bool_], folder: Path) -> str:
    """An array of the chosen rows, in the store."""
    whole = _load(store, dataset.artifacts[name])
    path = folder / f"{name}.npy"
    with storing.ArrayWriter(path, (int(chosen.sum()), *whole.shape[1:]), whole.dtype) as writer:
        step = arrays.step(whole.shape, whole.dtype)
        for begin in range(0, len(whole), step):
            writer.write(whole[begin : begin + step][chosen[begin : begin + step]])
    return store.keep(path)


def _preview(store: Artifacts, dataset: Dataset, kept: dict[str, str], folder: Path) -> str:
    """The preview without the rows to test on, which may be hidden ones, and with the public ones' counts."""
    shown: dict[str, Any] = orjson.loads(store.path(dataset.artifacts["preview"]).read_bytes())
    held = shown.pop(previews.HELD, [True] * len(shown["rows"]))
    shown["rows"] = [row for row, test in zip(shown["rows"], held, strict=True) if not test]
    counts = _counts(store, dataset, kept)
    for place, counted in enumerate(shown["class_counts"]):
        counted["test"] = counts[place]
    path = folder / "preview.json"
    path.write_bytes(orjson.dumps(shown))
    return store.keep(path)


def _counts(store: Artifacts, dataset: Dataset, kept: dict[str, str]) -> list[int]:
    """How many public rows to test on each class or label has."""
    kind = dataset.description["target"]["kind"]
    if kind not in {"class", "multilabel"}:
        return []
    y = _load(store, kept[f"y{TEST}"])
    classes = len(dataset.description["target"]["classes"])
    counted: list[int] = (np.bincount(y, minlength=classes) if y.ndim == 1 else y.sum(axis=0)).tolist()
    return [int(count) for count in counted]


def _hash(value: object) -> str:
    return hashlib.sha256(orjson.dumps(value, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _load(store: Artifacts, sha256: str) -> NDArray[Any]:
    loaded: NDArray[Any] = np.load(store.path(sha256), mmap_mode="r", allow_pickle=False)
    return loaded


def _refused(place: str, detail: str) -> Exception:
    return documents.invalid(Fault(f"#/{place}", detail))
