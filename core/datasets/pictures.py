"""One picture's bytes as numbers: decoded safely, whoever sent them.

The process that reads uploads needs it, and the service, for a picture within a prediction.
"""

import contextlib
import io
import struct
import threading
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import (
    BmpImagePlugin,
    ExifTags,
    GifImagePlugin,
    Image,
    JpegImagePlugin,
    PngImagePlugin,
    WebPImagePlugin,
)

from core import errors

# Pillow reads dozens of formats, and some of them by way of other programs. These are taken, by their first
# bytes, and each is decoded by the one decoder that is made for it.
DECODERS: tuple[tuple[bytes, str | None], ...] = (
    (b"\x89PNG\r\n\x1a\n", PngImagePlugin.PngImageFile.format),
    (b"\xff\xd8\xff", JpegImagePlugin.JpegImageFile.format),
    (b"GIF87a", GifImagePlugin.GifImageFile.format),
    (b"GIF89a", GifImagePlugin.GifImageFile.format),
    (b"BM", BmpImagePlugin.BmpImageFile.format),
    (b"RIFF", WebPImagePlugin.WebPImageFile.format),
)
TAKEN = "PNG, JPEG, GIF, BMP and WebP are"
ENDINGS = frozenset({".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp"})
# What else it may be, for the sentence that refuses it: where the mark stands, the mark, and its name.
STRANGERS = (
    (0, b"II*\x00", "a TIFF picture"),
    (0, b"MM\x00*", "a TIFF picture"),
    (4, b"ftypavif", "an AVIF picture"),
    (4, b"ftyphei", "a HEIC picture"),
    (4, b"ftypmif1", "a HEIC picture"),
    (0, b"8BPS", "a Photoshop document"),
    (0, b"%PDF", "a PDF document"),
    (0, b"%!PS", "a PostScript document"),
    (0, b"\x00\x00\x01\x00", "an icon (ICO)"),
    (0, b"PK\x03\x04", "a zip archive"),
)
# 24 megapixels, as cameras have them. Decoding holds up to a dozen bytes for each.
MOST_PIXELS = 25_000_000
# The longest side of a JPEG. To resize takes memory for every pixel of a side, on top of the picture's own.
MOST_SIDE = 65_535
# A progressive JPEG is decoded as a whole once for each of its scans. Cameras and programs write about ten.
MOST_SCANS = 100
# What Pillow's decoders raise for bytes that are no picture.
UNREADABLE = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    ArithmeticError,
    LookupError,
    AttributeError,
    AssertionError,
    EOFError,
    RuntimeError,
    struct.error,
    zlib.error,
)
GREYS = frozenset({"1", "L", "LA", "La", "I", "I;16", "I;16B", "I;16L", "I;16N"})
# How a picture lies on the film, by EXIF's numbers, and what sets it upright.
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
LYING = frozenset({5, 6, 7, 8})
# However many threads a process has, no more than these decode: each may hold some hundred megabytes.
TURNS = threading.BoundedSemaphore(2)


def is_named(name: str) -> bool:
    """Whether a file of that name is a picture, by its ending."""
    return PurePosixPath(name).suffix.lower() in ENDINGS


class Look(NamedTuple):
    """What the head of a picture says: its size as one sees it, and 1 channel (grey) or 3."""

    height: int
    width: int
    channels: int


def look(content: bytes, most_pixels: int = MOST_PIXELS) -> Look:
    """The size of a picture, without decoding it.

    Raises:
        errors.InvalidDataError: It is none that is taken, or has more pixels. The sentence is about "it".
    """
    with _opened(content, most_pixels) as image:
        width, height = _turned(image.size, _orientation(image))
        return Look(height, width, 1 if _is_grey(image) else 3)


def decode(
    content: bytes, size: tuple[int, int], channels: int, most_pixels: int = MOST_PIXELS
) -> NDArray[np.uint8]:
    """The picture in `size` (height, width), as one sees it: `(height, width, channels)`.

    Of an animation it is the first frame. What is transparent is seen on white. 1 channel is grey, 3 are red,
    green and blue. Another size is stretched or shrunk to this one: bilinear, with every pixel counted.

    Raises:
        errors.InvalidDataError: It is none that is taken, is damaged, or has more pixels.
    """
    with TURNS, _opened(content, most_pixels) as image:
        # Before anything is decoded, which may change what the head said.
        orientation = _orientation(image)
        wanted = _turned((size[1], size[0]), orientation)
        # A JPEG far too large is decoded at half its size, or a quarter; twice as large as needed is enough.
        image.draft(None, (2 * wanted[0], 2 * wanted[1]))
        resized = _in_mode(_resized(image, wanted), "L" if channels == 1 else "RGB")
        if orientation in UPRIGHT:
            resized = resized.transpose(UPRIGHT[orientation])
        return np.asarray(resized, np.uint8).reshape(*size, channels)


