"""What crosses between who asks for a prediction and who makes it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from core.errors import TooLargeError

MOST_BYTES = 64 * 2**20
LIMIT = "max_prediction_bytes"
HEAD_BYTES = 4
DTYPES = ("float32", "int32")


@dataclass(frozen=True)
class Message:
    """What crosses: a few words, and arrays of float32 or int32."""

    told: dict[str, Any]
    arrays: Sequence[NDArray[Any]] = ()

    def pack(self) -> bytes:
        """As bytes: the length of a JSON document, that, and the numbers as they lie in memory.

        Raises:
            TooLargeError: there are too many.
        """
        size = sum(array.nbytes for array in self.arrays)
        if size > MOST_BYTES:
            raise TooLargeError(LIMIT, limit=MOST_BYTES, asked=size, unit="bytes")
        shapes = [[array.dtype.name, array.shape] for array in self.arrays]
        head = orjson.dumps({"told": self.told, "arrays": shapes})
        numbers = [np.ascontiguousarray(array).tobytes() for array in self.arrays]
        return b"".join([len(head).to_bytes(HEAD_BYTES, "big"), head, *numbers])

    @classmethod
    def unpack(cls, packed: bytes) -> "Message":
        """What `pack` made."""
        at = HEAD_BYTES + int.from_bytes(packed[:HEAD_BYTES], "big")
        head = orjson.loads(packed[HEAD_BYTES:at])
        arrays = []
        for name, shape in head["arrays"]:
            dtype = np.dtype(DTYPES[DTYPES.index(name)])
            count = int(np.prod(shape))
            arrays.append(np.frombuffer(packed, dtype, count, at).reshape(shape))
            at += count * dtype.itemsize
        return cls(head["told"], arrays)


def first_refused(rows: int, takes: Callable[[int, int], bool]) -> int:
    """The first of so many rows that a network cannot take, by halving what holds it.

    `takes` answers whether it takes the rows from the first up to the second number.
    """
    first, last = 0, rows
    while last - first > 1:
        middle = (first + last) // 2
        if takes(first, middle):
            first = middle
        else:
            last = middle
    return first
