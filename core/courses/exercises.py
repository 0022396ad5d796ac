"""Exercises that come with the service: each a folder of its texts and of a document."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from core.courses import documents
from core.errors import Fault, NotFoundError

FOLDER = Path(__file__).with_name("given")
DOCUMENT = "exercise.json"
LANGUAGES = ("en", "fr")


@dataclass(frozen=True)
class Exercise:
    """An exercise.

    Attributes:
        name: its own.
        dataset: the name of the data set that it needs, among the teacher's own.
        assignment: what an assignment says that is made from it.
        baseline: a network that reaches the baseline.
        reference: one that reaches the target.
    """

    name: str
    dataset: str
    assignment: dict[str, Any]
    baseline: documents.Baseline
    reference: documents.Baseline


def find(name: str) -> Exercise:
    """The exercise of that name.

    Raises:
        InvalidRequestError: there is none.
    """
    for exercise in listed():
        if exercise.name == name:
            return exercise
    detail = f"There is no exercise {name!r}: there are {', '.join(one.name for one in listed())}."
    raise documents.invalid(Fault("#/exercise", detail))


def look_up(name: str) -> Exercise:
    """`find`, for an address.

    Raises:
        NotFoundError: there is none.
    """
    found = next((one for one in listed() if one.name == name), None)
    if found is None:
        raise NotFoundError(f"There is no exercise {name!r}.")
    return found


@cache
def listed() -> tuple[Exercise, ...]:
    """All of them, in the order in which they are taught."""
    found = [_read(path.parent) for path in sorted(FOLDER.glob(f"*/{DOCUMENT}"))]
    return tuple(found)


def _read(folder: Path) -> Exercise:
    """An exercise from its folder, such as `1-first-network`: the number is its place."""
    document = json.loads((folder / DOCUMENT).read_text(encoding="utf-8"))
    words = {language: _words(folder / f"{language}.md") for language in LANGUAGES}
    first, *others = LANGUAGES
    told = words[first] | {"translations": {language: words[language] for language in others}}
    return Exercise(
        name=folder.name.partition("-")[2],
        dataset=document["dataset"],
        assignment=document["assignment"] | told,
        baseline=documents.Baseline.model_validate(document["baseline"]),
        reference=documents.Baseline.model_validate(document["reference"]),
    )


def _words(path: Path) -> dict[str, str]:
    """The title, which is the first line, and the text below it."""
    title, _, text = path.read_text(encoding="utf-8").partition("\n")
    return {"title": title.removeprefix("# ").strip(), "text": text.strip() + "\n"}
