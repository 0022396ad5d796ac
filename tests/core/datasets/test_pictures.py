"""Pictures as one sees them, and what only looks like pictures."""

import io
import struct

import numpy as np
import pytest
from PIL import Image, ImageOps
from sklearn.datasets import load_sample_images

from core import errors
from core.datasets import pictures
from tests.core.datasets import drawing

GREY, COLOUR = drawing.noise(20, 30), drawing.noise(20, 30, 3)
LOSSLESS = [("PNG", {}), ("GIF", {}), ("BMP", {}), ("WEBP", {"lossless": True})]


def refusal(content: bytes, most_pixels: int = pictures.MOST_PIXELS) -> str:
    with pytest.raises(errors.InvalidDataError) as caught:
        pictures.decode(content, (4, 4), 1, most_pixels)
    return caught.value.detail


@pytest.mark.parametrize(("form", "how"), LOSSLESS)
def test_greys_are_read_as_they_were_saved(form: str, how: dict) -> None:
    content = drawing.saved(GREY, form, **how)
    assert pictures.look(content)[:2] == (20, 30)
    assert (pictures.decode(content, (20, 30), 1)[..., 0] == GREY).all()


@pytest.mark.parametrize(("form", "how"), [pair for pair in LOSSLESS if pair[0] != "GIF"])
def test_colours_are_read_as_they_were_saved(form: str, how: dict) -> None:
    content = drawing.saved(COLOUR, form, **how)
    assert pictures.look(content) == (20, 30, 3)
    assert (pictures.decode(content, (20, 30), 3) == COLOUR).all()


def test_a_photograph_survives_jpeg() -> None:
    for photograph in load_sample_images().images:
        content = drawing.saved(photograph, "JPEG", quality=95)
        size = photograph.shape[:2]
        assert pictures.look(content) == (*size, 3)
        apart = np.abs(pictures.decode(content, size, 3).astype(int) - photograph)
        assert apart.mean() < 3


@pytest.mark.parametrize(
    ("mode", "channels"),
    [("1", 1), ("L", 1), ("LA", 1), ("I;16", 1), ("P", 1), ("RGB", 3), ("RGBA", 3)],
)
def test_only_what_is_kept_in_grey_is_grey(mode: str, channels: int) -> None:
    content = drawing.saved(Image.fromarray(GREY).convert(mode))
    assert pictures.look(content) == (20, 30, channels)


def test_a_palette_of_colours_is_no_grey_one() -> None:
    content = drawing.saved(Image.fromarray(COLOUR).quantize(16))
    assert pictures.look(content) == (20, 30, 3)
    assert np.unique(pictures.decode(content, (20, 30), 3).reshape(-1, 3), axis=0).shape[0] <= 16


def test_sixteen_bits_become_eight() -> None:
    deep = np.random.default_rng(0).integers(0, 2**16, (5, 7)).astype(np.uint16)
    assert (pictures.decode(drawing.saved(deep), (5, 7), 1)[..., 0] == deep >> 8).all()


def test_cmyk_becomes_red_green_and_blue() -> None:
    image = Image.new("RGB", (16, 16), (200, 40, 90)).convert("CMYK")
    seen = pictures.decode(drawing.saved(image, "JPEG", quality=95), (16, 16), 3)
    assert np.abs(seen.astype(int) - [200, 40, 90]).max() < 8


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_what_is_transparent_is_white(mode: str) -> None:
    image = Image.new("RGBA", (4, 4), (0, 0, 0, 0)).convert(mode)
    assert (pictures.decode(drawing.saved(image), (4, 4), 3) == 255).all()
    half = Image.new("RGBA", (4, 4), (0, 0, 0, 128)).convert(mode)
    assert (pictures.decode(drawing.saved(half), (4, 4), 1) == 127).all()


def test_a_transparent_colour_of_a_palette_is_white() -> None:
    image = Image.fromarray(np.zeros((4, 4), np.uint8), "L").convert("P")
    assert (pictures.decode(drawing.saved(image, transparency=0), (4, 4), 1) == 255).all()


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_a_picture_is_set_upright_as_a_viewer_would(form: str, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    lying = Image.fromarray(COLOUR)
    content = drawing.saved(lying, form, exif=exif, **({"lossless": True} if form == "WEBP" else {}))
    # Pillow's own function does it too, after it has decoded all pixels.
    expected = np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(content))))
    look = pictures.look(content)
    assert look[:2] == expected.shape[:2]
    assert (pictures.decode(content, look[:2], 3) == expected).all()


