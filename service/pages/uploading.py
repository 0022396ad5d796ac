"""An upload by a form: what stands in its fields becomes the `name` and `options` that the API takes.

`scripts/datasets/options.js` does the same for who has JavaScript.
"""

import re
from collections.abc import Callable, Mapping
from pathlib import Path, PurePath
from typing import Any

import orjson
from flask import request

from core.errors import FittingRoomError
from service import parts, sessions, uploads

LONGEST_NAME = 63
WHOLE = re.compile(r"[+-]?\d{1,19}")
# What an ending says goes by itself: two of `train-images-idx3-ubyte.gz`.
ENDING = re.compile(r"(\.[a-z0-9]{1,8}){1,2}$")


def _text(given: str) -> object:
    return given.strip()


def _lines(given: str) -> list[str]:
    return [line.strip() for line in given.splitlines() if line.strip()]


def _whole(given: str) -> object:
    # What is no number is left to who says so in words.
    return int(given) if WHOLE.fullmatch(given.strip()) else given.strip()


def _wholes(given: str) -> object:
    """28x28, or 28, 28, 1."""
    found = re.split(r"\D+", given.strip())
    return [int(one) for one in found] if all(0 < len(one) < 10 for one in found) else given.strip()


def _percent(given: str) -> object:
    try:
        return float(given.strip()) / 100
    except ValueError:
        return given.strip()


def _yes(given: str) -> object:
    return given == "yes"


# For each option, how its field is read; a field that is empty says nothing.
READERS: Mapping[str, Callable[[str], object]] = {
    "target": _text,
    "task": _text,
    "test_split": _percent,
    "text": _lines,
    "sequence_length": _whole,
    "vocabulary_size": _whole,
    "features": _lines,
    "drop": _lines,
    "split": _text,
    "image_size": _wholes,
    "channels": _whole,
    "input_shape": _wholes,
    "standardize": _yes,
    "seed": _whole,
}
# Further columns to predict: with the first they make the option `target`.
FURTHER = "further_targets"
FIELDS = frozenset({"name", sessions.FIELD, FURTHER, *READERS})


def receive(into: Path) -> uploads.Form:
    """The form that the present request brings, with the fields that the API's has.

    Raises:
        ForbiddenError: it is no form of ours.
        FittingRoomError: as `uploads.receive`.
    """
    most = parts.of_app().settings.max_upload_bytes
    return uploads.receive(request, into, most_bytes=most, fields=FIELDS, check=_confirm)


def order(form: uploads.Form) -> uploads.Form:
    """The form as the API takes it."""
    # A browser sends a part without a name where no file was chosen.
    chosen = [at for at, file in enumerate(form.files) if file.name]
    name = form.fields.get("name", "").strip()
    if not name and chosen:
        name = suggest(form.files[chosen[0]].name)
    return uploads.Form(
        fields={"name": name, "options": orjson.dumps(options(form.fields)).decode()},
        files=[form.files[at] for at in chosen],
        hashes=[form.hashes[at] for at in chosen],
        size=form.size,
    )


def options(fields: Mapping[str, str]) -> dict[str, Any]:
    """The options that the fields say."""
    said = {name: READERS[name](fields[name]) for name in READERS if fields.get(name, "").strip()}
    if further := _lines(fields.get(FURTHER, "")):
        said["target"] = [*([said["target"]] if "target" in said else []), *further]
    return said


def suggest(file: str) -> str:
    """A name for a data set, from that of its file."""
    plain = ENDING.sub("", PurePath(file.replace("\\", "/")).name.lower())
    return re.sub(r"[^a-z0-9._-]+", "-", plain).strip("-._")[:LONGEST_NAME] or "data"


def places(error: FittingRoomError) -> dict[str, list[str]]:
    """What is wrong, by the field that it stands in; what is wrong with none of them is the file's."""
    found: dict[str, list[str]] = {}
    for fault in error.faults:
        names = fault.pointer.removeprefix("#/").removeprefix("options/").split("/")
        field = names[0] if names[0] in FIELDS else "file"
        found.setdefault(field, []).append(fault.detail)
    return found


def _confirm(fields: Mapping[str, str]) -> None:
    sessions.confirm(fields.get(sessions.FIELD, ""))
