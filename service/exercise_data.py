"""The data sets that exercises need and no sample is: as `fittingroom samples add exercises` makes them."""

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from core.datasets.reading import Upload
from service import uploads

DIGITS = Path(__file__).with_name("samples") / "digits.npz"
# Of a pixel in the file; the digits themselves have 17 shades.
WHITE, SHADES = 255, 16
# Rows to train on of the data set that is partly wrong, and the share of them that may be.
TRAINED, WRONG = 600, 0.3

Arrays = dict[str, Any]


def order(name: str, folder: Path) -> tuple[dict[str, Any], uploads.Form]:
    """The options, and the form with which the data set would be uploaded; its file lies in `folder`.

    Raises:
        KeyError: there is no such data set.
    """
    make, options = MADE[name]
    with np.load(DIGITS) as digits:
        arrays = make(digits["x"], digits["y"])
    path = folder / f"{name}.npz"
    np.savez_compressed(path, **arrays)
    content = path.read_bytes()
    form = uploads.Form(
        files=[Upload(path.name, path)], hashes=[hashlib.sha256(content).hexdigest()], size=len(content)
    )
    return dict(options), form


def _lines(pictures: Any, classes: Any) -> Arrays:  # noqa: ANN401 - arrays
    """Each picture as a sequence of 8 lines of 8 numbers."""
    shades = np.rint(pictures * (SHADES / WHITE))
    return {"x": (shades / SHADES).astype(np.float32), "y": classes}


def _noisy(pictures: Any, classes: Any) -> Arrays:  # noqa: ANN401 - arrays
    """Pictures of which some to train on are called what they are not, and none to test on."""
    draw = np.random.default_rng(0)
    drawn = draw.permutation(len(pictures))
    train, test = drawn[:TRAINED], drawn[TRAINED:]
    called = classes[train].copy()
    wrong = draw.random(TRAINED) < WRONG
    called[wrong] = draw.integers(0, 10, int(wrong.sum()))
    return {"x_train": pictures[train], "y_train": called, "x_test": pictures[test], "y_test": classes[test]}


def _pictures(pictures: Any, _classes: Any) -> Arrays:  # noqa: ANN401 - arrays
    """Pictures without labels, to be put out as they went in."""
    return {"x": pictures[..., None]}


MADE: Mapping[str, tuple[Callable[[Any, Any], Arrays], Mapping[str, Any]]] = {
    "digits-lines": (_lines, {}),
    "digits-noisy": (_noisy, {}),
    "digits-pictures": (_pictures, {"task": "reconstruction", "input_shape": [64]}),
}
