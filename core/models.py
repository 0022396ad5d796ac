"""Models: a name, and a version for every job that succeeded under it."""

import re
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from core import db, sharing
from core.errors import ConflictError, NotFoundError
from core.specs import probabilities
from core.specs.resolved import ResolvedOutput
from core.tables import Job, Label, Model, ModelVersion, User

Reference = tuple[str, int | None, str | None]
# Kinds of targets whose outputs are scores.
SCORED = ("class", "multilabel")


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
        outputs=_outputs(job, dataset.description["target"]),
        created_at=db.now(session),
        **facts,
    )
    session.add(version)
    session.flush()
    return version


def _outputs(job: Job, target: dict[str, Any]) -> list[dict[str, Any]]:
    """What is kept with a model of the outputs of its job."""
    kinds = [part["kind"] for part in target.get("parts", [target])]
    resolved = [ResolvedOutput.model_validate(output) for output in job.resolved["outputs"]]
    return [
        {
            "name": output.name,
            "target": output.target,
            "shape": list(output.shape),
            "scores": probabilities.link(output) if kinds[output.target] in SCORED else None,
        }
        for output in resolved
    ]


def find(session: Session, user: User, name: str) -> Model:
    """The user's model of that name, or by its id.

    Raises:
        NotFoundError: there is none that the user may see.
    """
    return _find(session, user, name, selectinload(Model.versions), selectinload(Model.labels))


def find_version(
    session: Session, user: User, name: str, version: int | None = None, label: str | None = None
) -> ModelVersion:
    """A version of a model: by number, by label, or the latest.

    Raises:
        NotFoundError: there is none that the user may see.
    """
    model = _find(session, user, name)  # not with all its versions
    query = sa.select(ModelVersion).where(ModelVersion.model_id == model.id)
    what = "version"
    if label is not None:
        query, what = query.join(Label).where(Label.label == label), f"label {label!r}"
    elif version is not None:
        query, what = query.where(ModelVersion.version == version), f"version {version}"
    query = query.options(joinedload(ModelVersion.model))
    found = session.scalar(query.order_by(ModelVersion.version.desc()).limit(1))
    if found is None:
        raise NotFoundError(f"The model {name!r} has no {what}.")
    return found


def hold(session: Session, version: ModelVersion) -> None:
    """Keeps the version, and so its artifacts, from being deleted until the transaction ends.

    Raises:
        NotFoundError: it was just deleted.
    """
    query = sa.select(ModelVersion.id).where(ModelVersion.id == version.id)
    if session.scalar(query.with_for_update(read=True, key_share=True)) is None:
        raise NotFoundError(f"Version {version.version} was just deleted.")


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
    """Gives the label to that version, and takes it from another of the model's.

    Raises:
        NotFoundError: the version was just deleted.
    """
    hold(session, version)
    values = {"model_id": model.id, "label": label, "version_id": version.id}
    if not db.insert_or_nothing(session, Label, values):
        there = sa.update(Label).where(Label.model_id == model.id, Label.label == label)
        session.execute(there.values(version_id=version.id))
    session.expire(model, ["labels"])


def delete_version(session: Session, model: Model, version: ModelVersion) -> None:
    """Removes a version; its artifacts go with the next sweep.

    Raises:
        ConflictError: a label is on it, or it was handed in.
    """
    sharing.keep(session, version.job_id, f"Version {version.version}")
    # Locked first: nobody labels it meanwhile.
    session.scalar(sa.select(ModelVersion.id).where(ModelVersion.id == version.id).with_for_update())
    query = sa.select(Label.label).where(Label.model_id == model.id, Label.version_id == version.id)
    if labels := session.scalars(query.order_by(Label.label)).all():
        raise ConflictError(f"Version {version.version} is labelled {', '.join(labels)}.")
    session.delete(version)
    session.flush()
    session.expire(model, ["versions"])


def _find(session: Session, user: User, name: str, *options: ORMOption) -> Model:
    own = sa.select(Model).where(Model.name == name, Model.owner_id == user.id)
    model = session.scalar(own.options(*options)) or session.get(Model, name, options=options)
    if model is None or not _visible(session, user, model):
        raise NotFoundError(f"There is no model {name!r}.")
    return model


def _visible(session: Session, user: User, model: Model) -> bool:
    own = model.owner_id == user.id or user.role == "admin"
    return own or sharing.sees(session, sharing.models(user), model.id)


def _find_or_create(session: Session, owner_id: str, name: str) -> Model:
    """The model, locked: two jobs that end at the same time get two numbers."""
    values = {"owner_id": owner_id, "name": name, "created_at": db.now(session)}
    db.insert_or_nothing(session, Model, values)
    query = sa.select(Model).where(Model.owner_id == owner_id, Model.name == name).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one()
