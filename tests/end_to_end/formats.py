"""Real data from packages that ship it, in files of every format."""

import csv
import gzip
import io
import json
import re
import zipfile
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import sklearn
from numpy.typing import NDArray
from PIL import Image
from pyarrow import parquet
from sklearn import datasets

Rows = list[dict[str, Any]]
SKLEARN = Path(sklearn.__file__).parent
PICTURES = 240


class Digits(NamedTuple):
    """Handwritten digits: pictures `(n, 8, 8)` of bytes, and what each shows."""

    pictures: NDArray[np.uint8]
    labels: NDArray[np.uint8]


def digits(count: int = PICTURES) -> Digits:
    found = datasets.load_digits()
    return Digits((found.images[:count] * 15).astype(np.uint8), found.target[:count].astype(np.uint8))


def table(load: Callable[[], Any]) -> Rows:
    """One of scikit-learn's tables, its target last and as text where it is a class."""
    found = load()
    names = [re.sub(r"\W+", "_", name).strip("_") for name in found.feature_names]
    classes = getattr(found, "target_names", None)
    targets = [str(classes[one]) for one in found.target] if classes is not None else found.target.tolist()
    return [
        dict(zip([*names, "target"], [*row, target], strict=True))
        for row, target in zip(found.data.tolist(), targets, strict=True)
    ]


def bodies() -> Rows:
    """Twenty men's exercises, and their bodies: two tables, of which the second is to be predicted."""
    found = datasets.load_linnerud()
    names = [*found.feature_names, *found.target_names]
    rows = np.hstack([found.data, found.target]).tolist()
    return [dict(zip(names, row, strict=True)) for row in rows]


def tagged() -> Rows:
    """Wines with the labels that their measures give them."""
    rows = table(datasets.load_wine)
    bounds = {"alcohol": 13.0, "malic_acid": 2.0, "hue": 1.0}
    for row in rows:
        row["target"] = ";".join(name for name, bound in bounds.items() if row[name] > bound)
    return rows


def sentences() -> Rows:
    """What scikit-learn's descriptions of its data sets say, and of which each sentence is."""
    found = []
    for name in ("breast_cancer", "diabetes", "iris", "wine_data"):
        text = (SKLEARN / "datasets" / "descr" / f"{name}.rst").read_text("utf-8")
        for sentence in re.split(r"[.:]\s|\n\s*\n", text):
            plain = " ".join(sentence.split())
            if len(plain) > 20:
                found.append({"said": plain, "letters": sum(map(str.isalpha, plain)), "about": name})
    return found


def photographs(size: int = 32) -> Iterator[tuple[str, bytes]]:
    """Pieces of the photographs of a temple and of a flower: (name, JPEG)."""
    for name in ("china", "flower"):
        whole = Image.open(SKLEARN / "datasets" / "images" / f"{name}.jpg")
        for top in range(0, 320, size * 2):
            for left in range(0, 600, size * 2):
                piece = whole.crop((left, top, left + size, top + size))
                yield f"{name}/{top}-{left}.jpg", encoded(piece, "JPEG")


def encoded(image: Image.Image, kind: str = "PNG") -> bytes:
    file = io.BytesIO()
    image.save(file, kind)
    return file.getvalue()


def png(picture: NDArray[np.uint8]) -> bytes:
    return encoded(Image.fromarray(picture))


def b64(content: bytes) -> dict[str, str]:
    """A picture as a row of a prediction has it."""
    return {"b64": b64encode(content).decode()}


def separated(path: Path, rows: Rows, delimiter: str = ",") -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)
    return path


def jsonl(path: Path, rows: Rows) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def columnar(path: Path, rows: Rows) -> Path:
    parquet.write_table(pa.Table.from_pylist(rows), path)
    return path


def arrays(path: Path, **named: NDArray[Any]) -> Path:
    np.savez_compressed(path, **named)
    return path


def zipped(path: Path, entries: Iterator[tuple[str, bytes]]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return path


def idx(folder: Path, name: str, array: NDArray[np.uint8]) -> Path:
    """A file as MNIST has them: the type (8: unsigned bytes) and number of axes, their lengths, the bytes."""
    path = folder / f"{name}-idx{array.ndim}-ubyte.gz"
    head = bytes([0, 0, 8, array.ndim]) + b"".join(size.to_bytes(4, "big") for size in array.shape)
    path.write_bytes(gzip.compress(head + array.tobytes()))
    return path


def pairs(folder: Path, found: Digits, splits: Sequence[tuple[str, slice]]) -> list[Path]:
    """The files of pictures and of labels, for each split."""
    return [
        idx(folder, f"{split}-{kind}", array[part])
        for split, part in splits
        for kind, array in (("images", found.pictures), ("labels", found.labels))
    ]
