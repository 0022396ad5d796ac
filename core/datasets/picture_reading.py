"""From pictures in an archive to arrays to train on: one pass that looks, and one that decodes."""

import contextlib
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from core import errors
from core.datasets import (
    array_inputs,
    array_target,
    arrays,
    class_target,
    encoding,
    finding,
    image_folders,
    pictures,
    shown,
    splitting,
    storing,
    wording,
    zip_file,
)
from core.datasets.class_target import Classes
from core.datasets.limits import Limits
from core.datasets.options import COLUMN_OPTIONS, Options, wrong
from core.datasets.picture_inputs import PictureInputs

# Of one picture's file, packed as its format packs.
MOST_BYTES = 64 * 2**20
TARGET = "class"


def read(
    archive: zipfile.ZipFile,
    entries: Sequence[zipfile.ZipInfo],
    options: Options,
    into: Path,
    limits: Limits,
) -> finding.Found:
    """Writes the arrays and the encoding of an archive of pictures, one folder for each class.

    To reconstruct them, a network needs no classes, and so no folders.

    Raises:
        errors.InvalidDataError: A picture is none, or they or the options make no data set.
    """
    _refuse_options(options)
    found, others = image_folders.pictures_of(entries)
    reconstruction = options.task == "reconstruction"
    layout = image_folders.lay_out(found, classes=not reconstruction)
    rows = [row.entry for row in layout.rows]
    classes = None if reconstruction else _classes([row.folder for row in layout.rows], limits)
    test = _test(layout, classes, options)
    if classes:
        array_target.check_classes(classes, test, TARGET)
    inputs, warnings = survey(archive, rows, options, limits)
    with storing.SplitWriter(into, "x", inputs.shape, inputs.dtype, test) as writer:
        for chunk in decoded(archive, rows, inputs):
            writer.write(array_inputs.scale(inputs.array, chunk))
    whole = encoding.Encoding(inputs=inputs, target=_write_target(classes, inputs, test, into))
    finding.write_encoding(whole, into)
    untested = [] if layout.apart else finding.untested(test, options.test_split)
    told = [*layout.warnings, *_unread(others), *warnings, *untested]
    codes = classes.codes if classes else None
    return finding.Found(whole, test, codes, told, shown=shown.Shown(shown.first(_names(layout))))


def _write_target(
    classes: Classes | None, inputs: PictureInputs, test: NDArray[np.bool_], into: Path
) -> encoding.ClassTarget | encoding.ReconstructionTarget:
    if classes is None:
        return encoding.ReconstructionTarget(shape=inputs.shape)
    return class_target.write(TARGET, classes, test, into)


def _names(layout: image_folders.Layout) -> Iterator[dict[str, str]]:
    """The rows as they were uploaded: files in folders."""
    for row in layout.rows:
        yield {"file": row.entry.filename} | ({TARGET: row.folder} if row.folder else {})


def survey(
    archive: zipfile.ZipFile, rows: Sequence[zipfile.ZipInfo], options: Options, limits: Limits
) -> tuple[PictureInputs, list[str]]:
    """The size and the channels that the pictures `rows` are given, and warnings.

    Raises:
        errors.InvalidDataError: One is no picture, or all of them would be larger than the limit.
    """
    sizes: Counter[tuple[int, int]] = Counter()
    channels: Literal[1, 3] = 1
    for entry in rows:
        with _about(entry):
            look = pictures.look(_content(archive, entry))
        sizes[look.height, look.width] += 1
        channels = 3 if look.channels == 3 else channels
    # Of sizes that are equally common, the smallest.
    common = min(sizes, key=lambda size: (-sizes[size], size))
    height, width = options.image_size or common
    channels = options.channels or channels
    shape = finding.shape(options.input_shape, [height, width, channels])
    _check_size(len(rows), shape, limits)
    inputs = PictureInputs(height=height, width=width, channels=channels, shape=shape)
    return inputs, _resizing(sizes, (height, width))


def decoded(
    archive: zipfile.ZipFile, rows: Sequence[zipfile.ZipInfo], inputs: PictureInputs
) -> Iterator[NDArray[np.uint8]]:
    """The pictures `rows` as they will be shown to a network, not yet scaled: `(n, height, width, channels)`.

    Raises:
        errors.InvalidDataError: One is damaged. The sentence names it.
    """
    shape = (inputs.height, inputs.width, inputs.channels)
    step = arrays.step((len(rows), *shape), np.dtype(np.uint8))
    for begin in range(0, len(rows), step):
        part = rows[begin : begin + step]
        chunk = np.empty((len(part), *shape), np.uint8)
        for index, entry in enumerate(part):
            with _about(entry):
                chunk[index] = pictures.decode(_content(archive, entry), shape[:2], inputs.channels)
        yield chunk


def _content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    return zip_file.read(archive, entry, MOST_BYTES)


@contextlib.contextmanager
def _about(entry: zipfile.ZipInfo) -> Iterator[None]:
    """Names the picture that is complained of."""
    try:
        yield
    except errors.InvalidDataError as error:
        detail = error.detail
        named = detail if detail.startswith("'") else f"{wording.quote(entry.filename)}: {detail}"
        raise errors.InvalidDataError(named) from None


def _refuse_options(options: Options) -> None:
    """Refuses what says nothing about pictures in folders."""
    details = {
        name: f"{name}: pictures in folders have no columns to name"
        for name in COLUMN_OPTIONS
        if getattr(options, name)
    }
    if options.task not in {None, "classification", "reconstruction"}:
        details["task"] = "task: the folders of pictures are their classes"
    if options.standardize:
        details["standardize"] = "standardize: pictures are scaled to [0, 1], and not standardised"
    if details:
        raise wrong(details)


def _classes(folders: Sequence[str], limits: Limits) -> Classes:
    names = sorted(set(folders), key=image_folders.order)
    if len(names) > limits.max_classes:
        raise errors.InvalidDataError(
            f"There are {len(names):,} folders of classes, "
            f"and at most {limits.max_classes:,} are taken (max_classes)"
        )
    codes = {name: code for code, name in enumerate(names)}
    return Classes(names, np.array([codes[folder] for folder in folders], np.int64))


def _test(layout: image_folders.Layout, classes: Classes | None, options: Options) -> NDArray[np.bool_]:
    """Which rows are for testing: those that the archive says, else a share."""
    if layout.apart:
        return np.array([row.test for row in layout.rows], np.bool_)
    codes = classes.codes if classes else None
    return splitting.choose_test(len(layout.rows), codes, options.test_split, options.seed)


def _check_size(rows: int, shape: Sequence[int], limits: Limits) -> None:
    try:
        finding.check_size(rows, shape, limits)
    except errors.InvalidDataError as error:
        detail = f"{error.detail}; options.image_size makes the pictures smaller, such as [64, 64]"
        raise wrong({"image_size": detail}) from None


def _resizing(sizes: Counter[tuple[int, int]], size: tuple[int, int]) -> list[str]:
    others = sizes.total() - sizes[size]
    if not others:
        return []
    of_all = f"{wording.counted(others, 'picture')} of {sizes.total():,}"
    return [f"{of_all}: resized to {size[0]} x {size[1]} (height x width)"]


def _unread(others: Sequence[zipfile.ZipInfo]) -> list[str]:
    if not others:
        return []
    names = wording.listing([entry.filename for entry in others])
    return [f"{wording.counted(len(others), 'file')} in the archive: not read, for no picture: {names}"]