def test_an_animation_is_its_first_frame() -> None:
    frames = [Image.new("L", (4, 4), grey) for grey in (10, 200)]
    content = drawing.saved(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert (pictures.decode(content, (4, 4), 1) == 10).all()


def test_shrinking_counts_every_pixel_and_growing_is_smooth() -> None:
    board = (np.indices((64, 64)).sum(axis=0) % 2 * 255).astype(np.uint8)
    assert np.abs(pictures.decode(drawing.saved(board), (8, 8), 1).astype(int) - 128).max() < 3
    slope = np.array([[0, 255]], np.uint8)
    grown = pictures.decode(drawing.saved(slope), (1, 8), 1)[0, :, 0].astype(int)
    assert (np.diff(grown) >= 0).all()
    assert 0 < grown[3] < 255


def test_a_large_jpeg_is_shrunk_as_any_other_picture() -> None:
    photograph = load_sample_images().images[0]
    packed = pictures.decode(drawing.saved(photograph, "JPEG", quality=95), (32, 48), 3)
    plain = pictures.decode(drawing.saved(photograph, "PNG", compress_level=1), (32, 48), 3)
    assert np.abs(packed.astype(int) - plain).mean() < 3


@pytest.mark.parametrize(
    "size", [(50_000, 50_000), (6000, 6000), (25_000_001, 1), (70_000, 1), (2**31 - 1, 1)]
)
def test_too_many_pixels_are_refused_by_the_head_alone(size: tuple[int, int]) -> None:
    content = drawing.png(*size)
    assert "pixels" in refusal(content)
    with pytest.raises(errors.InvalidDataError, match="it is a PNG of"):
        pictures.look(content)


@pytest.mark.parametrize(
    "head",
    [
        b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0" + b"\xff" * 6,
        b"RIFF\0\0\0\0WEBPVP8L\x0a\0\0\0\x2f" + b"\xff" * 9,
        b"RIFF\0\0\0\0WEBPVP8 \x0a\0\0\0" + b"\0\0\0\x9d\x01\x2a" + b"\xff" * 4,
        b"BM" + struct.pack("<3L", 200, 0, 54) + struct.pack("<3l2H6L", 40, 60_000, 60_000, 1, 8, *[0] * 6),
        b"GIF89a" + struct.pack("<2H3B", 60_000, 60_000, 0, 0, 0) + b"\x2c" + b"\0" * 4 + b"\x10" * 9,
    ],
)
def test_other_formats_are_refused_for_their_pixels_too(head: bytes) -> None:
    assert "pixels" in refusal(head + b"\0" * 100)


def test_what_is_large_for_a_smaller_limit_is_refused() -> None:
    assert refusal(drawing.saved(GREY), 599) == (
        "it is a PNG of 30 x 20 pixels, and at most 599 are taken (max_pixels)"
    )
    assert pictures.decode(drawing.saved(GREY), (4, 4), 1, 600).shape == (4, 4, 1)


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "BMP", "WEBP"])
def test_a_picture_that_is_cut_off_is_refused(form: str) -> None:
    whole = drawing.saved(COLOUR, form)
    called = "WebP" if form == "WEBP" else form
    for cut in (0.3, 0.6, 0.9):
        assert refusal(whole[: int(len(whole) * cut)]) == f"it is a {called} that is damaged or cut off"


def test_a_png_that_holds_less_than_its_head_says_is_refused() -> None:
    assert refusal(drawing.png(100, 100, b"\0" * 500)) == "it is a PNG that is damaged or cut off"


@pytest.mark.parametrize(
    ("content", "called"),
    [
        (b"", "empty"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "an SVG drawing"),
        (b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- drawn -->\n<svg/>', "an SVG drawing"),
        (b"<html></html>", "a document of XML or HTML"),
        (b"II*\0\x08\0\0\0", "a TIFF picture"),
        (b"\0\0\0\x1cftypavif", "an AVIF picture"),
        (b"\0\0\0\x18ftypheic", "a HEIC picture"),
        (b"%PDF-1.7", "a PDF document"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", "a PostScript document"),
        (b"RIFF\x24\0\0\0WAVEfmt ", "no picture that is known"),
        (b"P5 4 4 255 0123456789abcdef", "no picture that is known"),
    ],
)
def test_what_is_no_picture_is_refused_by_name(content: bytes, called: str) -> None:
    assert refusal(content) == f"it is {called}, and PNG, JPEG, GIF, BMP and WebP are taken"


def test_a_jpeg_of_a_thousand_scans_is_refused() -> None:
    whole = drawing.saved(COLOUR, "JPEG", progressive=True)
    scan = whole[whole.index(b"\xff\xda") : -2]
    assert refusal(whole[:-2] + scan * 1000 + whole[-2:]) == "it is a JPEG of more than 100 scans (max_scans)"
