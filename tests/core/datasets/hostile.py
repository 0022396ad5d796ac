"""Uploads that nobody means well by: sound files of every format, mangled, misnamed and mixed."""

import gzip
import io
import zipfile
from functools import cache

import numpy as np
import pyarrow as pa
from hypothesis import strategies as st
from pyarrow import parquet

from tests.core.datasets import drawing
from tests.core.datasets.conftest import npz
from tests.core.datasets.test_idx_file import idx

File = tuple[str, bytes]


def parquet_of(columns: dict[str, list]) -> bytes:
    file = io.BytesIO()
    parquet.write_table(pa.table(columns), file)
    return file.getvalue()


def mangled(content: bytes, changes: list[tuple[float, bytes, int]]) -> bytes:
    """With each change made: at a place from 0 to 1, so many old bytes replaced by new ones."""
    for place, new, old in changes:
        at = int(place * len(content))
        content = content[:at] + new + content[at + old :]
    return content


CHANGES = st.lists(
    st.tuples(st.floats(0, 1), st.binary(max_size=4), st.sampled_from([0, 1, 1, 1, 4, 50])),
    min_size=1,
    max_size=3,
)

JSON_LINES = "".join(
    f'{{"a": {n / 4}, "b": "a text {n % 2}", "split": "{"test" if n % 5 == 0 else "train"}", "y": {n % 2}}}\n'
    for n in range(12)
).encode()
PARQUET = parquet_of({"a": [n / 4 for n in range(12)], "b": ["u", "v w"] * 6, "y": ["p;q", "q"] * 6})
TABLE = b"a,b,split,y\n" + b"".join(
    b"%d,word %d,%s,%s\n" % (n, n % 3, b"test" if n % 5 == 0 else b"train", b"pq"[n % 2 : n % 2 + 1])
    for n in range(20)
)
ARRAYS = npz(x=np.arange(40.0).reshape(10, 4), y=np.arange(10) % 2)
IMAGES, LABELS = idx(drawing.noise(10, 16).reshape(10, 4, 4)), idx(np.arange(10, dtype=np.uint8) % 2)


@cache
def sound() -> tuple[tuple[File, ...], ...]:
    """Uploads of every format that are read."""
    pictures = drawing.folders(2, 3) | {"b/photo.jpg": drawing.saved(drawing.noise(9, 7, 3), "JPEG")}
    beside = {f"p/{n}.png": drawing.saved(drawing.noise(4, 4, seed=n)) for n in range(8)}
    listed = "".join(f"p/{n}.png,{n},{'uv'[n % 2]}\n" for n in range(8))
    return (
        (("a.csv", TABLE),),
        (("a.csv", TABLE.decode().encode("utf-16")),),
        (("a.tsv", TABLE.replace(b",", b"\t")),),
        (("a.jsonl", JSON_LINES),),
        (("a.parquet", PARQUET),),
        (("a.npz", ARRAYS),),
        (("train.csv", TABLE), ("test.csv", TABLE)),
        (("train.parquet", PARQUET), ("test.parquet", PARQUET)),
        (("images", IMAGES), ("labels", LABELS)),
        (("images.gz", gzip.compress(IMAGES, mtime=0)), ("labels.gz", gzip.compress(LABELS, mtime=0))),
        (("a.zip", drawing.zipped(pictures)),),
        (("a.zip", drawing.zipped({"t.csv": "photo,n,y\n" + listed, **beside}, zipfile.ZIP_STORED)),),
    )


ENDINGS = ("csv", "tsv", "jsonl", "ndjson", "parquet", "npz", "zip", "gz", "png", "CSV", "exe", "")
NAMES = st.one_of(
    st.sampled_from([f"a.{ending}" for ending in ENDINGS]),
    st.sampled_from(
        ["../../a.csv", "/etc/passwd", "a.csv/", "con.csv", ".csv", "train.csv", "test.npz", "é.csv"]
    ),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=9),
)
WILD = st.recursive(
    st.none()
    | st.booleans()
    | st.sampled_from([-1, 0, 1, 2, 10**9, 2**70, 0.5, -0.1, float("nan")])
    | st.sampled_from(
        ["a", "b", "y", "p", "photo", "split", "", "\0", "x" * 2000, "\ud800", "regression", "auto"]
    ),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "target"]), inner, max_size=2)
    ),
    max_leaves=5,
)
OPTIONS = st.dictionaries(
    st.sampled_from(
        [
            *("target", "features", "drop", "task", "text", "sequence_length", "vocabulary_size", "split"),
            *("input_shape", "image_size", "channels", "standardize", "test_split", "seed", "other"),
        ]
    ),
    WILD,
    max_size=2,
)


@st.composite
def uploads(draw: st.DrawFn) -> list[File]:
    """Sound files, most of which then are not: bytes changed, put in or left out, another's name."""
    files = list(draw(st.sampled_from(sound())))
    for at, (name, content) in enumerate(files):
        changed = mangled(content, draw(CHANGES)) if draw(st.integers(0, 3)) else content
        files[at] = (draw(NAMES) if draw(st.integers(0, 5)) == 0 else name, changed)
    match draw(st.integers(0, 9)):
        case 0:
            files += draw(st.sampled_from(sound()))
        case 1:
            files = files[:1]
        case 2:
            files = [(name, content[: draw(st.integers(0, len(content)))]) for name, content in files]
    return files
