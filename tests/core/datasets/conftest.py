"""Reads real files: in this process, for speed; `test_reading.py` does it in one of their own."""

import dataclasses
import io
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from numpy.typing import ArrayLike

from core import errors
from core.datasets import encoding, reader, storing
from core.datasets.limits import Limits
from core.datasets.options import parse_options
from core.datasets.reading import Reading, Upload

LIMITS = Limits(max_columns=2000, max_unpacked_bytes=64 * 2**20, seconds=60, memory_bytes=2 * 2**30)


class Data(NamedTuple):
    """A reading with its arrays and encoding."""

    reading: Reading
    encoding: encoding.Encoding
    arrays: dict[str, np.ndarray]

    @property
    def x_train(self) -> np.ndarray:
        return self.arrays["x_train"]

    @property
    def y_train(self) -> np.ndarray:
        return self.arrays["y_train"]

    @property
    def x_test(self) -> np.ndarray:
        return self.arrays["x_test"]

    @property
    def y_test(self) -> np.ndarray:
        return self.arrays["y_test"]

    @property
    def classes(self) -> list[str]:
        return self.reading.target["classes"]


class Room:
    """A folder to read into, and its limits."""

    def __init__(self, folder: Path) -> None:
        self.limits, self.uploads, self.into = LIMITS, folder / "uploads", folder / "into"
        self.uploads.mkdir()
        self.into.mkdir()

    def limit(self, **limits: float) -> None:
        self.limits = dataclasses.replace(self.limits, **limits)

    def upload(self, name: str, content: bytes | str) -> Upload:
        path = self.uploads / "an upload.tmp"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return Upload(name, path)

    def load(self, reading: Reading) -> Data:
        """What was read, and that nothing else was left."""
        left = sorted(path.name for path in self.into.iterdir())
        assert left == sorted([*reading.arrays.values(), reading.encoding, reading.preview])
        learned = encoding.Encoding.load((self.into / reading.encoding).read_bytes())
        arrays = {name: np.load(self.into / file, mmap_mode="r") for name, file in reading.arrays.items()}
        for name, array in arrays.items():
            assert len(array) == reading.splits[name.partition("_")[2]], name
        for at, part in enumerate(reading.inputs.get("parts", [reading.inputs])):
            x = arrays[storing.array_name("x", at, "train")]
            assert list(x.shape[1:]) == part["shape"]
            assert x.dtype == part["dtype"]
        return Data(reading, learned, arrays)

    def read(self, content: bytes | str, name: str = "table.csv", **options: object) -> Data:
        files = [self.upload(name, content)]
        return self.load(reader.read(files, parse_options(options), self.into, self.limits))

    def refuse(
        self, content: bytes | str, name: str = "table.csv", **options: object
    ) -> errors.InvalidDataError:
        """The error that a file gives, after which nothing may be left in the folder."""
        with pytest.raises(errors.InvalidDataError) as caught:
            self.read(content, name, **options)
        assert list(self.into.iterdir()) == []
        return caught.value

    def arrays(self, options: dict[str, object] | None = None, **arrays: ArrayLike) -> Data:
        return self.read(npz(**arrays), "arrays.npz", **(options or {}))

    def refuse_arrays(
        self, options: dict[str, object] | None = None, **arrays: ArrayLike
    ) -> errors.InvalidDataError:
        return self.refuse(npz(**arrays), "arrays.npz", **(options or {}))


def npz(**arrays: ArrayLike) -> bytes:
    """An archive as numpy writes it."""
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path)


@pytest.fixture(scope="session")
def new_room(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Room]:
    """Rooms for tests that need many: one for each example of a property."""
    return lambda: Room(tmp_path_factory.mktemp("room"))
