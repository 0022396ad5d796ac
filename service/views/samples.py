"""Samples: small real data sets to begin with, which one adds by their name instead of uploading a file."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from flask import Response
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from core import scratch
from core.datasets import catalogue
from core.datasets.reading import Upload
from core.errors import ConflictError, NotFoundError
from core.tables import User
from service import answers, auth, exercise_data, idempotency, keeping, parts, routes, uploads

api = routes.blueprint("samples", "/v1/samples")

FOLDER = Path(__file__).parents[1] / "samples"


@dataclass(frozen=True)
class Sample:
    """One of them, in `FOLDER`; `rows` as in its file."""

    file: str
    description: str
    rows: int
    options: dict[str, Any] = field(default_factory=lambda: {"target": "target"})

    @property
    def path(self) -> Path:
        """Where it lies."""
        return FOLDER / self.file

    @property
    def name(self) -> str:
        """What it is called, and what the data set will be."""
        return self.path.stem

    @cached_property
    def form(self) -> uploads.Form:
        """It as it would be uploaded."""
        content = self.path.read_bytes()
        return uploads.Form(
            files=[Upload(self.file, self.path)],
            hashes=[hashlib.sha256(content).hexdigest()],
            size=len(content),
        )


SAMPLES: Mapping[str, Sample] = {
    sample.name: sample
    for sample in (
        Sample(
            "digits.npz", "Handwritten digits, as pictures of 8 by 8 pixels: which digit is it?", 1797, {}
        ),
        Sample("iris.csv", "Irises, measured in centimetres: which of three species is it?", 150),
        Sample("wine.csv", "Wines, analysed in a laboratory: which of three growers made it?", 178),
        Sample("breast_cancer.csv", "Tumours, measured under a microscope: malignant or benign?", 569),
        Sample("diabetes.csv", "Patients with diabetes: how far will it have gone in a year?", 442),
    )
}


class SamplePath(BaseModel):
    """A sample."""

    sample: str = Field(description="Its name")


@api.get("")
def listed() -> Response:
    """List the samples, each with the data set that you have of it."""
    user = auth.caller()
    with parts.of_app().database.reading() as session:
        data = [describe(session, user, sample) for sample in SAMPLES.values()]
    return answers.json({"object": "list", "data": data, "has_more": False})


@api.post("/<sample>")
def add(path: SamplePath) -> Response:
    """Make a data set of a sample, as if its file had been uploaded; 200 when you have it already."""
    return make(auth.caller(), path.sample)


def make(user: User, name: str) -> Response:
    """The data set of the sample `name`, or of one that an exercise needs.

    Raises:
        NotFoundError: there is no such sample.
        ConflictError: the user has something else of that name.
    """
    sample = SAMPLES.get(name)
    if sample is None and name not in exercise_data.MADE:
        known = ", ".join((*SAMPLES, *exercise_data.MADE))
        raise NotFoundError(f"There is no sample {name!r}: there are {known}.")
    with scratch.folder(parts.of_app().settings.scratch_folder, "sample") as folder:
        options, form = (sample.options, sample.form) if sample else exercise_data.order(name, folder)
        order = keeping.Order(user, name, options, form)
        return keeping.make(order, idempotency.Hold(), folder / "arrays")


def describe(session: Session, user: User, sample: Sample) -> dict[str, Any]:
    """A sample as the API tells it to a user."""
    return {
        "name": sample.name,
        "object": "sample",
        "description": sample.description,
        "rows": sample.rows,
        "format": sample.path.suffix.removeprefix("."),
        "bytes": sample.form.size,
        "dataset": _had(session, user, sample),
    }


def _had(session: Session, user: User, sample: Sample) -> str | None:
    """The id of the data set that the user has of it."""
    try:
        found = catalogue.same(session, user, sample.name, sample.form.sha256, sample.options)
    except ConflictError:
        return None
    return found.id if found else None
