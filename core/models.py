"""Models: a name, and a version for every job that succeeded under it."""

import re
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from core import db
from core.errors import ConflictError, NotFoundError
from core.tables import Job, Label, Model, ModelVersion, User

Reference = tuple[str, int | None, str | None]


def parse_reference(text: str) -> Reference:
    """`name`, `name@3` or `name@label` as name, version and label."""
    name, _, rest = text.partition("@")
    if re.fullmatch(r"\d{1,9}", rest):
        return name, int(rest), None
    return name, None, rest or None


def add_version(session: Session, job: Job, facts: dict[str, Any]) -> ModelVersion:
    """The next version of the model that the job makes: `facts` has test, parity, parameters, artifacts."""
    model = _find_or_create(session, job.owner_id, job.name)
    model.last_version += 1
    dataset = job.dataset
    if dataset is None:
        raise ConflictError("The data set was deleted while a job trained on it.")
    version = ModelVersion(
        model_id=model.id,
        version=model.last_version,
        job_id=job.id,
        dataset_id=dataset.id,
        lineage={
            "job": job.id,
            "resolved_sha256": job.resolved_sha256,
            "dataset": job.data,
        },
        inputs=dataset.description["inputs"],
        target=dataset.description["target"],
        created_at=db.now(session),
        **facts,
    )
    session.add(version)
    session.flush()
    return version


def find(session: Session, user: User, name: str) -> Model:
    """The user's model of that name, or by its id.

    Raises:
        NotFoundError: there is none that the user may see.
    """
    query = sa.select(Model).where(
        sa.or_(Model.id == name, sa.and_(Model.name == name, Model.owner_id == user.id))
    )
    model = session.scalar(query.options(selectinload(Model.versions), selectinload(Model.labels)))
    if model is None or (model.owner_id != user.id and user.role != "admin"):
        raise NotFoundError(f"There is no model {name!r}.")
    return model


def find_version(
    session: Session, user: User, name: str, version: int | None = None, label: str | None = None
) -> ModelVersion:
    """A version of a model: by number, by label, or the latest.

    Raises:
        NotFoundError: there is none that the user may see.
    """
    model = find(session, user, name)
    if label is not None:
        for labelled in model.labels:
            if labelled.label == label:
                return labelled.version
        raise NotFoundError(f"The model {name!r} has no label {label!r}.")
    for one in model.versions:  # newest first
        if version in (None, one.version):
            return one
    raise NotFoundError(
        f"The model {name!r} has no version {version}." if version else f"{name!r} has no version."
    )


def page(session: Session, user: User, *, after: str | None, limit: int) -> Sequence[Model]:
    """The user's models, newest first, below the id `after`."""
    query = sa.select(Model).order_by(Model.id.desc()).limit(limit).options(selectinload(Model.versions))
    query = query.options(selectinload(Model.labels))
    if user.role != "admin":
        query = query.where(Model.owner_id == user.id)
    if after:
        query = query.where(Model.id < after)
    return session.scalars(query).all()


def set_label(session: Session, model: Model, label: str, version: ModelVersion) -> None:
    """Gives the label to that version, and takes it from another of the model's."""
    values = {"model_id": model.id, "label": label, "version_id": version.id}
    if not db.insert_or_nothing(session, Label, values):
        there = sa.update(Label).where(Label.model_id == model.id, Label.label == label)
        session.execute(there.values(version_id=version.id))
    session.expire(model, ["labels"])


def delete_version(session: Session, model: Model, version: ModelVersion) -> None:
    """Removes a version; its artifacts go with the next sweep.

    Raises:
        ConflictError: a label is on it.
    """
    if labels := [one.label for one in model.labels if one.version_id == version.id]:
        raise ConflictError(f"Version {version.version} is labelled {', '.join(labels)}.")
    session.delete(version)


def _find_or_create(session: Session, owner_id: str, name: str) -> Model:
    """The model, locked: two jobs that end at the same time get two numbers."""
    values = {"owner_id": owner_id, "name": name, "created_at": db.now(session)}
    db.insert_or_nothing(session, Model, values)
    query = sa.select(Model).where(Model.owner_id == owner_id, Model.name == name).with_for_update()
    return session.scalars(query).one()
