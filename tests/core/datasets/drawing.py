"""Pictures and archives of them, for tests: sound ones by Pillow and zipfile, the others by hand."""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

import numpy as np
from PIL import Image


def saved(image: Image.Image | np.ndarray, form: str = "PNG", **how: object) -> bytes:
    """A picture as a file of the format."""
    file = io.BytesIO()
    (image if isinstance(image, Image.Image) else Image.fromarray(image)).save(file, form, **how)
    return file.getvalue()


def noise(*shape: int, seed: int = 0) -> np.ndarray:
    """Bytes by chance, of the shape (height, width) or (height, width, 3)."""
    return np.random.default_rng(seed).integers(0, 256, shape, np.uint8)


def png(width: int, height: int, data: bytes = b"") -> bytes:
    """A PNG whose head says whatever."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def zipped(members: Mapping[str, bytes | str], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive of these files."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", packing) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def folders(classes: int = 2, count: int = 5, size: int = 4, above: str = "") -> dict[str, bytes]:
    """Pictures in a folder for each class: `{above}a/0.png` and so on."""
    return {
        f"{above}{'abcdefgh'[at]}/{index}.png": saved(noise(size, size, seed=100 * at + index))
        for at in range(classes)
        for index in range(count)
    }


def directory(entries: int, name: bytes = b"a", *, size: int = 0) -> bytes:
    """An archive that is a directory alone: so many records, of a file of `size` bytes that is nowhere."""
    record = struct.pack(
        "<4s4B4HL2L5H2L", b"PK\x01\x02", 20, 3, 20, 0, 0, 8, 0, 0, 0, 0, size, len(name), *[0] * 6
    )
    content = (record + name) * entries
    if entries < 2**16:
        return content + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, entries, entries, len(content), 0, 0)
    end = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, entries, entries, len(content), 0)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, len(content), 1)
    last = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 2**16 - 1, 2**16 - 1, 2**32 - 1, 2**32 - 1, 0)
    return content + end + locator + last