@contextlib.contextmanager
def _opened(content: bytes, most_pixels: int) -> Iterator[Image.Image]:
    """The picture, of which only the head was read, and that has no more pixels than it may have."""
    form = _format(content)
    called = "WebP" if form == "WEBP" else form
    try:
        if form == "WEBP":
            # Its decoder makes room for all pixels at once.
            _check_size(called, _webp_size(content), most_pixels)
        with Image.open(io.BytesIO(content), formats=[form]) as image:
            _check_size(called, image.size, most_pixels)
            yield image
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise errors.InvalidDataError(
            f"it is a {called} of more than {most_pixels:,} pixels (max_pixels)"
        ) from None
    except UNREADABLE:
        raise errors.InvalidDataError(f"it is a {called} that is damaged or cut off") from None


def _format(content: bytes) -> str:
    """Pillow's name of the format, by the first bytes alone."""
    found = next((form for magic, form in DECODERS if content.startswith(magic)), None)
    if found == "WEBP" and content[8:12] != b"WEBP":
        found = None
    if found is None:
        raise errors.InvalidDataError(f"it is {_stranger(content)}, and {TAKEN} taken")
    if found == "JPEG" and content.count(b"\xff\xda") > MOST_SCANS:
        raise errors.InvalidDataError(f"it is a JPEG of more than {MOST_SCANS} scans (max_scans)")
    return found


def _stranger(content: bytes) -> str:
    if not content:
        return "empty"
    head = content[:1024].lstrip().lower()
    if b"<svg" in head:
        return "an SVG drawing"
    known = (called for at, magic, called in STRANGERS if content.startswith(magic, at))
    return next(known, "a document of XML or HTML" if head.startswith(b"<") else "no picture that is known")


def _check_size(called: str, size: tuple[int, int], most_pixels: int) -> None:
    width, height = size
    if width < 1 or height < 1:
        raise errors.InvalidDataError(f"it is a {called} of {width:,} x {height:,} pixels")
    if max(width, height) > MOST_SIDE:
        raise errors.InvalidDataError(
            f"it is a {called} of {width:,} x {height:,} pixels, "
            f"and a side of at most {MOST_SIDE:,} is taken (max_side)"
        )
    if width * height > most_pixels:
        raise errors.InvalidDataError(
            f"it is a {called} of {width:,} x {height:,} pixels, "
            f"and at most {most_pixels:,} are taken (max_pixels)"
        )


def _webp_size(content: bytes) -> tuple[int, int]:
    """Width and height as a WebP's head tells them (RFC 9649, sections 2.5 to 2.7)."""
    kind, at = content[12:16], content[20:30].ljust(10, b"\0")
    if kind == b"VP8X":
        return int.from_bytes(at[4:7], "little") + 1, int.from_bytes(at[7:10], "little") + 1
    if kind == b"VP8L":
        bits = int.from_bytes(at[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    return int.from_bytes(at[6:8], "little") & 0x3FFF, int.from_bytes(at[8:10], "little") & 0x3FFF


def _orientation(image: Image.Image) -> int:
    """How the picture lies, as the EXIF data says that was found before its pixels."""
    data = image.info.get("exif")
    if not data:
        return 1
    exif = Image.Exif()
    exif.load(data)
    told = exif.get(ExifTags.Base.Orientation, 1)
    return told if told in UPRIGHT else 1


def _turned(size: tuple[int, int], orientation: int) -> tuple[int, int]:
    return (size[1], size[0]) if orientation in LYING else size


def _is_grey(image: Image.Image) -> bool:
    """Whether the picture is kept in grey; one with three channels is not, whatever is in them."""
    if image.mode in {"P", "PA"}:
        palette = np.array(image.getpalette("RGB") or [0], np.uint8).reshape(-1, 3)
        return bool((palette == palette[:, :1]).all())
    return image.mode in GREYS


def _resized(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """The picture with its channels, and with its alpha if it has any, in another size (width, height)."""
    image.load()
    if image.mode.startswith("I"):
        # Two bytes for a grey: the upper half of each is what is seen.
        image = Image.fromarray((np.asarray(image).astype(np.uint16) >> 8).astype(np.uint8))
    elif image.has_transparency_data:
        image = image.convert("RGBA")
    elif image.mode not in {"L", "RGB"}:
        image = image.convert("L" if _is_grey(image) else "RGB")
    return image if image.size == size else image.resize(size, Image.Resampling.BILINEAR)


def _in_mode(image: Image.Image, mode: str) -> Image.Image:
    if image.mode == "RGBA":
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    return image if image.mode == mode else image.convert(mode)
