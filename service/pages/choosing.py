"""What a teacher may make an assignment of: an exercise with its data set, or a data set of their own."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from flask import request
from sqlalchemy.orm import Session

from core.courses import documents, exercises, metrics
from core.courses.exercises import Exercise
from core.datasets import catalogue
from core.errors import ForbiddenError, NotFoundError
from core.specs import catalogue as layers
from core.tables import Assignment, Dataset
from service import auth, describing, language, parts
from service.pages import prose
from service.views import samples

# As many of one's data sets can be chosen from.
MOST = 200


def begun() -> tuple[Exercise | None, dict[str, Any] | None]:
    """What it is made of: an exercise, or a data set of one's own."""
    if name := request.values.get("exercise"):
        return exercise(name), None
    with parts.of_app().database.reading() as session:
        try:
            own = catalogue.find_own(session, auth.caller(), request.values.get("dataset", ""))
        except (NotFoundError, ForbiddenError):
            return None, None
        return None, describing.dataset(own)


def exercise(name: str) -> Exercise | None:
    """The exercise of that name; none without a name.

    Raises:
        NotFoundError: there is no such exercise.
    """
    return exercises.look_up(name) if name else None


def provide(name: str) -> None:
    """Makes the data set of an exercise, for who has none of that name."""
    user = auth.caller()
    try:
        with parts.of_app().database.reading() as session:
            catalogue.find_own(session, user, name)
    except (NotFoundError, ForbiddenError):
        samples.make(user, name)


def own_datasets(session: Session) -> list[dict[str, Any]]:
    """The teacher's own; not those that courses see, which are made of them."""
    shown = sa.select(Assignment.dataset_id)
    query = sa.select(Dataset).where(Dataset.owner_id == auth.caller().id, Dataset.id.not_in(shown))
    rows = session.scalars(query.order_by(Dataset.id.desc()).limit(MOST))
    return [describing.dataset(one) for one in rows]


def words(one: Exercise) -> dict[str, Any]:
    """What a list tells of an exercise, in the reader's language."""
    told = one.assignment
    said = told["translations"].get(language.current(), told)
    return {"title": said["title"], "text": prose.marked(said["text"]), "metric": told["metric"]["name"]}


def metrics_like(name: str) -> Mapping[str, str]:
    """Those of a target that has this metric: an exercise's data set may not be there yet."""
    return next((known for known in metrics.OF_KIND.values() if name in known), metrics.CLASSES)


def layers_by_group() -> dict[str, list[str]]:
    """The layers that a network may have, by their group."""
    found: dict[str, list[str]] = {}
    known = documents.layer_names()
    for one in layers.layers():
        if one["type"] in known:
            found.setdefault(one["group"], []).append(one["type"])
    return found
