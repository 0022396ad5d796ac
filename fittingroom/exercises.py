"""The exercises that come with the service: their data sets are uploaded, and a course has all of them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from fittingroom import samples
from fittingroom.client import Client

NAME = "exercises"
COURSE = "Exercises"
# Rows to train on of the data set that is partly wrong, and the share of them that may be.
TRAINED = 600
WRONG = 0.3


class Given(NamedTuple):
    """What was made: a course, and its assignments in their order."""

    course: dict[str, Any]
    assignments: list[dict[str, Any]]


def add(client: Client, folder: Path) -> Given:
    """Uploads what the exercises need, and makes a course with an assignment of each."""
    exercises = client.exercises()
    for name in sorted({exercise["dataset"] for exercise in exercises}):
        path, options = write(name, folder)
        client.add_dataset(path, name=name, options=options)
    course = client.add_course(COURSE)
    assignments = [
        client.assign({"course": course["id"], "exercise": exercise["name"]}) for exercise in exercises
    ]
    return Given(course, [*assignments])


def write(name: str, folder: Path) -> tuple[Path, dict[str, object]]:
    """Writes a data set of the exercises into `folder`; the file to upload, and the options for it.

    Raises:
        ValueError: There is no such data set.
    """
    if name in samples.NAMES:
        return samples.write(name, folder)
    if name not in OF_DIGITS:
        raise ValueError(f"There is no data set {name!r}: {', '.join((*samples.NAMES, *OF_DIGITS))}")
    # Nobody who does not ask for a sample needs scikit-learn, nor the second that importing it takes.
    from sklearn import datasets

    bunch = datasets.load_digits()
    arrays, options = OF_DIGITS[name](bunch.images, bunch.target)
    path = folder / f"{name}.npz"
    np.savez_compressed(path, **arrays)
    return path, options


_Made = tuple[dict[str, Any], dict[str, object]]


def _lines(images: Any, classes: Any) -> _Made:  # noqa: ANN401 - arrays
    """Each picture as a sequence of 8 lines of 8 numbers: no picture, so no bytes."""
    return {"x": (images / 16).astype(np.float32), "y": classes}, {}


def _noisy(images: Any, classes: Any) -> _Made:  # noqa: ANN401 - arrays
    """Pictures of which some to train on are called what they are not, and none to test on."""
    pictures = np.rint(images * (255 / 16)).astype(np.uint8)
    draw = np.random.default_rng(0)
    order = draw.permutation(len(pictures))
    train, test = order[:TRAINED], order[TRAINED:]
    called = classes[train].copy()
    wrong = draw.random(TRAINED) < WRONG
    called[wrong] = draw.integers(0, 10, int(wrong.sum()))
    return {
        "x_train": pictures[train],
        "y_train": called,
        "x_test": pictures[test],
        "y_test": classes[test],
    }, {}


def _pictures(images: Any, _classes: Any) -> _Made:  # noqa: ANN401 - arrays
    """Pictures without labels, each a row of 64 numbers, to be put out as they went in."""
    pictures = np.rint(images * (255 / 16)).astype(np.uint8)[..., None]
    return {"x": pictures}, {"task": "reconstruction", "input_shape": [64]}


OF_DIGITS: dict[str, Callable[[Any, Any], _Made]] = {
    "digits-lines": _lines,
    "digits-noisy": _noisy,
    "digits-pictures": _pictures,
}
