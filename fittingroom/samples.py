"""Real data sets to begin with, which scikit-learn ships: small, honest, and no download."""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from sklearn.utils import Bunch

# Pictures of digits in 17 shades.
DIGITS = "digits"
NAMES = (DIGITS, "iris", "wine", "breast_cancer", "diabetes")


def write(name: str, folder: Path) -> tuple[Path, dict[str, object]]:
    """Writes the sample `name` into `folder`; the file to upload, and the options to upload it with.

    Raises:
        ValueError: There is no such sample.
    """
    if name not in NAMES:
        raise ValueError(f"There is no sample {name!r}: {', '.join(NAMES)}")
    # Nobody who does not ask for a sample needs scikit-learn, nor the second that importing it takes.
    from sklearn import datasets

    load: Callable[[], Bunch] = getattr(datasets, f"load_{name}")
    return _pictures(load(), folder) if name == DIGITS else _table(name, load(), folder)


def _pictures(bunch: "Bunch", folder: Path) -> tuple[Path, dict[str, object]]:
    """Pictures as most come: unsigned bytes, 0 to 255, where scikit-learn has 0 to 16."""
    path = folder / f"{DIGITS}.npz"
    pictures = np.rint(bunch.images * (255 / 16)).astype(np.uint8)
    np.savez_compressed(path, x=pictures, y=bunch.target)
    return path, {}


def _table(name: str, bunch: "Bunch", folder: Path) -> tuple[Path, dict[str, object]]:
    """A table of the features with the target as its last column; classes by their names."""
    path = folder / f"{name}.csv"
    classes = getattr(bunch, "target_names", None)
    target = bunch.target.tolist() if classes is None else [str(classes[code]) for code in bunch.target]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*bunch.feature_names, "target"])
        writer.writerows([*row, label] for row, label in zip(bunch.data.tolist(), target, strict=True))
    return path, {"target": "target"}
